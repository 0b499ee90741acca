"""Is this more than chance? The rarest window of the last day, held against what is usual and what may happen by chance.

A person says how many false alarms a list may bring. That budget is shared by its clients and windows; a window fires when
a stream of chance alone would come up to its count no more often than its share (listener/domain/surprise.py, docs/alerts.md).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from listener.domain.allowance import allowance
from listener.domain.rhythm import hours_since, reached_in
from listener.domain.surprise import crossings, least_beyond, middle
from listener.domain.usual import LEAST, Factor, Usual

HOUR = timedelta(hours=1)
YEAR = timedelta(days=365.25)
WINDOWS = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 240, 480, 1440))
LOOK_BACK = timedelta(days=56)
HEARD_LATE = timedelta(hours=1)
STILL_NEWS = timedelta(hours=24)

# Windows overlap: when one comes up to its limit, others often do so in the same hour, and that is one alarm. Measured, so
# many times the even share may be spent by each window (benchmarks/false_alarms.py, table in docs/alerts.md).
SHARED = 2.5

MOST_YEARS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """So many false alarms in `per` over a list of `clients`, by chance."""

    false_alarms: float = 1.0
    per: timedelta = timedelta(days=30)
    clients: int = 1

    @property
    def an_hour(self) -> float:
        """False alarms an hour, over the whole list."""
        return self.false_alarms / (self.per / HOUR)

    @property
    def allowed(self) -> float:
        """How often an hour one window length of one client may come up to its limit by chance."""
        return SHARED * self.an_hour / (max(1, self.clients) * len(WINDOWS))

    def allowed_for(self, usual: Usual, *, at_least: int) -> float:
        """The same for a client of which this is usual: more where its whole counts would leave much of it over."""
        return allowance(usual, WINDOWS, even=self.allowed, at_least=at_least)

    def once_in(self, part: float) -> float:
        """In how many years the whole list brings once by chance what takes this part of what is allowed; a million at most."""
        return min(HOUR / YEAR / (part * self.an_hour), MOST_YEARS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One voice as a window counts it; `match` grows in order of storing."""

    match: int
    at: datetime
    witness: str
    story: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """A window with more voices than chance explains, and the proof of it.

    expected  voices in such a window at that time; `usual` the range of the middle 80 %
    rate      how often an hour a stream of chance comes up to so many in such a window; `allowed` how often it might
    once_in   years: so seldom does the whole list bring something so rare by chance
    limit     the least count that would have fired there
    late      it ended over an hour ago: it was heard after the fact
    """

    window: timedelta
    ends_at: datetime
    voices: tuple[Voice, ...]
    expected: float
    rate: float
    allowed: float
    once_in: float
    usual: tuple[int, int]
    limit: int
    late: bool


def find_spike(
    voices: Sequence[Voice],
    usual: Usual,
    *,
    budget: Budget,
    at_least: int,
    now: datetime,
    factors: Sequence[Factor] = (),
    judged_before: datetime | None = None,
) -> Spike | None:
    """The rarest window that ends on a voice of the last 24 h, if it is beyond what the budget allows; or None.

    `at_least` counts witnesses. `factors` raise what is expected in some spans. What is usual must not rest on the voices
    that are judged: alerting/usual.py leaves out the last day. Windows that ended before `judged_before` are known to be none.
    """
    found = find_spikes(
        voices,
        usual,
        budget=budget,
        at_least=at_least,
        now=now,
        factors=factors,
        judged_before=judged_before,
    )
    return next(found, None)


def find_spikes(
    voices: Sequence[Voice],
    usual: Usual,
    *,
    budget: Budget,
    at_least: int,
    now: datetime,
    factors: Sequence[Factor] = (),
    judged_before: datetime | None = None,
) -> Iterator[Spike]:
    """Of each window length the rarest that is beyond what the budget allows, the rarest of all first."""
    look = _Look(usual=usual, ordered=sorted(voices, key=_at), at_least=at_least, factors=factors)
    ends_from = max(now - STILL_NEWS, judged_before or now - STILL_NEWS)
    news = bisect_left(look.ordered, ends_from, key=_at)
    most = budget.allowed * len(WINDOWS)
    found = [one for window in WINDOWS if (one := look.rarest(window, news)) and one.rate <= most]
    allowed = budget.allowed_for(usual, at_least=at_least) if found else 0.0
    for full in sorted(found, key=lambda one: one.rate):
        if full.rate <= allowed:
            yield _proved(full, usual, budget=budget, allowed=allowed, at_least=at_least, now=now)


