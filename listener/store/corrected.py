"""Which matches a person has labelled: those keep their label, whatever a newer scorer says."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from listener.store.tables import corrections, matches


def corrected(connection: sa.Connection, match_ids: Iterable[int]) -> frozenset[int]:
    """Which of these matches carry a person's label."""
    said = sa.exists().where(
        corrections.c.mention_id == matches.c.mention_id, corrections.c.client_id == matches.c.client_id
    )
    query = sa.select(matches.c.id).where(matches.c.id.in_(list(match_ids)), said)
    return frozenset(connection.execute(query).scalars())
