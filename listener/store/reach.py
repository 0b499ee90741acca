"""How many people those reach who complain about a client."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from listener.store.tables import authors, matches, mentions


def reach(connection: sa.Connection, client_id: str, *, since: datetime, until: datetime) -> int:
    """The sum over the authors of complaints in (since, until], as far as their reach is known; own words are left out."""
    each = (
        sa.select(sa.func.max(authors.c.reach).label("reach"))
        .join(mentions, mentions.c.author_id == authors.c.id)
        .join(matches, matches.c.mention_id == mentions.c.id)
        .where(
            matches.c.client_id == client_id,
            matches.c.counted_at > since,
            matches.c.counted_at <= until,
            matches.c.label == "negative",
            sa.not_(matches.c.own),
            sa.not_(matches.c.backfill),
        )
        .group_by(authors.c.id)
        .subquery()
    )
    return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.sum(each.c.reach), 0))) or 0)