def _at(voice: Voice) -> datetime:
    return voice.at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Full:
    """A window that holds more than is expected."""

    window: timedelta
    voices: tuple[Voice, ...]
    expected: float
    rate: float


@dataclass(frozen=True, kw_only=True)
class _Look:
    """The voices in order of time, and what is usual, for all windows."""

    usual: Usual
    ordered: Sequence[Voice]
    at_least: int
    factors: Sequence[Factor]

    @cached_property
    def hours(self) -> list[float]:
        return [hours_since(voice.at) for voice in self.ordered]

    def rarest(self, window: timedelta, news: int) -> _Full | None:
        """The rarest window of this length that ends on a voice from number `news` on."""
        full = [
            self._full(window, count, expected, last)
            for count, (expected, last) in self._quietest(window, news).items()
        ]
        return min((one for one in full if one is not None), key=lambda one: one.rate, default=None)

    def _quietest(self, window: timedelta, news: int) -> dict[int, tuple[float, int]]:
        """By count, of the windows that hold so many: the least that one expects, and its last voice. No other can be rarer."""
        quietest: dict[int, tuple[float, int]] = {}
        ordered = self.ordered
        first = bisect_right(ordered, ordered[news].at - window, key=_at) if news < len(ordered) else 0
        for last in range(news, len(ordered)):
            start = ordered[last].at - window
            while ordered[first].at <= start:
                first += 1
            count = last - first + 1
            if count < self.at_least:
                continue
            expected = self._expected(last, window)
            if expected < count and (count not in quietest or expected <= quietest[count][0]):
                quietest[count] = expected, last
        return quietest

    def _expected(self, last: int, window: timedelta) -> float:
        """What the window that ends on this voice expects: asked of every voice, so the common case is short."""
        if self.factors or self.usual.fresh is not None:
            end = self.ordered[last].at
            return self.usual.before(end - window).expected(end - window, end, factors=self.factors)
        end_hours, sums = self.hours[last], self.usual.sums
        weight = reached_in(sums, end_hours) - reached_in(sums, end_hours - window / HOUR)
        return max(self.usual.level * weight, LEAST)

    def _full(self, window: timedelta, count: int, expected: float, last: int) -> _Full | None:
        group = tuple(self.ordered[last - count + 1 : last + 1])
        if len({one.witness for one in group}) < self.at_least:
            return None
        shape = self.usual.before(group[-1].at - window).shape(window)
        rate = crossings(count, mean=expected, shape=shape, hours=window / HOUR)
        return _Full(window=window, voices=group, expected=expected, rate=rate)


def _proved(
    full: _Full, usual: Usual, *, budget: Budget, allowed: float, at_least: int, now: datetime
) -> Spike:
    ends_at = full.voices[-1].at
    shape = usual.before(ends_at - full.window).shape(full.window)
    return Spike(
        window=full.window,
        ends_at=ends_at,
        voices=full.voices,
        expected=full.expected,
        rate=full.rate,
        allowed=allowed,
        once_in=budget.once_in(full.rate / allowed),
        usual=middle(mean=full.expected, shape=shape),
        limit=least_beyond(
            allowed,
            mean=full.expected,
            shape=shape,
            hours=full.window / HOUR,
            at_least=at_least,
        ),
        late=now - ends_at > HEARD_LATE,
    )


def limit_at(
    usual: Usual,
    window: timedelta,
    *,
    until: datetime,
    budget: Budget,
    at_least: int,
    factors: Sequence[Factor] = (),
) -> int:
    """The least count of a window that ends then which would fire."""
    known = usual.before(until - window)
    return least_beyond(
        budget.allowed_for(usual, at_least=at_least),
        mean=known.expected(until - window, until, factors=factors),
        shape=known.shape(window),
        hours=window / HOUR,
        at_least=at_least,
    )


def over_threshold(voices: Sequence[Voice], *, window: timedelta, limit: int, now: datetime) -> bool:
    """Whether the window that ends now still holds as many voices as the limit."""
    return sum(1 for voice in voices if now - window < voice.at <= now) >= limit
