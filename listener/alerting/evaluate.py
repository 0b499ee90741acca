"""From stored voices to incidents and notices: each client with news or with an open incident is judged, and the outcome written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from listener.alerting import gather
from listener.alerting.episodes import CALM_FOR, follow, open_one
from listener.alerting.gather import Gathered
from listener.alerting.looking import SPIKE, Known, look
from listener.alerting.praising import tell_good_news
from listener.alerting.ration import LEARNED_AT_ONCE, Ration
from listener.domain.rules import Watched
from listener.store import evidence, incidents, marks
from listener.store.chunks import chunks
from listener.store.engine import Database
from listener.store.errors import StoreError
from listener.store.incidents import Incident
from listener.telemetry import LOG, boundary, say

__all__ = ["CALM_FOR", "EVALUATED", "Round", "evaluate"]

EVALUATED = "evaluated"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one evaluation changed; the incident messages also go to the log."""

    opened: int = 0
    resolved: int = 0
    gathered: int = 0
    good_news: int = 0
    waiting: int = 0


def evaluate(
    database: Database,
    watched: Mapping[str, Watched],
    *,
    now: datetime,
    end_groups: bool = False,
    learn_at_once: int = LEARNED_AT_ONCE,
) -> Round:
    """Judge what is new since the last round. A crash in between is harmless: every write is made once by the database.

    Clients without news, without an open incident and without a group that ends cost nothing; hundreds of the others are
    read with one statement. `end_groups` tells what has been gathered at once. A client that cannot be judged holds up no
    other: it is judged again in the next round. Nor do those of which weeks must be learned first, after an upgrade or where
    history was changed: a round learns some `learn_at_once` days, the rest of them are `waiting` for the next. With
    `end_groups` nobody waits.
    """
    with database.read() as connection:
        newest = evidence.newest_match(connection)
        done = marks.get(connection, EVALUATED) or 0
        news = set(evidence.clients_with_news(connection, after=done, up_to=newest))
        going_on = {row.client_id: row for row in incidents.going_on(connection) if row.rule == SPIKE}
        ending = gather.clients_due(connection, now=now, end_groups=end_groups)
    _let_go(database, [one for client, one in going_on.items() if client not in watched], now=now)
    asked = [
        one
        for client_id in sorted(news | set(going_on) | ending)
        if (one := watched.get(client_id)) is not None  # who left has a history, and nobody to be told
    ]
    judging = _Judging(
        database=database,
        going_on=going_on,
        done=done,
        newest=newest,
        now=now,
        end_groups=end_groups,
        ration=Ration(None if end_groups else learn_at_once),
    )
    rounds = [one for some in chunks(asked) for one in judging.some(some)]
    waiting = sum(one.waiting for one in rounds if one is not None)
    if waiting:
        say("judged-next-round", clients=waiting, why="weeks of their history are learned first")
    if newest != done and None not in rounds and not waiting:
        with database.write() as connection:
            marks.put(connection, EVALUATED, number=newest, at=now)
    judged = [one for one in rounds if one is not None]
    return Round(
        opened=sum(one.opened for one in judged),
        resolved=sum(one.resolved for one in judged),
        gathered=sum(one.gathered for one in judged),
        good_news=sum(one.good_news for one in judged),
        waiting=waiting,
    )


def _let_go(database: Database, left: Sequence[Incident], *, now: datetime) -> None:
    """End the incidents of clients that left the configuration: nobody is told, for nobody asked to be."""
    if not left:
        return
    with database.write() as connection:
        for one in left:
            why = "the client left the configuration"
            incidents.resolve(connection, one.id, now=now, last_match_id=one.last_match_id, why=why)
    say("incidents-let-go", clients=", ".join(one.client_id for one in left))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    """One round: matches behind `done`, up to `newest`, are its news."""

    database: Database
    going_on: Mapping[str, Incident]
    done: int
    newest: int
    now: datetime
    end_groups: bool
    ration: Ration

    def some(self, asked: Sequence[Watched]) -> list[Round | None]:
        """What came of each of these clients, read together; None for one that could not be judged."""
        read = _safely(partial(self._read, asked), _named(asked))
        if read is None:
            return [None] if len(asked) == 1 else [one for each in asked for one in self.some([each])]
        known, groups = read
        rounds = [_safely(partial(self._judge, one), one.watched.client.id) for one in known]
        busy = {*self.going_on, *_opened(known, rounds)}
        return [*rounds, *self._gather(groups, busy)]

    def _read(self, asked: Sequence[Watched]) -> tuple[list[Known], list[Gathered]]:
        known = look(self.database, asked, self.going_on, now=self.now, ration=self.ration)
        with self.database.read() as connection:
            groups = gather.gathered(connection, asked, after=self.done, up_to=self.newest, now=self.now)
        return known, groups

    def _judge(self, known: Known) -> Round:
        if known.waits:
            return Round(waiting=1)
        opened = resolved = False
        if known.incident is not None:
            resolved = follow(self.database, known, known.incident, now=self.now, end_groups=self.end_groups)
        else:
            opened = open_one(self.database, known, now=self.now, end_groups=self.end_groups)
        good_news = tell_good_news(self.database, known, now=self.now)
        return Round(opened=opened, resolved=resolved, good_news=good_news)

    def _gather(self, groups: Sequence[Gathered], busy: Iterable[str]) -> list[Round | None]:
        """Grow these groups and tell what is due, in one transaction; each in its own where one of them cannot be."""
        if not groups:
            return []
        names = _named([one.watched for one in groups])
        done = _safely(partial(self._gather_together, groups, busy), names)
        if done is not None:
            return [done]
        if len(groups) == 1:
            return [None]
        return [done for one in groups for done in self._gather([one], busy)]

    def _gather_together(self, groups: Sequence[Gathered], busy: Iterable[str]) -> Round:
        with self.database.write() as connection:
            told = sum(
                gather.tell(
                    connection,
                    one,
                    up_to=self.newest,
                    now=self.now,
                    end_groups=self.end_groups,
                    mutable=one.watched.client.id in busy,
                )
                for one in groups
            )
        if told:
            boundary("group-told")
        return Round(gathered=told)


def _opened(known: Sequence[Known], rounds: Sequence[Round | None]) -> Iterable[str]:
    pairs = zip(known, rounds, strict=True)
    return (one.watched.client.id for one, done in pairs if done is not None and done.opened)


def _named(asked: Sequence[Watched]) -> str:
    return asked[0].client.id if len(asked) == 1 else f"{len(asked)} together"


def _safely(judge: Callable[[], T], clients: str) -> T | None:
    """None where these clients could not be judged, with the traceback in the log."""
    try:
        return judge()
    except StoreError:
        raise
    except Exception:  # noqa: BLE001 - a fault over one client silences no other; its traceback is in the log
        LOG.exception("evaluate-fault client=%s", clients)
        return None
