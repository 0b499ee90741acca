"""The alerts that the rule negative_spike would have raised on what is stored, each with its proof. Reads only.

The same replay as a plan's (foretelling.py), over the matches and labels that stand. What was said is read page by page, so a
daemon beside it is not held up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.alerting.proving import words
from listener.alerting.replay import Alarm, Arrival
from listener.alerting.wording import Proof
from listener.domain.client import Client
from listener.domain.crowd import Crowd, crowd
from listener.domain.rules import Watched
from listener.domain.spike import LOOK_BACK
from listener.jobs.foretelling import Hearing, alarms_of
from listener.jobs.side import Side
from listener.store import anew, evidence
from listener.store.engine import Database

PAGE = 1000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One alert that would have been raised, with the proof as of that moment."""

    watched: Watched
    alarm: Alarm
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The alerts of one watch list in a stretch of time, against its budget; `clients` are those with the rule.

    heard_from   since when any of its places was heard within the stretch; None if none was
    budget       so many false alarms the list may bring in the time that was heard
    """

    watch_list: str
    clients: int
    alerts: int
    heard_from: datetime | None
    budget: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What came of it, in order of clients and of time; `unwatched` are the clients that have no such rule."""

    since: datetime
    until: datetime
    raised: Sequence[Raised]
    lists: Sequence[Kept]
    unwatched: Sequence[Client] = ()


@dataclass(slots=True, kw_only=True)
class _Said:
    """What is stored about one client, as a replay takes it, with the match of each arrival."""

    arrivals: list[Arrival] = field(default_factory=list)
    matches: list[int] = field(default_factory=list)


def backtest(
    database: Database, side: Side, clients: Iterable[Client], *, since: datetime, until: datetime
) -> Backtest:
    """Replay these clients from `since` on; 56 days before it only tell what is usual."""
    eyes = Hearing.read(database, history_from=since - LOOK_BACK, until=until)
    raised: list[Raised] = []
    watched: list[Watched] = []
    unwatched: list[Client] = []
    for client in clients:
        if not side.replays(client.id):
            unwatched.append(client)
            continue
        watched.append(side.plan.watched[client.id])
        raised += _raised(database, eyes, side, watched[-1], since=since)
    lists = _lists(eyes, side, watched, raised, since=since)
    return Backtest(since=since, until=until, raised=raised, lists=lists, unwatched=unwatched)


def _raised(
    database: Database, eyes: Hearing, side: Side, watched: Watched, *, since: datetime
) -> Iterator[Raised]:
    said = _said(database, watched.client.id, since=since - LOOK_BACK, until=eyes.until)
    for alarm in alarms_of(eyes, side, watched.client.id, said.arrivals, since=since):
        with database.read() as connection:
            yield Raised(watched=watched, alarm=alarm, proof=_proof(connection, watched, alarm, said))


def _said(database: Database, client_id: str, *, since: datetime, until: datetime) -> _Said:
    """In order of coming in, as the replay numbers them."""
    found: list[tuple[Arrival, int]] = []
    after = 0
    while True:
        with database.read() as connection:
            page = anew.page(connection, client_id, since=since, after=after, limit=PAGE)
        if not page:
            break
        found += [(Arrival(at=one.fetched_at, testimony=one.testimony), one.match_id) for one in page]
        after = page[-1].match_id
    found = sorted((pair for pair in found if pair[0].at <= until), key=lambda pair: pair[0].at)
    return _Said(arrivals=[one for one, _ in found], matches=[number for _, number in found])


def _proof(connection: sa.Connection, watched: Watched, alarm: Alarm, said: _Said) -> Proof:
    """What the message would have told, but for who could not be heard at that moment."""
    spike = alarm.spike
    told = evidence.said(connection, [said.matches[voice.match - 1] for voice in spike.voices])
    people = _people(said.arrivals, alarm)
    return Proof(
        spike=spike,
        people=people,
        said=told,
        biggest=next((one for one in told if one.story == people.biggest_story), None),
        words=words(connection, watched, told, before=spike.ends_at - spike.window),
    )


def _people(arrivals: Iterable[Arrival], alarm: Alarm) -> Crowd:
    """Who had complained in its window by the time it was opened, and who had said there what has no label."""
    since, until = alarm.spike.ends_at - alarm.spike.window, alarm.spike.ends_at
    there = [
        one.testimony
        for one in arrivals
        if one.at <= alarm.opened_at and since < one.testimony.counted_at <= until
    ]
    return crowd(
        ((one.witness, one.story) for one in there if one.complains),
        unknown=(one.witness for one in there if one.label == "unknown" and not one.own and not one.backfill),
    )


def _lists(
    eyes: Hearing, side: Side, watched: Sequence[Watched], raised: Sequence[Raised], *, since: datetime
) -> list[Kept]:
    by_list: dict[str, list[Watched]] = {}
    for one in watched:
        by_list.setdefault(one.client.watch_list, []).append(one)
    return [
        _kept(eyes, side, name, ones, [each for each in raised if each.watched in ones], since=since)
        for name, ones in by_list.items()
    ]


def _kept(
    eyes: Hearing,
    side: Side,
    name: str,
    watched: Sequence[Watched],
    raised: Sequence[Raised],
    *,
    since: datetime,
) -> Kept:
    firsts = [first for one in watched if (first := eyes.of(side, one.client.id).first) is not None]
    heard_from = max(min(firsts), since) if firsts else None
    budget = 0.0
    for one in watched:
        first = eyes.of(side, one.client.id).first
        if first is not None:
            budget += _share(one, eyes.until - max(first, since))
    return Kept(
        watch_list=name, clients=len(watched), alerts=len(raised), heard_from=heard_from, budget=budget
    )


def _share(watched: Watched, length: timedelta) -> float:
    """The false alarms that a list may bring by this client in so long a time."""
    rule = watched.rules.negative_spike
    assert rule is not None
    return rule.false_alarms * (length / rule.per) / (1 if rule.per_client else watched.list_size)
