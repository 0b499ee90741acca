"""A place that lives: things appear, late and out of order, share a time, are edited and deleted, while somebody reads it page by page.

A connector's test renders it in the true shape of its place; `read_at_random` polls it at random times, crashes between
pages at random, and says what was found and what should have been. All of it comes from one seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from listener.connector import registry, testing
from listener.connector.contract import OptionsModel, TryLater
from listener.connector.ledger import LedgerHere
from listener.connector.testing import Reply
from listener.domain.found import Found

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Thing:
    """One item. `at` is the time that it bears, `seen_at` when the place begins to show it, `gone_at` when it stops."""

    number: int
    at: datetime
    seen_at: datetime
    by: str
    text: str
    edited_at: datetime | None = None
    gone_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Place:
    """`latest` is how late a thing may be shown after the time it bears; `busy` how many appear in a minute.

    Numbers grow, but not always in the order of times. `now` moves on a little with every request (`tick`), so that pages
    shift while they are read.
    """

    chance: random.Random
    latest: timedelta = 5 * MINUTE
    busy: float = 0.3
    edits: float = 0.1
    deletions: float = 0.1
    now: datetime = START
    things: list[Thing] = field(default_factory=list)

    def go_on(self, span: timedelta) -> None:
        """Time passes, and what happens in it."""
        count = sum(self.chance.random() < self.busy for _ in range(max(1, round(span / MINUTE))))
        for _ in range(count):
            self._appear(span)
        self.now += span
        for thing in self.visible():
            if self.chance.random() < self.edits / 20:
                thing.edited_at, thing.text = self.now, thing.text + " (edited)"
            elif self.chance.random() < self.deletions / 20:
                thing.gone_at = self.now

    def tick(self) -> None:
        """A request takes its time."""
        self.go_on(timedelta(seconds=self.chance.choice([0, 1, 20, 70])))

    def visible(self) -> list[Thing]:
        """What the place shows now, in order of its numbers."""
        return [
            one
            for one in self.things
            if one.seen_at <= self.now and (one.gone_at is None or one.gone_at > self.now)
        ]

    def _appear(self, span: timedelta) -> None:
        shared = self.things and self.chance.random() < 0.3
        at = self.things[-1].at if shared else self.now + span * self.chance.random()
        at = max(at, self.now).replace(microsecond=0)
        late = self.latest * self.chance.random() if self.chance.random() < 0.3 else timedelta()
        number = 1000 + len(self.things)
        self.things.append(
            Thing(
                number=number,
                at=at,
                seen_at=at + late,
                by=f"user{self.chance.randrange(40)}",
                text=f"Mills thing number {number}",
            )
        )


@dataclass(slots=True, kw_only=True)
class Newest(Place):
    """A place that shows the newest `most` things, by the times they bear, and nothing older."""

    most: int

    def visible(self) -> list[Thing]:
        shown = sorted(Place.visible(self), key=lambda one: (one.at, one.number))[-self.most :]
        return sorted(shown, key=lambda one: one.number)


Render = Callable[[str, str, Place], Reply]
"""Method, URL and the place in; what it answers out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What came of it: the ids that were stored, those that must be among them, those that are there at all, and those told gone."""

    stored: frozenset[str]
    owed: frozenset[str]
    there: frozenset[str]
    gone: frozenset[str]


def read_at_random(
    kind: str,
    options: OptionsModel,
    render: Render,
    *,
    seed: int,
    polls: int = 25,
    every: timedelta = 15 * MINUTE,
    name: Callable[[Thing], str] = lambda thing: str(thing.number),
    told: Callable[[Found], Iterable[str]] = lambda found: (found.external_id,),
    place: Place | None = None,
) -> Read:
    """Poll `polls` times, crash at times, and then until the reading has come to its end.

    `name` is a thing's external id; where it holds its words as well, they are owed as they stand last, and `told` gives the
    same of what was found. Owed is what was shown at the time of two polls in a row that came to their end, and has not been
    taken away since.
    """
    chance = random.Random(seed)
    lives = place or Place(chance=chance)
    connector, ledger = registry.find(kind), LedgerHere()
    stored: set[str] = set()
    gone: set[str] = set()
    seen_whole: list[set[str]] = []
    last = None

    def answers(method: str, url: str, _poll: int) -> Reply:
        lives.tick()
        return render(method, url, lives)

    for number in range(polls + 40):
        lives.go_on(every * chance.uniform(0.5, 2) if number < polls else every)
        if number >= polls:
            lives.busy = 0.0
        before = {name(one) for one in lives.visible()}
        crash_after = chance.randrange(4) if number < polls and chance.random() < 0.3 else None
        ended, truncated = True, False
        reading = testing.poll(
            connector,
            options,
            answers,
            now=lives.now,
            number=number,
            cursor=last.cursor if last else None,
            validators=last.validators if last else {},
            ledger=ledger,
        )
        try:
            for count, kept in enumerate(reading):
                if count == crash_after:
                    ended = False
                    break
                stored |= {one for found in kept.page.found for one in told(found)}
                gone |= set(kept.page.gone)
                truncated, last = kept.page.truncated, kept
        except TryLater:
            ended = False
        if ended and not truncated:
            seen_whole.append(before)
            if number >= polls + 3:
                break
    still = {name(one) for one in lives.things if one.gone_at is None}
    owed = {one for first, second in pairwise(seen_whole) for one in first & second}
    return Read(
        stored=frozenset(stored),
        owed=frozenset(owed & still),
        there=frozenset(name(one) for one in lives.things),
        gone=frozenset(gone),
    )


def holds(read: Read) -> None:
    """Everything that was visible long enough was found, nothing was invented, and nothing that is there was told gone."""
    assert read.owed, "the place showed nothing for long enough"
    assert read.owed - read.stored == set()
    assert read.stored - read.there == set()
