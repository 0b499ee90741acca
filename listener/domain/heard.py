"""How many places could hear, over time: what a count of voices is held against."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TypeVar

from listener.domain.spans import Span, merged

HOUR = timedelta(hours=1)

T = TypeVar("T")


def trusted(places: Iterable[T], is_best_effort: Callable[[T], bool]) -> list[T]:
    """The places whose silence says something: those that do not answer as they please; all, where there are no others."""
    known = list(places)
    return [one for one in known if not is_best_effort(one)] or known


class Heard:
    """The times in which each of some places could hear; asked for as often as one likes."""

    def __init__(self, places: Iterable[Sequence[Span]]) -> None:
        changes: Counter[datetime] = Counter()
        self.places = 0
        for spans in places:
            self.places += 1
            for start, end in merged(spans):
                changes[start] += 1
                changes[end] -= 1
        self._times = sorted(changes)
        self._counts = list(accumulate(changes[at] for at in self._times))
        lengths = (later - earlier for earlier, later in zip(self._times, self._times[1:], strict=False))
        parts = (length * count for length, count in zip(lengths, self._counts, strict=False))
        self._before = list(accumulate(parts, initial=timedelta()))

    @property
    def first(self) -> datetime | None:
        """Since when any of them could hear; None if none ever could."""
        return self._times[0] if self._times else None

    def time(self, since: datetime, until: datetime, *, without: Sequence[Span] = ()) -> timedelta:
        """How long they heard in [since, until), all places added up, what is in `without` left out."""
        whole = self._until(until) - self._until(since)
        holes = ((max(start, since), min(end, until)) for start, end in merged(without))
        return whole - sum(
            (self._until(end) - self._until(start) for start, end in holes if start < end), timedelta()
        )

    def hours(self, since: datetime, until: datetime, *, without: Sequence[Span] = ()) -> float:
        """The same in hours, where an hour counts by the share of the places that could hear."""
        return self.time(since, until, without=without) / HOUR / self.places if self.places else 0.0

    def _until(self, at: datetime) -> timedelta:
        """All that was heard before this moment."""
        last = bisect_right(self._times, at) - 1
        if last < 0:
            return timedelta()
        return self._before[last] + self._counts[last] * (at - self._times[last])
