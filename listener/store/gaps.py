"""The times in which a target could not hear. One gap of a target is open at most; the database sees to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from listener.store.tables import gaps
from listener.store.upsert import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Deaf from `from_at` until `to_at`, or still deaf where that is None."""

    target_id: int
    from_at: datetime
    to_at: datetime | None
    reason: str


def open_gap(connection: sa.Connection, target_id: int, from_at: datetime, reason: str) -> bool:
    """Deaf since then; False where it was known already, and then its beginning and reason stay."""
    opened = connection.execute(
        insert(connection, gaps)
        .values(target_id=target_id, from_at=from_at, reason=reason)
        .on_conflict_do_nothing()
        .returning(gaps.c.id)
    )
    return opened.first() is not None


def close_gap(connection: sa.Connection, target_id: int, to_at: datetime) -> bool:
    """It hears again; False where it was not known to be deaf. A gap never ends before it began."""
    ended_at = sa.literal(to_at, gaps.c.to_at.type)
    ended = connection.execute(
        sa.update(gaps)
        .where(gaps.c.target_id == target_id, gaps.c.to_at.is_(None))
        .values(to_at=sa.case((gaps.c.from_at > ended_at, gaps.c.from_at), else_=ended_at))
    )
    return ended.rowcount > 0


def add(connection: sa.Connection, target_id: int, from_at: datetime, to_at: datetime, reason: str) -> None:
    """A gap that is over when it is noticed."""
    connection.execute(
        sa.insert(gaps).values(target_id=target_id, from_at=from_at, to_at=to_at, reason=reason)
    )


def of_target(connection: sa.Connection, target_id: int) -> list[Gap]:
    """All of them, oldest first."""
    return _found(connection, gaps.c.target_id == target_id)


def _found(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> list[Gap]:
    columns = (gaps.c.target_id, gaps.c.from_at, gaps.c.to_at, gaps.c.reason)
    rows = connection.execute(sa.select(*columns).where(*where).order_by(gaps.c.from_at, gaps.c.id))
    return [Gap(**row) for row in rows.mappings()]
