"""What is usual for clients: kept from day to day, moved on when a day has passed, made anew where history was changed.

A client's day turns at an hour of its own, so that not all are moved on in one round. The state ends one to two days before
now: what is judged is never part of what it is judged against. Of a young client the hours after it are looked at as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.client import Client
from listener.domain.heard import Heard
from listener.domain.listened import around, day_start, exposure, hours_of, learned, turn_of
from listener.domain.rhythm import HOUR
from listener.domain.spans import Span, minus
from listener.domain.spike import LOOK_BACK
from listener.domain.usual import DAY, Factor, Hours, Usual
from listener.store import baselines, evidence
from listener.store.engine import Database

RULE = "negative_spike"
NO_FACTORS: Mapping[str, Sequence[Factor]] = {}
HOURS_ALIKE = 0.1
"""Hours of listening that differ by less are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A state, and how many voices were stored then in the time that it rests on."""

    usual: Usual
    told: int

    def to_json(self) -> dict[str, Any]:
        return {**self.usual.to_json(), "told": self.told}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Kept:
        return cls(usual=Usual.from_json(plain), told=plain["told"])


def usual_for(
    database: Database,
    clients: Iterable[Client],
    *,
    now: datetime,
    rule: str = RULE,
    factors: Mapping[str, Sequence[Factor]] = NO_FACTORS,
) -> dict[str, Usual]:
    """What is usual for each of these clients, by id. What was moved on is kept for the next round.

    `factors` are the events of clients by their id. A state costs one row; once a day it costs some queries more.
    """
    asked = {client.id: client for client in clients}
    with database.read() as connection:
        known = _known(connection, asked, rule)
        due = {id_: client for id_, client in asked.items() if _is_due(known.get(id_), id_, now=now)}
        moved = {
            id_: _brought_up(connection, client, known.get(id_), rule, now=now, factors=factors.get(id_, ()))
            for id_, client in due.items()
        }
    if moved:
        with database.write() as connection:
            baselines.keep(connection, {id_: one.to_json() for id_, one in moved.items()}, rule, now=now)
    return {id_: one.usual for id_, one in (known | moved).items()}


def baselines_of(
    connection: sa.Connection,
    clients: Iterable[Client],
    now: datetime,
    *,
    rule: str = RULE,
    factors: Mapping[str, Sequence[Factor]] = NO_FACTORS,
) -> dict[str, Usual]:
    """The same, read only: what is due is worked out and not kept."""
    asked = {client.id: client for client in clients}
    known = _known(connection, asked, rule)
    return {
        id_: (
            _brought_up(connection, client, known.get(id_), rule, now=now, factors=factors.get(id_, ()))
            if _is_due(known.get(id_), id_, now=now)
            else known[id_]
        ).usual
        for id_, client in asked.items()
    }


def baseline(
    connection: sa.Connection,
    client: Client,
    now: datetime,
    *,
    rule: str = RULE,
    factors: Sequence[Factor] = (),
) -> Usual:
    """What is usual for one client, read only."""
    return baselines_of(connection, [client], now, rule=rule, factors={client.id: factors})[client.id]


def heard_by(
    connection: sa.Connection, ready: Mapping[int, datetime], *, since: datetime, until: datetime
) -> Heard:
    """When these targets could hear, each from its own time on, its gaps left out."""
    gaps = evidence.deaf(connection, ready, since=since, until=until)
    return Heard(
        minus([(max(since, at), until)], gaps[target]) if at < until else [] for target, at in ready.items()
    )


def _known(connection: sa.Connection, asked: Iterable[str], rule: str) -> dict[str, Kept]:
    return {
        id_: Kept.from_json(content) for id_, content in baselines.stored(connection, asked, rule).items()
    }


def _is_due(kept: Kept | None, client_id: str, *, now: datetime) -> bool:
    """Whether a day has passed since, an hour for the young, or the clock was set back."""
    if kept is None or kept.usual.at < day_start(now - DAY, turn_of(client_id)) or kept.usual.at > now:
        return True
    fresh = kept.usual.fresh
    return fresh is not None and abs(now - fresh.start - len(fresh.voices) * HOUR) >= HOUR


def _brought_up(
    connection: sa.Connection,
    client: Client,
    kept: Kept | None,
    rule: str,
    *,
    now: datetime,
    factors: Sequence[Factor],
) -> Kept:
    """The state as of now: moved on where history is as it was, else made anew."""
    since = evidence.hearing(connection, client)
    ready = {target: at for target, at in since.items() if at is not None and at < now}
    if not ready:
        unheard = Hours(start=now, voices=(), heard=())
        return Kept(usual=Usual(at=day_start(now - DAY, turn_of(client.id)), fresh=unheard), told=0)
    oldest = day_start(now - 2 * LOOK_BACK, turn_of(client.id))
    heard = heard_by(connection, ready, since=oldest, until=now)
    past = around(baselines.episodes(connection, client.id, rule, since=oldest, until=now))
    if kept is None or not _stands(connection, client.id, kept, heard, rule, past=past, factors=factors):
        kept = Kept(usual=beginning(heard, now=now, turn=turn_of(client.id)), told=0)
    state = replace(kept.usual, fresh=None)
    counts = baselines.counted(connection, client.id, rule, since=state.at, until=now)
    usual = brought_up(state, counts, heard, now=now, turn=turn_of(client.id), past=past, factors=factors)
    told = sum(number for at, number in counts.items() if at < usual.at)
    return Kept(usual=usual, told=kept.told + told)


def _stands(
    connection: sa.Connection,
    client_id: str,
    kept: Kept,
    heard: Heard,
    rule: str,
    *,
    past: Sequence[Span],
    factors: Sequence[Factor],
) -> bool:
    """Whether the time that it rests on still looks the same: as many voices, as many hours of listening."""
    since, until = kept.usual.since, kept.usual.at
    if heard.first is None or since < heard.first - DAY or since >= until:
        return False
    hours = exposure(heard, since, until, past=past, factors=factors)
    if abs(hours - kept.usual.hours) > HOURS_ALIKE:
        return False
    return baselines.total(connection, client_id, rule, since=since, until=until) == kept.told


def beginning(heard: Heard, *, now: datetime, turn: int) -> Usual:
    """A state that knows nothing yet, where its first day begins."""
    first = heard.first or now
    at = max(day_start(first, turn), day_start(now - LOOK_BACK, turn))
    return Usual(at=at, since=at)


def brought_up(
    state: Usual,
    counts: Mapping[datetime, int],
    heard: Heard,
    *,
    now: datetime,
    turn: int,
    past: Sequence[Span],
    factors: Sequence[Factor] = (),
) -> Usual:
    """The state moved on to the last turn of the day a day ago; with the hours since then where the client is young."""
    until = day_start(now - DAY, turn)
    usual = learned(state, counts, heard, until=until, past=past, factors=factors)
    if not usual.is_young:
        return usual
    return replace(
        usual, fresh=hours_of(counts, heard, since=usual.at, until=now, past=past, factors=factors)
    )
