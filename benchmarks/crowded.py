"""A store with thousands of clients and weeks of what was said of them, written fast: the ground of benchmarks/evaluation.py."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from typing import Any

import sqlalchemy as sa

from listener.alerting.evaluate import EVALUATED
from listener.domain.client import Client
from listener.domain.rules import GatherRule, Rules, SpikeRule, Watched
from listener.store import gaps, marks, tables
from listener.store.columns import EPOCH, MICROSECOND
from listener.store.engine import Database

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIST = 100
"""Clients on a list, which share its budget and hear its three feeds."""

OWN_PLACE = 10
"""One client in so many has a place of its own."""

SPREAD = 1.45
"""Of the logarithm of how much is said of a client: half of all are talked of a third as much as the average, one in a hundred ten times."""

MOST = 200.0
"""Mentions a day of one client, at the most."""

UP_TO_HOUR = list(accumulate((1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 8, 8, 8, 8, 8, 7, 7, 7, 8, 7, 5, 3, 2)))
"""How much of a day is said by the end of each of its hours."""

TEXT = "Third week without my order, nobody answers the phone: number"

LABELS = ("negative",) * 3 + ("neutral",) * 5 + ("positive",) * 2
GRIM = ("negative", "negative", "neutral")
PAGE = 20_000

Said = tuple[int, datetime, str]
"""The number of a client, when, and the label."""


class Crowd:
    """So many clients with a history of so many days up to NOW. `even`: of each as much is said, and two thirds are complaint."""

    def __init__(
        self, database: Database, clients: int, *, days: int, a_day: float, even: bool, gather: bool
    ) -> None:
        self.database, self.days, self.even = database, days, even
        self.chance = random.Random(1)
        self.watched = dict(_watched(clients, gather=gather))
        self.ids = list(self.watched)
        self.mentions = self.spoken = 0
        self._begin()
        self._tell(self._history(a_day))
        self.judged()

    def judged(self) -> None:
        """All that is stored is no news any more."""
        with self.database.write() as connection:
            marks.put(connection, EVALUATED, number=self.mentions, at=NOW)

    def speak(self, now: datetime, *, bursts: int = 0) -> None:
        """Somebody says something of every client, as often complaint as ever; of the first few a dozen strangers complain within the hour.

        Who is complained of takes turns: a client is not hit by every round of this.
        """
        self.spoken += 1
        news = [(number, now, self._label(number)) for number in range(len(self.ids))]
        news += [
            (number, now - voice * HOUR / 12, "negative") for number in range(bursts) for voice in range(12)
        ]
        self._tell(news)

    def _label(self, number: int) -> str:
        labels = GRIM if self.even else LABELS
        return labels[(number * 7 + self.spoken * 3) % len(labels)]

    def _begin(self) -> None:
        since = NOW - self.days * DAY
        with self.database.write() as connection:
            connection.execute(
                sa.insert(tables.clients),
                [
                    {
                        "id": id_,
                        "name": one.client.name,
                        "watch_list": one.client.watch_list,
                        # a tenth of them came within the last week
                        "joined_at": NOW - self.chance.random() * 7 * DAY if not number % 10 else since,
                        "asked_at": since,
                    }
                    for number, (id_, one) in enumerate(self.watched.items())
                ],
            )
            audiences = [
                f"list:{name}"
                for name in sorted({one.client.watch_list for one in self.watched.values()})
                for _ in range(3)
            ]
            audiences += [f"client:{id_}" for id_ in self.ids[::OWN_PLACE]]
            target = {"kind": "rss", "every_s": 900, "next_poll_at": NOW, "complete_from_at": NOW}
            numbers = range(1, len(audiences) + 1)
            connection.execute(
                sa.insert(tables.targets),
                [{"id": n, "scope": f"https://{n}.example/", **target} for n in numbers],
            )
            connection.execute(
                sa.insert(tables.hearings),
                [
                    {"target_id": n, "audience": audience, "since_at": since}
                    for n, audience in zip(numbers, audiences, strict=True)
                ],
            )
            for number in numbers[::3]:
                began = since + self.chance.random() * (self.days - 1) * DAY
                gaps.add(connection, number, began, began + self.chance.random() * 6 * HOUR, "down")

    def _history(self, a_day: float) -> Iterator[Said]:
        """Client by client, which is not the order of time: nothing that is measured depends on it."""
        labels = GRIM if self.even else LABELS
        first = NOW.replace(hour=0) - self.days * DAY
        for number in range(len(self.ids)):
            rate = a_day if self.even else a_day * self.chance.lognormvariate(-(SPREAD**2) / 2, SPREAD)
            for _ in range(int(min(rate, MOST) * self.days + self.chance.random())):
                hour = self.chance.choices(range(24), cum_weights=UP_TO_HOUR)[0] + self.chance.random()
                at = first + self.chance.randrange(self.days + 1) * DAY + hour * HOUR
                yield number, at if at < NOW else at - DAY, self.chance.choice(labels)

    def _tell(self, said: Iterable[Said]) -> None:
        """Store it, each by a stranger with a story of its own, and count it."""
        left = iter(said)
        while page := list(islice(left, PAGE)):
            after = self.mentions
            rows = [
                (after + n, self.ids[number], (at - EPOCH) // MICROSECOND, label)
                for n, (number, at, label) in enumerate(page, 1)
            ]
            self.mentions += len(rows)
            with self.database.write() as connection:
                connection.exec_driver_sql(_STORY, [(n, at) for n, _, at, _ in rows])
                connection.exec_driver_sql(_MENTION, [_mention(n, at) for n, _, at, _ in rows])
                connection.exec_driver_sql(
                    _MATCH,
                    [
                        (n, id_, at, label, label == "negative", label == "positive")
                        for n, id_, at, label in rows
                    ],
                )
                connection.exec_driver_sql(_COUNTED, (after,))


_STORY = "INSERT INTO stories (id, first_at) VALUES (?, ?)"
_MENTION = """
INSERT INTO mentions (id, target_id, external_id, text, form, witness, story_id, fetched_at, counted_at)
VALUES (?, 1, ?, ?, 'text', ?, ?, ?, ?)
"""
_MATCH = """
INSERT INTO matches (mention_id, client_id, counted_at, label, score, scorer, reasons, own, backfill, voice, praise)
VALUES (?, ?, ?, ?, -0.5, 'bench', '[]', 0, 0, ?, ?)
"""
_COUNTED = """
INSERT INTO counts (client_id, bucket_at, mentions, negative, neutral, positive, voices, praise)
SELECT client_id, counted_at / 900000000 * 900000000, count(*), sum(label = 'negative'), sum(label = 'neutral'),
       sum(label = 'positive'), sum(voice), sum(praise)
FROM matches WHERE id > ? GROUP BY 1, 2
ON CONFLICT (client_id, bucket_at) DO UPDATE SET mentions = mentions + excluded.mentions,
    negative = negative + excluded.negative, neutral = neutral + excluded.neutral,
    positive = positive + excluded.positive, voices = voices + excluded.voices, praise = praise + excluded.praise
"""


def _mention(number: int, at: int) -> tuple[Any, ...]:
    return number, str(number), f"{TEXT} {number}", f"author:{number}", number, at, at


def _watched(number: int, *, gather: bool) -> Iterator[tuple[str, Watched]]:
    rules = Rules(negative_spike=SpikeRule(), each_negative=GatherRule() if gather else None)
    for n in range(number):
        client = Client(
            id=f"client-{n}", name=f"Client {n}", watch_list=f"list-{n // LIST}", query=f'"Client {n}"'
        )
        yield client.id, Watched(client=client, rules=rules, list_size=LIST, receivers=("team",))
