"""What one row of a series of counts usually holds: by hour of the day, learned row by row, single heights held down.

Nothing here knows how often rows come. What is learned is the mean row of each hour that was seen, so rows every five minutes,
hourly and daily ones weigh alike, and a time without rows teaches nothing: it is no zero.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

# Nothing teaches more than a row whose root is so many times, plus so many, the root of what was expected (Winsorising: Huber and
# Ronchetti, Robust Statistics, 2nd ed., section 1.6; by roots, for so counts spread alike at every height).
HELD_TIMES, HELD_ROOTS = 1.5, 2.0

LEVEL_HOURS = 48.0
"""Hours that were seen since, after which an hour counts 1/e in the level."""

LEAN = 1.0
"""An hour of the day leans on the level as if it had been seen on so many days more."""


class UsualRow:
    """The mean row by hour of the day in UTC, and for hours not seen yet the level of the last days.

    An hour of the day counts 1/e after it was seen on `days` more days.
    """

    def __init__(self, *, days: float) -> None:
        self._hours = [_Faded(keep=math.exp(-1 / days)) for _ in range(24)]
        self._level = _Faded(keep=math.exp(-1 / LEVEL_HOURS))
        self._hour: int | None = None
        self._now = _Faded(keep=1.0)

    def hear(self, at: datetime, value: float) -> float:
        """Learn a row; returns what was expected of it by the rows before, of the first row the row itself."""
        hour = (at - EPOCH) // HOUR
        if hour != self._hour:
            self._turn_to(hour)
        expected = self._expected(hour % 24, value)
        self._now.add(held_down(value, expected))
        return expected

    def _turn_to(self, hour: int) -> None:
        if self._hour is not None:
            self._hours[self._hour % 24].add(self._now.mean)
            self._level.add(self._now.mean)
        self._hour, self._now = hour, _Faded(keep=1.0)

    def _expected(self, hour: int, first: float) -> float:
        total, weight = self._level.total, self._level.weight
        if self._now.weight:
            total, weight = total + self._now.mean, weight + 1.0
        if not weight:
            return first
        seen = self._hours[hour]
        return (LEAN * total / weight + seen.total) / (LEAN + seen.weight)


class _Faded:
    """A mean in which what came earlier counts less: at each step `keep` is left of it."""

    __slots__ = ("keep", "total", "weight")

    def __init__(self, *, keep: float) -> None:
        self.keep, self.total, self.weight = keep, 0.0, 0.0

    @property
    def mean(self) -> float:
        return self.total / self.weight

    def add(self, value: float) -> None:
        self.total = self.total * self.keep + value
        self.weight = self.weight * self.keep + 1.0


def held_down(value: float, expected: float) -> float:
    """The value, or the most that may teach where so much was expected."""
    return min(value, (HELD_TIMES * math.sqrt(expected) + HELD_ROOTS) ** 2)
