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

from listener.alerting.pasts import Past, pasts_of
from listener.alerting.ration import Ration
from listener.domain.client import Client
from listener.domain.heard import Heard
from listener.domain.listened import day_start, exposure, hours_of, learned, turn_of
from listener.domain.rhythm import HOUR
from listener.domain.spans import Span
from listener.domain.spike import LOOK_BACK
from listener.domain.usual import DAY, Factor, Hours, Usual
from listener.store import baselines
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
    def from_json(cls, plain: Mapping[str, Any]) -> Kept | None:
        """None for what another version wrote: it is made anew."""
        try:
            return cls(usual=Usual.from_json(plain), told=plain["told"])
        except (KeyError, TypeError, ValueError):
            return None


def usual_for(
    database: Database,
    clients: Iterable[Client],
    *,
    now: datetime,
    rule: str = RULE,
    factors: Mapping[str, Sequence[Factor]] = NO_FACTORS,
    ration: Ration | None = None,
) -> dict[str, Usual]:
    """What is usual for each of these clients, by id. What was moved on is kept for the next round.

    `factors` are the events of clients by their id. A state costs one row; once a day it costs some queries more, for many
    clients together. Of whom more must be learned than the `ration` has left is not in the answer.
    """
    asked = {client.id: client for client in clients}
    ration = ration or Ration()
    with database.read() as connection:
        known = _known(connection, asked, rule)
        due = _due(asked, known, now=now)
        moved = _moved(connection, due, known, rule, now=now, factors=factors, ration=ration)
    if moved:
        with database.write() as connection:
            baselines.keep(connection, {id_: one.to_json() for id_, one in moved.items()}, rule, now=now)
    fresh = {id_: one for id_, one in known.items() if id_ not in due}
    return {id_: one.usual for id_, one in (fresh | moved).items()}


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
    due = _due(asked, known, now=now)
    moved = _moved(connection, due, known, rule, now=now, factors=factors, ration=Ration())
    return {id_: one.usual for id_, one in (known | moved).items()}


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


def _known(connection: sa.Connection, asked: Iterable[str], rule: str) -> dict[str, Kept]:
    stored = baselines.stored(connection, asked, rule)
    read = {id_: Kept.from_json(content) for id_, content in stored.items()}
    return {id_: kept for id_, kept in read.items() if kept is not None}


def _is_due(kept: Kept | None, client_id: str, *, now: datetime) -> bool:
    """Whether a day has passed since, an hour for the young, or the clock was set back."""
    if kept is None or kept.usual.at < day_start(now - DAY, turn_of(client_id)) or kept.usual.at > now:
        return True
    fresh = kept.usual.fresh
    return fresh is not None and abs(now - fresh.start - len(fresh.voices) * HOUR) >= HOUR


def _due(asked: Mapping[str, Client], known: Mapping[str, Kept], *, now: datetime) -> dict[str, Client]:
    return {id_: client for id_, client in asked.items() if _is_due(known.get(id_), id_, now=now)}


def _moved(
    connection: sa.Connection,
    due: Mapping[str, Client],
    known: Mapping[str, Kept],
    rule: str,
    *,
    now: datetime,
    factors: Mapping[str, Sequence[Factor]],
    ration: Ration,
) -> dict[str, Kept]:
    """As of now: moved on where history is as it was, else made anew, as far as the ration reaches. All is read together."""
    if not due or ration.is_spent:
        return {}
    pasts = pasts_of(connection, due.values(), rule, now=now)
    stands = _standing(
        connection, {id_: known[id_] for id_ in pasts if id_ in known}, pasts, rule, factors=factors
    )
    kept = {id_: stands.get(id_) or _begun(id_, past.heard, now=now) for id_, past in pasts.items()}
    kept = {id_: one for id_, one in kept.items() if ration.take(_days(one, id_, now=now))}
    since = {id_: one.usual.at for id_, one in kept.items() if pasts[id_].heard is not None}
    counts = baselines.counted_of(connection, since, rule, until=now)
    return {
        id_: _brought_up(id_, one, pasts[id_], counts[id_], now=now, factors=factors.get(id_, ()))
        if id_ in counts
        else one
        for id_, one in kept.items()
    }


def _days(kept: Kept, client_id: str, *, now: datetime) -> float:
    """How many days it is to be moved on."""
    return (day_start(now - DAY, turn_of(client_id)) - kept.usual.at) / DAY


def _begun(client_id: str, heard: Heard | None, *, now: datetime) -> Kept:
    """The state of a client of which nothing is known, or whose history was changed; that of one that was never heard."""
    turn = turn_of(client_id)
    if heard is not None:
        return Kept(usual=beginning(heard, now=now, turn=turn), told=0)
    unheard = Hours(start=now, voices=(), heard=())
    return Kept(usual=Usual(at=day_start(now - DAY, turn), fresh=unheard), told=0)


def _brought_up(
    client_id: str,
    kept: Kept,
    past: Past,
    counts: Mapping[datetime, int],
    *,
    now: datetime,
    factors: Sequence[Factor],
) -> Kept:
    """The state as of now, from what was counted since."""
    assert past.heard is not None
    usual = brought_up(
        replace(kept.usual, fresh=None),
        counts,
        past.heard,
        now=now,
        turn=turn_of(client_id),
        past=past.cut,
        factors=factors,
    )
    told = sum(number for at, number in counts.items() if at < usual.at)
    return Kept(usual=usual, told=kept.told + told)


def _standing(
    connection: sa.Connection,
    known: Mapping[str, Kept],
    pasts: Mapping[str, Past],
    rule: str,
    *,
    factors: Mapping[str, Sequence[Factor]],
) -> dict[str, Kept]:
    """Those whose time still looks the same: as many voices, as many hours of listening."""
    heard = {
        id_: kept for id_, kept in known.items() if _heard_as_much(kept, pasts[id_], factors.get(id_, ()))
    }
    totals = baselines.totals_of(
        connection, {id_: (kept.usual.since, kept.usual.at) for id_, kept in heard.items()}, rule
    )
    return {id_: kept for id_, kept in heard.items() if totals[id_] == kept.told}


def _heard_as_much(kept: Kept, past: Past, factors: Sequence[Factor]) -> bool:
    since, until, heard = kept.usual.since, kept.usual.at, past.heard
    if heard is None or heard.first is None or since < heard.first - DAY or since >= until:
        return False
    hours = exposure(heard, since, until, past=past.cut, factors=factors)
    return abs(hours - kept.usual.hours) <= HOURS_ALIKE


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
