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

from listener.domain.allowance import allowance, share
from listener.domain.mood import BEFORE, LOWEST, Mood, mood
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
        """How often an hour one window length of one client may come up to its limit by chance, where all have an even share."""
        return SHARED * self.an_hour / (max(1, self.clients) * len(WINDOWS))

    def allowed_for(self, usual: Usual, *, at_least: int) -> float:
        """That share for a client of which this is usual: more where its whole counts would leave much of it over."""
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
    """Of each window length the rarest that is beyond what the budget allows it, what takes the least part of that first."""
    look = _Look(usual=usual, ordered=sorted(voices, key=_at), at_least=at_least, factors=factors)
    ends_from = max(now - STILL_NEWS, judged_before or now - STILL_NEWS)
    news = bisect_left(look.ordered, ends_from, key=_at)
    most = budget.allowed * len(WINDOWS)
    found = [one for window in WINDOWS if (one := look.rarest(window, news)) and one.part <= most]
    allowed = budget.allowed_for(usual, at_least=at_least) if found else 0.0
    for full in sorted(found, key=lambda one: one.part):
        if full.part <= allowed:
            yield _proved(full, budget=budget, allowed=allowed * full.share, at_least=at_least, now=now)


def _at(voice: Voice) -> datetime:
    return voice.at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Full:
    """A window that holds more than is expected; it may spend so many even shares."""

    window: timedelta
    voices: tuple[Voice, ...]
    expected: float
    shape: float
    rate: float
    share: float

    @property
    def part(self) -> float:
        """How often an hour, if its share were even."""
        return self.rate / self.share


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

    @cached_property
    def repeat(self) -> bool:
        """Whether anybody speaks twice."""
        return len({one.witness for one in self.ordered}) < len(self.ordered)

    @cached_property
    def moods(self) -> dict[timedelta, Mood | None]:
        return {window: mood(self.usual, window) for window in WINDOWS}

    def rarest(self, window: timedelta, news: int) -> _Full | None:
        """The rarest window of this length that ends on a voice from number `news` on."""
        full = (
            self._full(window, count, expected, last)
            for count, (expected, last) in self._quietest(window, news).items()
        )
        return min(full, key=lambda one: one.rate, default=None)

    def _quietest(self, window: timedelta, news: int) -> dict[int, tuple[float, int]]:
        """By count, of the windows that hold so many: the least that one with enough people expects, and its last voice. No other can be rarer."""
        quietest: dict[int, tuple[float, int]] = {}
        ordered, today = self.ordered, self.moods[window]
        least = 1.0 if today is None else LOWEST
        first = bisect_right(ordered, ordered[news].at - window, key=_at) if news < len(ordered) else 0
        for last in range(news, len(ordered)):
            start = ordered[last].at - window
            while ordered[first].at <= start:
                first += 1
            count = last - first + 1
            if count < self.at_least or not self._are_enough(first, last):
                continue
            expected = self._expected(ordered[last].at, window, number=last)
            if today is not None and expected * least < count:
                expected *= self.mood(today, start)
            if expected < count and (count not in quietest or expected <= quietest[count][0]):
                quietest[count] = expected, last
        return quietest

    def _expected(self, end: datetime, window: timedelta, *, number: int | None = None) -> float:
        """What the window that ends then (on this voice) expects: asked of every voice, so the common case is short."""
        if self.factors or self.usual.fresh is not None:
            return self.usual.before(end - window).expected(end - window, end, factors=self.factors)
        end_hours, sums = hours_since(end) if number is None else self.hours[number], self.usual.sums
        weight = reached_in(sums, end_hours) - reached_in(sums, end_hours - window / HOUR)
        return max(self.usual.level * weight, LEAST)

    def mood(self, today: Mood, start: datetime) -> float:
        """By how much the mood of the hours before a window that starts then changes what it expects."""
        return today.factor(
            bisect_right(self.ordered, start, key=_at) - bisect_right(self.ordered, start - BEFORE, key=_at),
            self._expected(start, BEFORE),
        )

    def _are_enough(self, first: int, last: int) -> bool:
        """Whether so many people speak from voice `first` to `last`; seldom does one speak twice within a day."""
        if not self.repeat:
            return True
        return len({one.witness for one in self.ordered[first : last + 1]}) >= self.at_least

    def _full(self, window: timedelta, count: int, expected: float, last: int) -> _Full:
        group = tuple(self.ordered[last - count + 1 : last + 1])
        today = self.moods[window]
        shape = today.shape if today else self.usual.before(group[-1].at - window).shape(window)
        rate = crossings(count, mean=expected, shape=shape, hours=window / HOUR)
        return _Full(
            window=window,
            voices=group,
            expected=expected,
            shape=shape,
            rate=rate,
            share=share(self.usual, window),
        )


def _proved(full: _Full, *, budget: Budget, allowed: float, at_least: int, now: datetime) -> Spike:
    ends_at = full.voices[-1].at
    return Spike(
        window=full.window,
        ends_at=ends_at,
        voices=full.voices,
        expected=full.expected,
        rate=full.rate,
        allowed=allowed,
        once_in=budget.once_in(full.rate / allowed),
        usual=middle(mean=full.expected, shape=full.shape),
        limit=least_beyond(
            allowed,
            mean=full.expected,
            shape=full.shape,
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
    voices: Sequence[Voice] = (),
) -> int:
    """The least count of a window that ends then which would fire, after an ordinary mood or that of these voices before it."""
    start = until - window
    known, today = usual.before(start), mood(usual, window)
    ordinary = known.expected(start, until, factors=factors), known.shape(window)
    asked = [ordinary]
    if today is not None and voices:
        look = _Look(usual=usual, ordered=sorted(voices, key=_at), at_least=at_least, factors=factors)
        asked.append((ordinary[0] * look.mood(today, start), today.shape))
    allowed = budget.allowed_for(usual, at_least=at_least) * share(usual, window)
    return min(
        least_beyond(allowed, mean=mean, shape=shape, hours=window / HOUR, at_least=at_least)
        for mean, shape in asked
    )


def over_threshold(voices: Sequence[Voice], *, window: timedelta, limit: int, now: datetime) -> bool:
    """Whether the window that ends now still holds as many voices as the limit."""
    return sum(1 for voice in voices if now - window < voice.at <= now) >= limit
