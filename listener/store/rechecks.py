"""Which stored items their place is to be asked after, and that it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from listener.store.chunks import chunks
from listener.store.tables import mentions


def waiting(
    connection: sa.Connection, target_id: int, *, asked_before: datetime, since: datetime | None, most: int
) -> dict[int, str]:
    """External ids by mention, those that were asked for longest ago first: of this target, with a text, and neither fetched nor asked for since `asked_before`.

    Only those that were fetched from `since` on.
    """
    last = sa.func.coalesce(mentions.c.rechecked_at, mentions.c.fetched_at)
    query = (
        sa.select(mentions.c.id, mentions.c.external_id)
        .where(mentions.c.target_id == target_id, mentions.c.gone_at.is_(None), last < asked_before)
        .order_by(mentions.c.rechecked_at.is_not(None), mentions.c.rechecked_at, mentions.c.id)
        .limit(most)
    )
    if since is not None:
        query = query.where(mentions.c.fetched_at >= since)
    return {row.id: row.external_id for row in connection.execute(query)}


def asked(connection: sa.Connection, ids: Sequence[int], *, now: datetime) -> None:
    """They have been asked for."""
    for some in chunks(list(ids)):
        connection.execute(sa.update(mentions).where(mentions.c.id.in_(some)).values(rechecked_at=now))
