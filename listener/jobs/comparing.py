"""Two configurations held against what is stored: what each would match, and what the rule negative_spike would have told.

Each mention is asked once of both. It counts for the clients of its place: the configured source with its identity, or, where a
search's own words changed, those of the same kind. What persons said of a mention stands in both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

import sqlalchemy as sa

from listener.alerting.replay import Arrival
from listener.connector.target import Target
from listener.domain.percolate import Match
from listener.domain.voices import Testimony
from listener.jobs.plan import Plan
from listener.polling.intake import said_itself
from listener.store import configured, history, stored
from listener.store.engine import Database
from listener.store.history import Matched, Standing, Verdicts
from listener.store.stored import Kept

PAGE = 1000
SAMPLES = 3

About = Mapping[str, Match | None]
"""The clients that a mention is about, each with the match of its query; None where all of the place is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One configuration; `places` are the stored targets that it reads, by number."""

    plan: Plan
    places: Mapping[int, Target]

    def about(self, kept: Kept, verdicts: Mapping[str, bool]) -> About:
        """Whom this mention is about; what a person said of it stands."""
        place = self.places.get(kept.target_id)
        candidates = self.plan.intake.sieve(place, [kept.found]) if place else []
        about = candidates[0].about if candidates else {}
        if not verdicts:
            return about
        wrong = {client for client, is_about in verdicts.items() if not is_about}
        right = dict.fromkeys(client for client in verdicts if client in self.plan.intake.clients)
        return {client: match for client, match in {**right, **about}.items() if client not in wrong}

    def replays(self, client_id: str) -> bool:
        """Whether the rule negative_spike watches this client."""
        watched = self.plan.watched.get(client_id)
        return watched is not None and watched.rules.negative_spike is not None


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


def side_of(connection: sa.Connection, plan: Plan) -> Side:
    """The configuration with what of the stored places it reads."""
    known = configured.by_identity(connection)
    searches: dict[str, Target] = {}
    for target in plan.targets.values():
        if target.connector.search is not None:
            searches[target.kind] = _joined(searches.get(target.kind), target)
    places = {}
    for identity, target_id in known.items():
        place = plan.targets.get(identity) or searches.get(identity[0])
        if place is not None:
            places[target_id] = place
    return Side(plan=plan, places=places)


def _joined(one: Target | None, other: Target) -> Target:
    if one is None:
        return other
    return replace(one, matched=one.matched | other.matched, direct=one.direct | other.direct)


def compare(
    database: Database, old: Side, new: Side, *, since: datetime, history_from: datetime
) -> Comparison:
    """Hold both against the mentions from `since` on; those from `history_from` on are for the replay of alerts."""
    done = Comparison(old=old, new=new, since=since)
    for page, standing, verdicts in _pages(database, history_from):
        for kept in page:
            said = verdicts.get(kept.mention_id, {})
            _weigh(
                done, kept, standing.get(kept.mention_id, {}), old.about(kept, said), new.about(kept, said)
            )
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


def _weigh(
    done: Comparison, kept: Kept, standing: Mapping[str, Standing], before: About, after: About
) -> None:
    counts = kept.counted_at >= done.since
    done.mentions += counts
    for client_id in before.keys() | after.keys():
        tally = done.clients.setdefault(client_id, Tally())
        if counts:
            _count(tally, client_id, kept, before, after)
        if not (done.old.replays(client_id) or done.new.replays(client_id)):
            continue
        arrival = Arrival(at=kept.fetched_at, testimony=_testimony(done, kept, client_id, standing))
        if client_id in before:
            tally.arrivals_old.append(arrival)
        if client_id in after:
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


def _testimony(done: Comparison, kept: Kept, client_id: str, standing: Mapping[str, Standing]) -> Testimony:
    """As it is stored; where it is not, as it would be: scored now, and backfill where all that stands of it is."""
    stands = standing.get(client_id)
    if stands is None:
        backfill = bool(standing) and all(one.backfill for one in standing.values())
        stands = _judged(done, kept, client_id, backfill=backfill)
    return Testimony(
        counted_at=kept.counted_at,
        witness=kept.witness,
        story=kept.story,
        label=stands.label,
        own=stands.own,
        backfill=stands.backfill,
    )


def _judged(done: Comparison, kept: Kept, client_id: str, *, backfill: bool) -> Standing:
    side = done.new if client_id in done.new.plan.intake.clients else done.old
    intake, found = side.plan.intake, kept.found
    client, place = intake.clients[client_id], side.places.get(kept.target_id)
    score = intake.scorer.score(text=found.text, title=found.title, client=client, language=found.language)
    own = place is not None and said_itself(place, found, client)
    return Standing(label=score.label, own=own, backfill=backfill)
