"""Is this more than chance? An exact small-sample test of a count of voices against what is usual.

Voices of a client are taken as a Poisson stream whose rate is not known exactly: the rate has a gamma distribution that
starts weak (about one voice a day, worth half an observation) and sharpens with every heard hour. The count in a window is then
negative binomial, and its tail is summed exactly, so that a client of two voices a month and one of two hundred a day are
judged by the same rule (Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6: the Poisson model with a conjugate prior).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOWS = (timedelta(hours=1), timedelta(hours=2), timedelta(hours=6))
LOOK_BACK = timedelta(days=28)
HEARD_LATE = timedelta(hours=1)
STILL_NEWS = timedelta(hours=24)

PRIOR_VOICES, PRIOR_HOURS = 0.5, 12.0
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

    def chance(self, count: int, window: timedelta) -> float:
        """Probability of `count` or more voices in a window of this length, if nothing unusual goes on."""
        return upper_tail(count, mean=self.rate * window / timedelta(hours=1), shape=self.shape)

    def usual(self, window: timedelta) -> tuple[int, int]:
        """The smallest range that holds the middle 80 % of such windows."""
        low = next(n for n in range(10_000_000) if self.chance(n + 1, window) <= 0.9)
        high = next(n for n in range(low, 10_000_000) if self.chance(n + 1, window) <= 0.1)
        return low, high

    def limit(self, window: timedelta, *, alpha: float, at_least: int) -> int:
        """The least count in such a window that is over the threshold."""
        count = max(at_least, 1)
        while self.chance(count, window) > alpha:
            count += 1
        return count


def upper_tail(count: int, *, mean: float, shape: float) -> float:
    """P(X >= count) for X negative binomial with this mean and shape (variance mean + mean²/shape), summed exactly."""
    if count <= 0:
        return 1.0
    q = mean / (mean + shape)
    if q <= 0.0:
        return 0.0
    term = math.exp(
        math.lgamma(count + shape)
        - math.lgamma(shape)
        - math.lgamma(count + 1)
        + shape * math.log1p(-q)
        + count * math.log(q)
    )
    total, n = term, count
    if count <= mean:  # the short side is the sum of the body: 1 - P(X < count)
        body, term_below = 0.0, term
        for k in range(count, 0, -1):
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

    @property
    def people(self) -> int:
        return len({voice.witness for voice in self.voices})

    @property
    def stories(self) -> int:
        return len({voice.story for voice in self.voices})

    @property
    def without_biggest_story(self) -> int:
        """How many voices would be left without the story that has most of them.

        Voices of one story within 24 h are one already; this counts the rest in the window.
        """
        sizes: dict[int, int] = {}
        for voice in self.voices:
            sizes[voice.story] = sizes.get(voice.story, 0) + 1
        return len(self.voices) - max(sizes.values(), default=0)


def alpha_per_look(*, false_alarms: float, per: timedelta, clients: int) -> float:
    """The chance at which one window of one client may fire, so that the whole list keeps its budget.

    A list of `clients` is looked at through every window length; in `per`, windows of length w can be laid end to
    end per/w times. The budget is shared evenly over all of them (Bonferroni: never more than was asked).
    """
    looks = max(1, clients) * sum(per / window for window in WINDOWS)
    return min(0.05, false_alarms / looks)


def find_spike(
    voices: Sequence[Voice], baseline: Baseline, *, alpha: float, at_least: int, now: datetime
) -> Spike | None:
    """The least likely window of the last 24 h that is over the threshold, or None.

    Windows are looked at where they are fullest: ending on each voice. One that ended over an hour ago is `late`: it was
    heard after the fact.
    """
    fresh = sorted(
        (voice for voice in voices if now - voice.at <= STILL_NEWS + max(WINDOWS)), key=lambda voice: voice.at
    )
    best: Spike | None = None
    for window in WINDOWS:
        limit = baseline.limit(window, alpha=alpha, at_least=at_least)
        for group in _fullest(fresh, window, limit, now):
            people = len({voice.witness for voice in group})
            chance = baseline.chance(len(group), window)
            if people < at_least or chance > alpha or (best is not None and best.chance <= chance):
                continue
            best = Spike(
                window=window,
                ends_at=group[-1].at,
                voices=group,
                chance=chance,
                alpha=alpha,
                usual=baseline.usual(window),
                limit=limit,
                late=now - group[-1].at > HEARD_LATE,
            )
    return best


def _fullest(
    voices: Sequence[Voice], window: timedelta, limit: int, now: datetime
) -> list[tuple[Voice, ...]]:
    """The windows of this length that end on a voice of the last 24 h and hold at least `limit` voices."""
    groups, first = [], 0
    for last, voice in enumerate(voices):
        while voices[first].at <= voice.at - window:
            first += 1
        if last - first + 1 >= limit and now - voice.at <= STILL_NEWS:
            groups.append(tuple(voices[first : last + 1]))
    return groups


def over_threshold(voices: Sequence[Voice], *, window: timedelta, limit: int, now: datetime) -> bool:
    """Whether the window that ends now still holds as many voices as it took to fire."""
    return sum(1 for voice in voices if now - window < voice.at <= now) >= limit
