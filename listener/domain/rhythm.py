"""When in the week people speak: a factor for each hour of the week, as sharp as what was heard allows.

Hour 0 is Monday 00:00 UTC. The factors are learned from the coarse to the fine: hours of the day, then days of the week, then
single hours of the week. Each is drawn towards the coarser one before it by so many voices as if they had come just as that one
expects (KEEN; an empirical Bayes estimate of relative rates as in Clayton and Kaldor, Biometrics 43, 1987). Hours borrow from
their neighbours, one part of each beside two of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

HOURS = 168
FLAT = (1.0,) * HOURS
HOUR = timedelta(hours=1)
MONDAY = datetime(1970, 1, 5, tzinfo=UTC)

KEEN_HOUR_OF_DAY, KEEN_DAY, KEEN_HOUR_OF_WEEK = 12.0, 12.0, 6.0
ROUNDS = 2


def hour_of_week(at: datetime) -> int:
    """The hour of the week, in UTC, of this moment."""
    return (at - MONDAY) // HOUR % HOURS


def fitted(voices: Sequence[float], heard: Sequence[float]) -> tuple[float, ...]:
    """The factors, 1 on average over the week, from the voices and the heard hours of each hour of the week."""
    factors = list(FLAT)
    if not sum(voices):
        return FLAT
    for _ in range(ROUNDS):
        for fold in (_by_hour_of_day, _by_day, _by_hour_of_week):
            expected = [factor * hours for factor, hours in zip(factors, heard, strict=True)]
            level = sum(voices) / max(sum(expected), 1e-9)
            ratios = fold(voices, [level * one for one in expected])
            factors = [factor * ratio for factor, ratio in zip(factors, ratios, strict=True)]
    mean = sum(factors) / HOURS
    return tuple(factor / mean for factor in factors)


def _by_hour_of_day(voices: Sequence[float], expected: Sequence[float]) -> list[float]:
    said, awaited = ([sum(one[hour::24]) for hour in range(24)] for one in (voices, expected))
    return _drawn(_smooth(said), _smooth(awaited), KEEN_HOUR_OF_DAY) * 7


def _by_day(voices: Sequence[float], expected: Sequence[float]) -> list[float]:
    said, awaited = ([sum(one[day : day + 24]) for day in range(0, HOURS, 24)] for one in (voices, expected))
    return [ratio for ratio in _drawn(said, awaited, KEEN_DAY) for _ in range(24)]


def _by_hour_of_week(voices: Sequence[float], expected: Sequence[float]) -> list[float]:
    return _drawn(_smooth(voices), _smooth(expected), KEEN_HOUR_OF_WEEK)


def _drawn(said: Sequence[float], awaited: Sequence[float], keen: float) -> list[float]:
    """How much more was said than was awaited, drawn towards 1."""
    return [(keen + n) / (keen + m) for n, m in zip(said, awaited, strict=True)]


def _smooth(values: Sequence[float]) -> list[float]:
    """Each beside its neighbours of a circle, 1-2-1."""
    around = [values[-1], *values, values[0]]
    return [
        (before + 2 * here + after) / 4
        for before, here, after in zip(around, around[1:], around[2:], strict=False)
    ]


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
