"""Two configurations held against what is stored: what each would match, and what the rule negative_spike would have told.

Each mention is asked once of both. It counts for the clients of its place: the configured source with its identity, or, where a
search's own words changed, those of the same kind. What persons said of a mention stands in both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from listener.alerting.replay import Arrival
from listener.domain.percolate import Match
from listener.domain.sentiment import Label
from listener.domain.stars import judgements
from listener.domain.voices import Testimony
from listener.jobs.side import About, Side
from listener.polling.intake import asked_of, said_itself
from listener.store import history, stored
from listener.store.engine import Database
from listener.store.history import Matched, Standing, Verdicts
from listener.store.stored import Kept

PAGE = 1000
SAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A mention that one of the two matches and the other does not; `match` is that of the one, if it asked a query."""

    kept: Kept
    match: Match | None


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the two make of one client: how many mentions only the new one, only the old one, or both match.

    The newest SAMPLES of each are kept, and of both sides what a replay of the alerts needs.
    """

    more: int = 0
    fewer: int = 0
    alike: int = 0
    samples_more: deque[Sample] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    samples_fewer: deque[Sample] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    arrivals_old: list[Arrival] = field(default_factory=list)
    arrivals_new: list[Arrival] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What came of it: `mentions` were compared, all from `since` on; clients by id."""

    old: Side
    new: Side
    since: datetime
    mentions: int = 0
    clients: dict[str, Tally] = field(default_factory=dict)

    def replays(self, client_id: str) -> bool:
        """Whether the rule negative_spike watches this client in either."""
        return self.old.replays(client_id) or self.new.replays(client_id)

    def side_of(self, client_id: str) -> Side:
        """The configuration that judges this client: the new one where it is there."""
        return self.new if client_id in self.new.plan.intake.clients else self.old


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A mention with what is stored of it, by client, and whom it is about before and after."""

    kept: Kept
    standing: Mapping[str, Standing]
    before: About
    after: About

    @property
    def clients(self) -> Iterable[str]:
        return dict.fromkeys((*self.before, *self.after))


def compare(
    database: Database, old: Side, new: Side, *, since: datetime, history_from: datetime
) -> Comparison:
    """Hold both against the mentions from `since` on; those from `history_from` on are for the replay of alerts."""
    done = Comparison(old=old, new=new, since=since)
    for page, standing, verdicts in _pages(database, history_from):
        seen = [
            _seen(done, kept, standing.get(kept.mention_id, {}), verdicts.get(kept.mention_id, {}))
            for kept in page
        ]
        labels = _labels(done, seen)
        for one in seen:
            _weigh(done, one, labels)
    return done


def _pages(database: Database, since: datetime) -> Iterator[tuple[Sequence[Kept], Matched, Verdicts]]:
    """What is stored, page by page, each seen in a moment of its own: a daemon beside us is not held up."""
    after = 0
    while True:
        with database.read() as connection:
            page = list(islice(stored.all_kept(connection, since=since, after=after), PAGE))
            if not page:
                return
            ids = page[0].mention_id, page[-1].mention_id
            standing, verdicts = history.standing(connection, *ids), history.verdicts(connection, *ids)
        yield page, standing, verdicts
        after = page[-1].mention_id


def _seen(done: Comparison, kept: Kept, standing: Mapping[str, Standing], said: Mapping[str, bool]) -> Seen:
    return Seen(
        kept=kept, standing=standing, before=done.old.about(kept, said), after=done.new.about(kept, said)
    )


def _labels(done: Comparison, seen: Sequence[Seen]) -> dict[tuple[int, str], Label]:
    """By mention and client, the labels of what is not stored and is replayed: scored now, the page at once."""
    labels: dict[tuple[int, str], Label] = {}
    for side in (done.old, done.new):
        scored = [
            (one.kept, client_id)
            for one in seen
            for client_id in one.clients
            if client_id not in one.standing and done.replays(client_id) and done.side_of(client_id) is side
        ]
        asks = [asked_of(kept.found, side.plan.intake.clients[client_id]) for kept, client_id in scored]
        told = judgements(side.plan.intake.scorer, asks)
        labels |= {
            (kept.mention_id, client_id): score.label
            for (kept, client_id), score in zip(scored, told, strict=True)
        }
    return labels


def _weigh(done: Comparison, one: Seen, labels: Mapping[tuple[int, str], Label]) -> None:
    counts = one.kept.counted_at >= done.since
    done.mentions += counts
    for client_id in one.clients:
        tally = done.clients.setdefault(client_id, Tally())
        if counts:
            _count(tally, client_id, one.kept, one.before, one.after)
        if not done.replays(client_id):
            continue
        arrival = Arrival(at=one.kept.fetched_at, testimony=_testimony(done, one, client_id, labels))
        if client_id in one.before:
            tally.arrivals_old.append(arrival)
        if client_id in one.after:
            tally.arrivals_new.append(arrival)


def _count(tally: Tally, client_id: str, kept: Kept, before: About, after: About) -> None:
    if client_id in before and client_id in after:
        tally.alike += 1
    elif client_id in after:
        tally.more += 1
        tally.samples_more.append(Sample(kept=kept, match=after[client_id]))
    else:
        tally.fewer += 1
        tally.samples_fewer.append(Sample(kept=kept, match=before[client_id]))


def _testimony(
    done: Comparison, one: Seen, client_id: str, labels: Mapping[tuple[int, str], Label]
) -> Testimony:
    """As it is stored; where it is not, as it would be: backfill where all that stands of it is."""
    kept = one.kept
    stands = one.standing.get(client_id)
    if stands is None:
        backfill = bool(one.standing) and all(each.backfill for each in one.standing.values())
        label = labels[kept.mention_id, client_id]
        stands = Standing(label=label, own=_own(done.side_of(client_id), kept, client_id), backfill=backfill)
    return Testimony(
        counted_at=kept.counted_at,
        witness=kept.witness,
        story=kept.story,
        label=stands.label,
        own=stands.own,
        backfill=stands.backfill,
    )


def _own(side: Side, kept: Kept, client_id: str) -> bool:
    place = side.places.get(kept.target_id)
    return place is not None and said_itself(place, kept.found, side.plan.intake.clients[client_id])
