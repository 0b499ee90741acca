"""Alerts on a series of counts, row by row: a count that stands out against what is usual, and against the series itself.

A count in a sliding window is held against what was expected in it as 2(√count - √expected), which spreads by about 1 at every
height if the counts are Poisson (Anscombe, Biometrika 35, 1948). They never are; how far this series goes on ordinary days is read
off its own scores: the greatest of each of the last days, of those a high quantile. An alert is a score well beyond it, and for a
while after one there is no other (docs/backtest.md).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from listener.domain.series_usual import UsualRow, held_down
from listener.domain.surprise import upper_tail

DAY = timedelta(days=1)
ANSCOMBE = 0.375

PRIOR_STRAY, PRIOR_STRAY_WEIGHT = 0.1, 30.0
"""Counts stray by a tenth of their mean squared beyond Poisson, until as much was seen as 30 squared expected counts tell."""

STRAY_FOR = timedelta(days=14)
LEAST_STRAY, LEAST_MEAN, MOST_MEAN = 1e-4, 1e-3, 1e3

STEPS = 9
"""Of so many last steps from row to row the middle one is how often rows come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a series is judged: one manner for all. The numbers stand in the middle of a plateau (docs/backtest.md).

    windows   lengths in which rows are counted together
    days      how long an hour of the day is remembered
    record    of so many days with rows the greatest score is kept, and their `quantile` is the record
    factor    an alert is beyond so many times the record; `least` is the least score of any alert
    after     so many whole days are only learned from
    still     so long there is no other alert
    """

    windows: tuple[timedelta, ...] = (timedelta(minutes=15), timedelta(hours=3))
    days: float = 14.0
    record: int = 14
    quantile: float = 0.85
    factor: float = 1.4
    least: float = 3.0
    after: int = 2
    still: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A window that stands out, as of the row at `at`, which is its last.

    value, expected  counts in the window; `window` is its length, that of a row where rows come more seldom
    p                the chance of so many or more in such a window at such a time
    score            how far it stands out; `record` is how far the series went on its greater days, `limit` what was to be passed
    """

    at: datetime
    value: float
    expected: float
    p: float
    window: timedelta
    score: float
    record: float
    limit: float


class Series:
    """One series so far. It forgets rows that are older than its longest window."""

    def __init__(self, manner: Manner | None = None) -> None:
        self._manner = manner or Manner()
        self._usual = UsualRow(days=self._manner.days)
        self._windows = [_Window(length) for length in self._manner.windows]
        self._record = Record(self._manner)
        self._last: datetime | None = None
        self._steps: deque[timedelta] = deque(maxlen=STEPS)

    def hear(self, at: datetime, value: float) -> Alert | None:
        """Count this row, which must be later than the one before; the alert that it raises, if it does. `value` is not negative."""
        if self._last is not None:
            self._steps.append(at - self._last)
        self._last = at
        expected = self._usual.hear(at, value)
        for window in self._windows:
            window.add(at, value, expected)
        found = max(self._windows, key=lambda window: window.score)
        limit = self._record.passed(at, found.score)
        return None if limit is None else self._alert(at, found, limit)

    def _alert(self, at: datetime, found: _Window, limit: float) -> Alert:
        return Alert(
            at=at,
            value=found.value,
            expected=found.expected,
            p=found.chance(),
            window=max(found.length, sorted(self._steps)[len(self._steps) // 2]),
            score=found.score,
            record=self._record.height,
            limit=limit,
        )


class Record:
    """How far the scores of a series go on its greater days, and when it was last alerted."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._days: deque[float] = deque(maxlen=manner.record)
        self._first: datetime | None = None
        self._day = 0
        self._greatest = 0.0
        self._alerted: datetime | None = None
        self.height = 0.0

    def passed(self, at: datetime, score: float) -> float | None:
        """The limit, if this score is beyond it and the series is not kept still; None if not. The score is kept."""
        self._keep(at, score)
        limit = max(self._manner.factor * self.height, self._manner.least)
        if len(self._days) < self._manner.after or score <= limit:
            return None
        if self._alerted is not None and at - self._alerted < self._manner.still:
            return None
        self._alerted = at
        return limit

    def _keep(self, at: datetime, score: float) -> None:
        self._first = self._first or at
        day = (at - self._first) // DAY
        if day == self._day:
            self._greatest = max(self._greatest, score)
            return
        self._days.append(self._greatest)
        self._day, self._greatest = day, score
        self.height = quantile(self._days, self._manner.quantile)


class _Window:
    """The rows of the last stretch of time, added up, and how far such sums have strayed from what was expected."""

    def __init__(self, length: timedelta) -> None:
        self.length = length
        self.value = self.expected = self.score = 0.0
        self._rows: deque[tuple[datetime, float, float]] = deque()
        self._strayed, self._weighed = PRIOR_STRAY * PRIOR_STRAY_WEIGHT, PRIOR_STRAY_WEIGHT

    def add(self, at: datetime, value: float, expected: float) -> None:
        """Count one more row, once it is learned from the window before it how far such a one strays."""
        if self._rows:
            self._learn(at - self._rows[-1][0])
        self._rows.append((at, value, expected))
        self.value += value
        self.expected += expected
        while self._rows[0][0] <= at - self.length:
            _, gone, gone_expected = self._rows.popleft()
            self.value -= gone
            self.expected -= gone_expected
        self.value, self.expected = max(self.value, 0.0), max(self.expected, 0.0)
        self.score = 2 * (math.sqrt(self.value + ANSCOMBE) - math.sqrt(self.expected + ANSCOMBE))

    def chance(self) -> float:
        """Of so much or more in this window: the upper tail of a negative binomial that strays as these windows did.

        Where more is expected than is worth adding up one by one, both are taken in proportion: the chance is rather overstated.
        """
        mean = max(self.expected, LEAST_MEAN)
        part = min(1.0, MOST_MEAN / mean)
        stray = max(self._strayed / self._weighed, LEAST_STRAY)
        return upper_tail(math.ceil(self.value * part), mean=mean * part, shape=1 / stray)

    def _learn(self, step: timedelta) -> None:
        kept = math.exp(-(step / STRAY_FOR))
        beyond = (held_down(self.value, self.expected) - self.expected) ** 2 - self.expected
        self._strayed = self._strayed * kept + beyond
        self._weighed = self._weighed * kept + self.expected**2


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which this share of them lies, between two of them in proportion."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
