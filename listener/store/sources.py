"""How every source is doing, for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.store.tables import gaps, quarantine, targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One target as `listener sources` shows it. `deaf_since` and `deaf_reason` tell its open gap, if there is one."""

    target_id: int
    kind: str
    scope: str
    credential: str
    active: bool
    every_s: int
    cadence_s: int | None
    cadence: dict[str, Any]
    state: str
    health: dict[str, Any]
    next_poll_at: datetime
    not_before_at: datetime | None
    last_poll_at: datetime | None
    last_success_at: datetime | None
    last_found_at: datetime | None
    polls_count: int
    stored_count: int
    truncated_count: int
    quarantined_count: int
    deaf_since: datetime | None
    deaf_reason: str | None


_ASIDE = sa.select(sa.func.count()).where(quarantine.c.target_id == targets.c.id).scalar_subquery()
_OPEN = sa.and_(gaps.c.target_id == targets.c.id, gaps.c.to_at.is_(None))
_STANDING = (
    sa.select(
        targets.c.id.label("target_id"),
        targets.c.kind,
        targets.c.scope,
        targets.c.credential,
        targets.c.active,
        targets.c.every_s,
        targets.c.cadence_s,
        targets.c.cadence,
        targets.c.state,
        targets.c.health,
        targets.c.next_poll_at,
        targets.c.not_before_at,
        targets.c.last_poll_at,
        targets.c.last_success_at,
        targets.c.last_found_at,
        targets.c.polls_count,
        targets.c.stored_count,
        targets.c.truncated_count,
        _ASIDE.label("quarantined_count"),
        gaps.c.from_at.label("deaf_since"),
        gaps.c.reason.label("deaf_reason"),
    )
    .select_from(targets.outerjoin(gaps, _OPEN))
    .order_by(targets.c.kind, targets.c.scope, targets.c.credential)
)


def listing(connection: sa.Connection, *, inactive: bool = False) -> list[Standing]:
    """The targets of the configuration, by kind and scope; with `inactive` also those that left it."""
    statement = _STANDING if inactive else _STANDING.where(targets.c.active)
    return [Standing(**row) for row in connection.execute(statement).mappings()]
