"""Silences: made and ended by people, summed up once by whoever comes first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.silence import Matchers, Silence
from listener.store.alert_tables import silences, withheld


def add(
    connection: sa.Connection,
    matchers: Matchers,
    *,
    starts_at: datetime,
    ends_at: datetime,
    author: str,
    comment: str,
    now: datetime,
) -> Silence:
    """A new silence, as it is kept."""
    row = {
        "matchers": matchers.to_json(),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "author": author,
        "comment": comment,
        "created_at": now,
    }
    return _silence(connection.execute(sa.insert(silences).values(row).returning(*silences.c)).one())


def get(connection: sa.Connection, silence_id: int) -> Silence | None:
    """The silence of this number, if there is one."""
    row = connection.execute(sa.select(silences).where(silences.c.id == silence_id)).one_or_none()
    return None if row is None else _silence(row)


def holding(connection: sa.Connection, *, now: datetime) -> list[Silence]:
    """Those that hold at this moment. Until the transaction ends nobody sums one of them up: what it hides by then
    belongs to its sum.
    """
    query = sa.select(silences).where(
        silences.c.starts_at <= now, silences.c.ends_at > now, silences.c.summed_up_at.is_(None)
    )
    rows = connection.execute(query.order_by(silences.c.id).with_for_update(read=True))
    return [_silence(row) for row in rows]


def over(connection: sa.Connection, *, now: datetime) -> list[Silence]:
    """Those that are over and were not summed up yet, oldest first."""
    query = sa.select(silences).where(silences.c.ends_at <= now, silences.c.summed_up_at.is_(None))
    return [_silence(row) for row in connection.execute(query.order_by(silences.c.id))]


def expire(connection: sa.Connection, silence_id: int, *, who: str, now: datetime) -> bool:
    """End it now; False where it was over, or was ended by another a moment ago."""
    ended = connection.execute(
        sa.update(silences)
        .where(silences.c.id == silence_id, silences.c.ends_at > now, silences.c.expired_by.is_(None))
        .values(ends_at=now, expired_by=who)
    )
    return ended.rowcount == 1


def sum_up(connection: sa.Connection, silence_id: int, *, now: datetime) -> bool:
    """Whether it is we who sum it up, in this transaction."""
    marked = connection.execute(
        sa.update(silences)
        .where(silences.c.id == silence_id, silences.c.summed_up_at.is_(None), silences.c.ends_at <= now)
        .values(summed_up_at=now)
    )
    return marked.rowcount == 1


def listing(connection: sa.Connection, *, after: datetime | None = None) -> list[tuple[Silence, int]]:
    """Each with the number of messages that it held back, those that end last first; `after` leaves out what was over
    then.
    """
    hidden = sa.select(sa.func.count()).where(withheld.c.silence_id == silences.c.id).scalar_subquery()
    query = sa.select(silences, hidden.label("hidden"))
    if after is not None:
        query = query.where(silences.c.ends_at > after)
    rows = connection.execute(query.order_by(silences.c.ends_at.desc(), silences.c.id.desc()))
    return [(_silence(row), row.hidden) for row in rows]


def _silence(row: Any) -> Silence:  # noqa: ANN401 - rows of two widths
    facts = {name: getattr(row, name) for name in Silence.__dataclass_fields__}
    return Silence(**{**facts, "matchers": Matchers.from_json(facts["matchers"])})
