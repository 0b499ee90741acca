"""What a plan holds two configurations against: the matches that stand, what persons said of them, and since when places are heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from listener.domain.sentiment import Label
from listener.store.tables import hearings, marked, matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A stored match: what a mention says toward a client."""

    label: Label
    own: bool
    backfill: bool


Matched = Mapping[int, Mapping[str, Standing]]
"""By mention and client."""

Verdicts = Mapping[int, Mapping[str, bool]]
"""By mention and client: whether a person said that the one is about the other."""


def standing(connection: sa.Connection, first: int, last: int) -> Matched:
    """The matches of the mentions with these numbers and those between."""
    columns = (
        matches.c.mention_id,
        matches.c.client_id,
        matches.c.label,
        matches.c.own,
        matches.c.backfill,
    )
    found: dict[int, dict[str, Standing]] = {}
    for row in connection.execute(sa.select(*columns).where(matches.c.mention_id.between(first, last))):
        one = Standing(label=row.label, own=row.own, backfill=row.backfill)
        found.setdefault(row.mention_id, {})[row.client_id] = one
    return found


def verdicts(connection: sa.Connection, first: int, last: int) -> Verdicts:
    """What persons said of these mentions."""
    columns = (marked.c.mention_id, marked.c.client_id, marked.c.about)
    found: dict[int, dict[str, bool]] = {}
    for row in connection.execute(sa.select(*columns).where(marked.c.mention_id.between(first, last))):
        found.setdefault(row.mention_id, {})[row.client_id] = row.about
    return found


def heard_from(connection: sa.Connection) -> dict[int, datetime]:
    """Since when each target was read to its end for anyone."""
    rows = connection.execute(
        sa.select(hearings.c.target_id, sa.func.min(hearings.c.since_at).label("since_at"))
        .where(hearings.c.since_at.is_not(None))
        .group_by(hearings.c.target_id)
    )
    return {row.target_id: row.since_at for row in rows}
