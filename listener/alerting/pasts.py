"""What the state of many clients is made from, read together: when each could be heard, its past incidents, its counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from listener.domain.client import Client
from listener.domain.heard import Heard
from listener.domain.listened import around, day_start, turn_of
from listener.domain.spans import Span, minus
from listener.domain.spike import LOOK_BACK
from listener.store import baselines, evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Of one client, over twice the longest look back: when it could be heard (None: never yet), and what incidents cut out."""

    heard: Heard | None
    cut: Sequence[Span]


def pasts_of(
    connection: sa.Connection, asked: Iterable[Client], rule: str, *, now: datetime
) -> dict[str, Past]:
    """The past of each of these clients up to now. Those that are heard alike share one `Heard`: it is made once."""
    clients = {client.id: client for client in asked}
    oldest = {id_: day_start(now - 2 * LOOK_BACK, turn_of(id_)) for id_ in clients}
    first = min(oldest.values(), default=now)
    hearings = evidence.hearings_of(connection, clients.values())
    episodes = baselines.episodes_of(connection, clients, rule, since=first, until=now)
    heard = _heard(connection, hearings, oldest, first=first, now=now)
    return {
        id_: Past(
            heard=heard[id_], cut=around(episode for episode in episodes[id_] if episode[1] > oldest[id_])
        )
        for id_ in clients
    }


def heard_by(
    connection: sa.Connection, ready: Mapping[int, datetime], *, since: datetime, until: datetime
) -> Heard:
    """When these targets could hear, each from its own time on, its gaps left out."""
    return _outside(
        evidence.deaf(connection, ready, since=since, until=until), ready, since=since, until=until
    )


def _heard(
    connection: sa.Connection,
    hearings: Mapping[str, Mapping[int, datetime | None]],
    oldest: Mapping[str, datetime],
    *,
    first: datetime,
    now: datetime,
) -> dict[str, Heard | None]:
    places = {id(hearing): hearing for hearing in hearings.values()}
    ready = {
        alike: {target: at for target, at in hearing.items() if at is not None and at < now}
        for alike, hearing in places.items()
    }
    targets = dict.fromkeys(target for some in ready.values() for target in some)
    gaps = evidence.deaf(connection, targets, since=first, until=now)
    made: dict[tuple[int, datetime], Heard | None] = {}
    for id_, hearing in hearings.items():
        key = id(hearing), oldest[id_]
        if key not in made:
            some = ready[key[0]]
            made[key] = _outside(gaps, some, since=key[1], until=now) if some else None
    return {id_: made[id(hearing), oldest[id_]] for id_, hearing in hearings.items()}


def _outside(
    gaps: Mapping[int, Sequence[Span]], ready: Mapping[int, datetime], *, since: datetime, until: datetime
) -> Heard:
    return Heard(
        minus([(max(since, at), until)], gaps[target]) if at < until else [] for target, at in ready.items()
    )
