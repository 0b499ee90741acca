"""When in the week people speak: a factor for each hour of the week, as sharp as what was heard allows.

Hour 0 is Monday 00:00 UTC. The factors are learned from the coarse to the fine: hours of the day, then days of the week, then
single hours of the week. Each is drawn towards the coarser one before it by so many voices as if they had come just as that one
expects (an empirical Bayes estimate of relative rates as in Clayton and Kaldor, Biometrics 43, 1987); single hours of the week by
so many more, the less they were seen to differ from what hour and day make of them. Hours borrow from their neighbours, one part
of each beside two of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from operator import add, mul

HOURS = 168
FLAT = (1.0,) * HOURS
HOUR = timedelta(hours=1)
MONDAY = datetime(1970, 1, 5, tzinfo=UTC)

KEEN_HOUR_OF_DAY, KEEN_DAY = 12.0, 12.0
ROUNDS = 2

# Single hours of the week differ so much from what hour and day make of them (variance of the ratio), until as many squared
# expected voices were seen; real series hardly do (benchmarks/realworld.py).
OF_ITS_OWN, OF_ITS_OWN_WORTH, OF_ITS_OWN_LEAST = 0.03, 400.0, 0.003


def hour_of_week(at: datetime) -> int:
    """The hour of the week, in UTC, of this moment."""
    return (at - MONDAY) // HOUR % HOURS


def fitted(voices: Sequence[float], heard: Sequence[float], *, stray: float = 0.0) -> tuple[float, ...]:
    """The factors, 1 on average over the week, from the voices and the heard hours of each hour of the week.

    `stray` is by how much counts of an hour stray beyond Poisson (variance, as a part of the mean squared): so much less is
    told by the voices of an hour of the week that was heard a few times.
    """
    if not sum(voices):
        return FLAT
    said_by_hour, said_by_day = _smooth(_by_hour(voices)), _by_day(voices)
    factors: Sequence[float] = FLAT
    for _ in range(ROUNDS):
        expected = list(map(mul, factors, heard))
        hours = _drawn(said_by_hour, _smooth(_by_hour(expected)), KEEN_HOUR_OF_DAY)
        days = _drawn(said_by_day, _by_day(list(map(mul, expected, hours * 7))), KEEN_DAY)
        factors = list(map(mul, factors, [day * hour for day in days for hour in hours]))
    factors = list(map(mul, factors, _of_their_own(voices, heard, factors, stray)))
    mean = sum(factors) / HOURS
    return tuple([factor / mean for factor in factors])


def _of_their_own(
    voices: Sequence[float], heard: Sequence[float], factors: Sequence[float], stray: float
) -> list[float]:
    """What single hours of the week add: the less, the less they differ here beyond what chance and moods make of them."""
    level = sum(voices) / max(sum(map(mul, factors, heard)), 1e-9)
    expected = [level * factor * hours for factor, hours in zip(factors, heard, strict=True)]
    noise = [1 + stray * level * factor for factor in factors]
    beyond = sum([(n - m) ** 2 - m * noisy for n, m, noisy in zip(voices, expected, noise, strict=True)])
    weight = sum(map(mul, expected, expected))
    own = max((OF_ITS_OWN * OF_ITS_OWN_WORTH + beyond) / (OF_ITS_OWN_WORTH + weight), OF_ITS_OWN_LEAST)
    said, awaited = _smooth(voices), _smooth(expected)
    return [(noisy / own + n) / (noisy / own + m) for n, m, noisy in zip(said, awaited, noise, strict=True)]


def _by_hour(values: Sequence[float]) -> list[float]:
    """By hour of the day."""
    return list(map(sum, zip(*(values[day : day + 24] for day in range(0, HOURS, 24)), strict=True)))


def _by_day(values: Sequence[float]) -> list[float]:
    """By day of the week."""
    return [sum(values[day : day + 24]) for day in range(0, HOURS, 24)]


def _drawn(said: Sequence[float], expected: Sequence[float], keen: float) -> list[float]:
    """How much more was said than is expected if as much is said in all, drawn towards 1."""
    level = sum(said) / max(sum(expected), 1e-9)
    return [(keen + n) / (keen + level * m) for n, m in zip(said, expected, strict=True)]


def _smooth(values: Sequence[float]) -> list[float]:
    """Each beside its neighbours of a circle, 1-2-1. Their sum is the same."""
    pairs = list(map(add, values, [*values[1:], values[0]]))
    return [(before + after) / 4 for before, after in zip([pairs[-1], *pairs[:-1]], pairs, strict=True)]


def summed(factors: Sequence[float]) -> tuple[float, ...]:
    """What a week has brought by each of its hours, from 0 to all of it."""
    return tuple(accumulate(factors, initial=0.0))


def reached(sums: Sequence[float], at: datetime) -> float:
    """What has been brought from a Monday long ago to this moment; a difference of two is what a stretch of time brings."""
    return reached_in(sums, hours_since(at))


def hours_since(at: datetime) -> float:
    """Hours from that Monday to this moment."""
    return (at - MONDAY) / HOUR


def reached_in(sums: Sequence[float], hours: float) -> float:
    """What so many hours from that Monday on have brought."""
    weeks, left = divmod(hours, HOURS)
    whole = min(int(left), HOURS - 1)
    return weeks * sums[-1] + sums[whole] + (left - whole) * (sums[whole + 1] - sums[whole])
