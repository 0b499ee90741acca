"""What a round of evaluation costs where many clients have news at once.

python -m benchmarks.evaluation [--clients 10000] [--days 21] [--a-day 2] [--gather]

The history is invented: each client is talked of `a-day` times a day, by strangers, two times in three with a complaint.
Then somebody speaks of every client at once, and again in the next minutes. With --gather the rule each_negative is on as well.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from listener.alerting.evaluate import Round, evaluate
from listener.domain.client import Client
from listener.domain.rules import GatherRule, Rules, SpikeRule, Watched
from listener.store import tables
from listener.store.engine import Database, open_database
from listener.store.matches import count

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LABELS = ("negative", "negative", "neutral")
PAGE = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=21)
    parser.add_argument("--a-day", type=int, default=2)
    parser.add_argument(
        "--gather", action="store_true", help="with each_negative, which writes for every client"
    )
    asked = parser.parse_args()
    with (
        TemporaryDirectory() as folder,
        closing(open_database(f"sqlite:///{Path(folder)}/bench.db")) as database,
    ):
        watched = _watched(asked.clients, gather=asked.gather)
        _begin(database, watched, days=asked.days)
        chance = random.Random(1)
        number = _tell(database, watched, _history(chance, asked.days, asked.a_day, len(watched)), after=0)
        print(f"{len(watched):,} clients, {number:,} mentions of {asked.days} days")
        _measure("all that is stored is news, nothing is known of anybody", database, watched, NOW)
        for minutes in range(3):
            now = NOW + timedelta(minutes=20 * minutes)
            number = _tell(database, watched, _news(len(watched), now), after=number)
            _measure("news about every client", database, watched, now)
        _measure("news about none", database, watched, NOW + timedelta(minutes=50))
        number = _tell(database, watched, _news(len(watched), NOW + DAY), after=number)
        _measure("news about every client a day later", database, watched, NOW + DAY)


def _measure(what: str, database: Database, watched: Mapping[str, Watched], now: datetime) -> Round:
    spent: Callable[[], float] = time.process_time
    began, done = spent(), None
    done = evaluate(database, watched, now=now)
    print(
        f"  {spent() - began:6.2f} s of CPU: {what} ({done.opened:,} incidents, {done.gathered:,} messages)"
    )
    return done


def _watched(number: int, *, gather: bool) -> dict[str, Watched]:
    rules = Rules(negative_spike=SpikeRule(), each_negative=GatherRule() if gather else None)
    clients = (
        Client(id=f"client {n}", name=f"Client {n}", watch_list="many", query=f'"Client {n}"')
        for n in range(number)
    )
    one = {client.id: Watched(client=client, rules=rules, list_size=number) for client in clients}
    return {id_: replace(each, receivers=("team",)) for id_, each in one.items()}


def _begin(database: Database, watched: Mapping[str, Watched], *, days: int) -> None:
    since = NOW - days * DAY
    with database.write() as connection:
        row = {"watch_list": "many", "joined_at": since, "asked_at": since}
        connection.execute(
            sa.insert(tables.clients),
            [{"id": id_, "name": one.client.name, **row} for id_, one in watched.items()],
        )
        target = {"kind": "rss", "scope": "https://feeds.example/", "every_s": 900, "next_poll_at": NOW}
        connection.execute(sa.insert(tables.targets), {"id": 1, "complete_from_at": NOW, **target})
        heard = {"target_id": 1, "audience": "list:many", "since_at": since}
        connection.execute(sa.insert(tables.hearings), heard)


Said = tuple[int, datetime, str]
"""The number of a client, when, and the label."""


def _history(chance: random.Random, days: int, a_day: int, clients: int) -> Iterator[Said]:
    for _ in range(days * a_day):
        for client in range(clients):
            yield client, NOW - chance.random() * days * DAY, chance.choice(LABELS)


def _news(clients: int, now: datetime) -> Iterator[Said]:
    return ((client, now, LABELS[client % len(LABELS)]) for client in range(clients))


def _tell(database: Database, watched: Mapping[str, Watched], said: Iterator[Said], *, after: int) -> int:
    """Store it, each by a stranger with a story; the number of the last."""
    ids, number, page = list(watched), after, []
    for client, at, label in said:
        number += 1
        page.append((number, ids[client], at, label))
        if len(page) == PAGE:
            _store(database, page)
            page = []
    _store(database, page)
    return number


def _store(database: Database, page: Sequence[tuple[int, str, datetime, str]]) -> None:
    if not page:
        return
    with database.write() as connection:
        connection.execute(sa.insert(tables.stories), [{"id": n, "first_at": at} for n, _, at, _ in page])
        connection.execute(sa.insert(tables.mentions), [_mention(n, at) for n, _, at, _ in page])
        rows = [_match(*one) for one in page]
        connection.execute(sa.insert(tables.matches), rows)
        count(connection, rows)


def _mention(number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "target_id": 1,
        "external_id": str(number),
        "text": f"Third week without my order, nobody answers the phone: number {number}",
        "form": "text",
        "witness": f"author:{number}",
        "story_id": number,
        "fetched_at": at,
        "counted_at": at,
    }


def _match(number: int, client_id: str, at: datetime, label: str) -> dict[str, Any]:
    return {
        "mention_id": number,
        "client_id": client_id,
        "counted_at": at,
        "label": label,
        "score": -0.5,
        "scorer": "bench",
        "reasons": [],
        "own": False,
        "backfill": False,
        "voice": label == "negative",
        "praise": False,
    }


if __name__ == "__main__":
    main()
