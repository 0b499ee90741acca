"""Is this more than chance? An exact small-sample test of a count of voices against what is usual.

Voices of a client are taken as a Poisson stream whose rate is not known exactly: the rate has a gamma distribution that
starts weak (half a voice in two hours) and sharpens with every heard hour. The count in a window is then
negative binomial, and its tail is summed exactly, so that a client of two voices a month and one of two hundred a day are
judged by the same rule (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6: the Poisson model with a conjugate prior).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOWS = (timedelta(hours=1), timedelta(hours=2), timedelta(hours=6))
LOOK_BACK = timedelta(days=28)
HEARD_LATE = timedelta(hours=1)
STILL_NEWS = timedelta(hours=24)

PRIOR_VOICES, PRIOR_HOURS = 0.5, 2.0
# The rate also moves with hour and weekday; however long we listened, it is not known better than to a factor of
# about 1.4 (standard deviation 1/sqrt(8)), until the baseline knows the hour of the week.
SHARPEST = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What is usual: `voices` counted in `hours` of listening (gaps, backfill and past incidents left out)."""

    voices: int = 0
    hours: float = 0.0

    @property
    def rate(self) -> float:
        """Expected voices per hour."""
        return (PRIOR_VOICES + self.voices) / (PRIOR_HOURS + self.hours)

    @property
    def shape(self) -> float:
        """How well the rate is known: the shape of its gamma distribution."""
        return min(PRIOR_VOICES + self.voices, SHARPEST)

    def chance(self, voices: int, window: timedelta) -> float:
        """Probability of so many voices or more in a window of this length, if nothing unusual goes on."""
        return upper_tail(voices, mean=self.rate * window / timedelta(hours=1), shape=self.shape)

    def usual(self, window: timedelta) -> tuple[int, int]:
        """The range that holds the middle 80 % of such windows: its 10 % and 90 % points."""
        low = first_that(lambda n: self.chance(n + 1, window) <= 0.9)
        high = first_that(lambda n: self.chance(n + 1, window) <= 0.1, start=low)
        return low, high

    def limit(self, window: timedelta, *, alpha: float, at_least: int) -> int:
        """The least count in such a window that is over the threshold."""
        return first_that(lambda n: self.chance(n, window) <= alpha, start=max(at_least, 1))


def first_that(holds: Callable[[int], bool], *, start: int = 0) -> int:
    """The least number from `start` on for which this holds; it must hold for all greater ones, too."""
    reach = 1
    while not holds(start + reach):
        reach *= 2
    return start + bisect_left(range(reach), True, key=lambda n: holds(start + n))


def upper_tail(least: int, *, mean: float, shape: float) -> float:
    """P(X >= least) for X negative binomial with this mean and shape (variance mean + mean²/shape), summed exactly."""
    if least <= 0:
        return 1.0
    q = mean / (mean + shape)
    if q <= 0.0:
        return 0.0
    term = math.exp(
        math.lgamma(least + shape)
        - math.lgamma(shape)
        - math.lgamma(least + 1)
        + shape * math.log1p(-q)
        + least * math.log(q)
    )
    total, n = term, least
    if least <= mean:  # the short side is the sum of the body: 1 - P(X < least)
        body, term_below = 0.0, term
        for k in range(least, 0, -1):
            term_below *= k / ((k - 1 + shape) * q)
            body += term_below
        return max(0.0, 1.0 - body)
    while term > total * 1e-17:
        term *= (n + shape) / (n + 1) * q
        total += term
        n += 1
    return min(1.0, total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One voice as a window counts it; `match` grows in order of storing."""

    match: int
    at: datetime
    witness: str
    story: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """A window with more voices than chance explains, and the proof of it."""

    window: timedelta
    ends_at: datetime
    voices: tuple[Voice, ...]
    chance: float
    alpha: float
    usual: tuple[int, int]
    limit: int
    late: bool


def alpha_per_look(*, false_alarms: float, per: timedelta, clients: int) -> float:
    """The chance at which one window of one client may fire, so that the whole list keeps its budget.

    A list of `clients` is looked at through every window length; in `per`, windows of length w can be laid end to
    end per/w times. The budget is shared evenly over all of them (Bonferroni). Windows really slide, which brings more
    alarms than that; that a rate is never known sharply (SHARPEST) brings fewer. Measured on steady streams:
    benchmarks/false_alarms.py, a third of what was asked or less.
    """
    looks = max(1, clients) * sum(per / window for window in WINDOWS)
    return min(0.05, false_alarms / looks)


def find_spike(
    voices: Sequence[Voice],
    usual: Callable[[datetime], Baseline],
    *,
    alpha: float,
    at_least: int,
    now: datetime,
) -> Spike | None:
    """The least likely window of the last 24 h that is over the threshold, or None.

    `usual(until)` is the baseline of what came before `until`: each window is held against what came before it. Of
    each length the fullest window is judged; one that ended over an hour ago is `late`: it was heard after the fact.
    """
    found = [
        spike
        for window in WINDOWS
        if (group := _fullest(voices, window, now)) and len({voice.witness for voice in group}) >= at_least
        if (
            spike := _judged(
                group, window, usual(group[-1].at - window), alpha=alpha, at_least=at_least, now=now
            )
        )
    ]
    return min(found, key=lambda spike: spike.chance, default=None)


def _fullest(voices: Sequence[Voice], window: timedelta, now: datetime) -> tuple[Voice, ...]:
    """The fullest window of this length that ends on a voice of the last 24 h; of equal ones the latest."""
    ordered = sorted(voices, key=lambda voice: voice.at)
    best: tuple[Voice, ...] = ()
    first = 0
    for last, voice in enumerate(ordered):
        while ordered[first].at <= voice.at - window:
            first += 1
        if now - voice.at <= STILL_NEWS and last - first + 1 >= len(best):
            best = tuple(ordered[first : last + 1])
    return best


def _judged(
    group: tuple[Voice, ...],
    window: timedelta,
    usual: Baseline,
    *,
    alpha: float,
    at_least: int,
    now: datetime,
) -> Spike | None:
    chance = usual.chance(len(group), window)
    if chance > alpha:
        return None
    return Spike(
        window=window,
        ends_at=group[-1].at,
        voices=group,
        chance=chance,
        alpha=alpha,
        usual=usual.usual(window),
        limit=usual.limit(window, alpha=alpha, at_least=at_least),
        late=now - group[-1].at > HEARD_LATE,
    )


def over_threshold(voices: Sequence[Voice], *, window: timedelta, limit: int, now: datetime) -> bool:
    """Whether the window that ends now still holds as many voices as it took to fire."""
    return sum(1 for voice in voices if now - window < voice.at <= now) >= limit
