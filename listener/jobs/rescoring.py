"""History under the present scorer: first what would change, labels and incidents, then the writing of it.

The first look writes nothing, so it is the dry run as well. The writing goes page by page in short transactions, beside a
daemon that goes on. Who dies in between has written whole pages: what has the present scorer's label is skipped the next time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from listener.alerting.replay import Arrival
from listener.alerting.retold import Retold, retold
from listener.domain.client import Client
from listener.domain.sentiment import Ask, Label, Score, Scorer
from listener.domain.spike import LOOK_BACK
from listener.domain.stars import judgements, starred
from listener.jobs.foretelling import Hearing, alarms_of
from listener.jobs.side import Side
from listener.jobs.spool import Spool
from listener.polling.intake import with_reason
from listener.store import anew
from listener.store.anew import Fresh, Scored
from listener.store.columns import EPOCH
from listener.store.corrected import corrected
from listener.store.engine import Database
from listener.telemetry import boundary

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A match whose label changes, with both scores."""

    was: Scored
    now: Score


@dataclass(slots=True, kw_only=True)
class Tally:
    """What becomes of the matches of one client.

    anew        are scored anew: `moved` says how many from which label to which, `samples` has the newest of each
    present     have the present scorer's label
    corrected   have a person's label and keep it
    textless    have neither text nor stars any more and keep their label
    said_…      what a replay of the incidents needs, under both sets of labels; only what others say
    """

    anew: int = 0
    present: int = 0
    corrected: int = 0
    textless: int = 0
    moved: Counter[tuple[Label, Label]] = field(default_factory=Counter)
    samples: dict[tuple[Label, Label], Change] = field(default_factory=dict)
    said_before: list[Arrival] = field(default_factory=list)
    said_after: list[Arrival] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many get another label."""
        return sum(count for (was, now), count in self.moved.items() if was != now)


def survey(
    database: Database, side: Side, clients: Sequence[Client], spool: Spool, *, since: datetime | None
) -> dict[str, Tally]:
    """Score what is counted from `since` on and has not the present scorer's label; the new scores go into the spool. By client id."""
    return {client.id: _surveyed(database, side, client, spool, since=since) for client in clients}


def _surveyed(
    database: Database, side: Side, client: Client, spool: Spool, *, since: datetime | None
) -> Tally:
    tally = Tally()
    replays = side.replays(client.id)
    scorer = side.plan.intake.scorer
    for page, kept in _pages(database, client.id, since=since and since - LOOK_BACK):
        asked = [one for one in page if since is None or one.testimony.counted_at >= since]
        old = [one for one in asked if _is_old(one, scorer.version_for(client), kept, tally)]
        anew = dict(_anew(old, client, scorer, tally))
        for number, (one, score) in anew.items():
            spool.put(Fresh(match_id=number, was=one.scorer, score=score))
        if replays:
            for one in page:
                _say(one, anew[one.match_id][1] if one.match_id in anew else None, tally)
    return tally


def _pages(
    database: Database, client_id: str, *, since: datetime | None
) -> Iterator[tuple[Sequence[Scored], frozenset[int]]]:
    """The matches of a client with those that a person has labelled, each page seen in a moment of its own."""
    after = 0
    while True:
        with database.read() as connection:
            page = anew.page(connection, client_id, since=since, after=after, limit=PAGE)
            kept = corrected(connection, [one.match_id for one in page])
        if not page:
            return
        yield page, kept
        after = page[-1].match_id


def _is_old(one: Scored, present: str, kept: frozenset[int], tally: Tally) -> bool:
    """Whether it is to be scored anew; where it is not, it is counted why."""
    if one.match_id in kept:
        tally.corrected += 1
    elif not one.says_something:
        tally.textless += 1
    elif one.scorer == starred(present, one.rating):
        tally.present += 1
    else:
        return True
    return False


def _anew(
    old: Sequence[Scored], client: Client, scorer: Scorer, tally: Tally
) -> Iterator[tuple[int, tuple[Scored, Score]]]:
    """What they get, by match, and counted."""
    for one, score in zip(old, _scores(old, client, scorer), strict=True):
        tally.anew += 1
        tally.moved[one.label, score.label] += 1
        if one.label != score.label:
            tally.samples[one.label, score.label] = Change(was=one, now=score)
        yield one.match_id, (one, score)


def _scores(old: Sequence[Scored], client: Client, scorer: Scorer) -> Iterator[Score]:
    """With why the match is about the client, which stands first among its reasons, left in place."""
    asks = [
        Ask(text=one.text, title=one.title, client=client, language=one.language, rating=one.rating)
        for one in old
    ]
    for one, score in zip(old, judgements(scorer, asks), strict=True):
        yield with_reason(score, one.reasons[0]) if one.reasons else score


def _say(one: Scored, score: Score | None, tally: Tally) -> None:
    before = one.testimony
    after = replace(before, label=score.label) if score else before
    if not before.own and not before.backfill:
        tally.said_before.append(Arrival(at=one.fetched_at, testimony=before))
        tally.said_after.append(Arrival(at=one.fetched_at, testimony=after))


def incidents(
    database: Database,
    side: Side,
    tallies: Mapping[str, Tally],
    *,
    since: datetime | None,
    until: datetime,
) -> dict[str, list[Retold]]:
    """What negative_spike would have told under both sets of labels, of each client that has any. By client id."""
    since = since or EPOCH
    eyes = Hearing.read(database, history_from=since - LOOK_BACK, until=until)
    found = {}
    for client_id, tally in tallies.items():
        before, after = (
            alarms_of(eyes, side, client_id, said, since=since)
            for said in (tally.said_before, tally.said_after)
        )
        pairs = retold(before, after, said_before=tally.said_before, said_after=tally.said_after, until=until)
        if pairs:
            found[client_id] = pairs
    return found


def write(
    database: Database, spool: Spool, *, monotonic: Callable[[], float], sleep: Callable[[float], None]
) -> int:
    """Write what is in the spool; returns how many matches it was, the others having changed meanwhile.

    After each page it waits as long as the page took, so that a daemon beside it gets its turn.
    """
    written = 0
    for page in spool.pages(PAGE):
        began = monotonic()
        with database.write() as connection:
            written += anew.relabel(connection, page)
            boundary("rescoring")
        sleep(monotonic() - began)
    return written
