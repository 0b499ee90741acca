"""What was not told when it happened: each message to each receiver once, until it is told, summed up or outdone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.delivery import key
from listener.domain.message import Message
from listener.domain.silence import OPENINGS, About, Withheld
from listener.store.alert_tables import incidents, silences, withheld
from listener.store.tables import clients
from listener.store.upsert import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A message that one receiver was not told. `over` is whether its incident has ended by now, `taken_by` who took it."""

    id: int
    receiver: str
    about: About
    incident_id: int | None
    silence_id: int | None
    message: Message
    at: datetime
    until: datetime
    over: bool
    taken_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """How many alerts about one client were held back, and why: by somebody's silence, or (both None) in quiet hours."""

    client_id: str
    author: str | None
    comment: str | None
    count: int


def add(
    connection: sa.Connection, message: Message, receiver: str, about: About, why: Withheld, *, now: datetime
) -> bool:
    """Keep it back; False where it was kept back before."""
    row = {
        "key": key(message.id, receiver),
        "receiver": receiver,
        "client_id": about.client_id,
        "rule": about.rule,
        "severity": about.severity,
        "incident_id": message.incident,
        "silence_id": why.silence,
        "message": message.to_json(),
        "at": now,
        "until": why.until,
    }
    added = insert(connection, withheld).values(row).on_conflict_do_nothing().returning(withheld.c.id)
    return connection.execute(added).first() is not None


def openings(connection: sa.Connection, incident_id: int) -> dict[str, Withheld]:
    """By receiver, how the opening of this incident is held back still."""
    return {
        held.receiver: Withheld(until=held.until, silence=held.silence_id)
        for held in _found(connection, withheld.c.incident_id == incident_id)
        if held.message.kind in OPENINGS
    }


def outdone(connection: sa.Connection, incident_id: int, receiver: str, *, now: datetime) -> int:
    """Let go of what was held back of this incident: the receiver is told the whole of it in another message."""
    held = (withheld.c.incident_id == incident_id, withheld.c.receiver == receiver)
    gone = sa.update(withheld).where(*held, withheld.c.told_at.is_(None)).values(told_at=now)
    return connection.execute(gone).rowcount


def of_silence(connection: sa.Connection, silence_id: int) -> list[Held]:
    """What this silence holds back, in order of happening."""
    return _found(connection, withheld.c.silence_id == silence_id)


def in_quiet(connection: sa.Connection) -> list[Held]:
    """What quiet hours hold back, in order of happening."""
    return _found(connection, withheld.c.silence_id.is_(None))


def tell(connection: sa.Connection, ids: Collection[int], *, now: datetime) -> bool:
    """Whether it is we who tell of all of these, in this transaction."""
    told = sa.update(withheld).where(withheld.c.id.in_(ids), withheld.c.told_at.is_(None)).values(told_at=now)
    return connection.execute(told).rowcount == len(ids)


def hand_over(connection: sa.Connection, ids: Iterable[int], why: Withheld) -> None:
    """From now on these are held back for another reason."""
    connection.execute(
        sa.update(withheld)
        .where(withheld.c.id.in_(list(ids)), withheld.c.told_at.is_(None))
        .values(silence_id=why.silence, until=why.until)
    )


def hidden(connection: sa.Connection, *, since: datetime, until: datetime) -> list[Hidden]:
    """What was held back in this time, told by now or not. An incident is one alert, whatever was told of it to how many."""
    alert = sa.func.coalesce(
        sa.cast(withheld.c.incident_id, sa.Text), withheld.c.message["id"].as_string(), withheld.c.key
    )
    query = (
        sa.select(
            withheld.c.client_id,
            silences.c.author,
            silences.c.comment,
            sa.func.count(sa.distinct(alert)).label("count_"),
        )
        .outerjoin(silences, silences.c.id == withheld.c.silence_id)
        .where(withheld.c.at >= since, withheld.c.at < until)
        .group_by(withheld.c.client_id, silences.c.id, silences.c.author, silences.c.comment)
        .order_by(silences.c.id, withheld.c.client_id)
    )
    return [
        Hidden(client_id=row.client_id, author=row.author, comment=row.comment, count=row.count_)
        for row in connection.execute(query)
    ]


def _found(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> list[Held]:
    query = (
        sa.select(
            withheld, clients.c.watch_list, incidents.c.resolved_at.label("ended_at"), incidents.c.taken_by
        )
        .outerjoin(clients, clients.c.id == withheld.c.client_id)
        .outerjoin(incidents, incidents.c.id == withheld.c.incident_id)
        .where(withheld.c.told_at.is_(None), *where)
    )
    return [_held(row) for row in connection.execute(query.order_by(withheld.c.id))]


def _held(row: Any) -> Held:  # noqa: ANN401 - a row of three tables
    return Held(
        id=row.id,
        receiver=row.receiver,
        about=About(
            client_id=row.client_id, watch_list=row.watch_list or "", rule=row.rule, severity=row.severity
        ),
        incident_id=row.incident_id,
        silence_id=row.silence_id,
        message=Message.from_json(row.message),
        at=row.at,
        until=row.until,
        over=row.ended_at is not None,
        taken_by=row.taken_by,
    )
