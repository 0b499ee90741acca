"""Invented streams of complaints, and the product's decisions over them, many at a time.

A stream has a rhythm of the week, a level that swings by 15 % over four weeks, and moods: every six hours its rate is multiplied
by a gamma variable of variance 0.1. What is usual is learned by the product itself, a day at a time. The windows are judged in
numpy by the same formula as `find_spike`; tests/unit/test_spike_benchmarks.py holds the two to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from scipy.special import gammaln

from listener.domain.listened import LED_BY
from listener.domain.rhythm import MONDAY
from listener.domain.spike import STILL_NEWS, WINDOWS
from listener.domain.usual import LEAST, Hours, Usual, moved_on

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LENGTHS = np.array([window / HOUR for window in WINDOWS])
LEARNED = 63
"""Days before anything is judged: as many as the daemon makes a state from, and a week."""

MOOD, SWING, MOOD_HOURS = 0.1, 0.15, 6
CALM_LOOKS = 12
"""An hour of looks, five minutes apart."""
Times = np.ndarray
"""Hours since the Monday on which the stream begins, in order."""


@dataclass(frozen=True, kw_only=True)
class World:
    """One client's stream: its times, and the rate that it really had in each hour."""

    times: Times
    rates: np.ndarray


def week(dice: np.random.Generator) -> np.ndarray:
    """A rhythm with a busy time of day of its own and quiet weekends, 1 on average."""
    hour = np.arange(168)
    shape = 1 + 0.8 * np.sin((hour - 9) / 24 * 2 * np.pi) + 0.3 * np.sin((hour - 14) / 12 * 2 * np.pi)
    shape = np.roll(np.maximum(shape, 0.1), int(dice.integers(24))) * np.where(hour // 24 >= 5, 0.6, 1.15)
    return shape / shape.mean()


def world(dice: np.random.Generator, rate: float, days: int, *, mood: float = MOOD) -> World:
    """So many voices a day, on average."""
    hours = np.arange(days * 24)
    swing = np.exp(SWING * np.sin(hours / 168 / 4 * 2 * np.pi + dice.uniform(0, 2 * np.pi)))
    rates = rate / 24 * week(dice)[hours % 168] * swing
    moods = dice.gamma(1 / mood, mood, size=days * 24 // MOOD_HOURS) if mood else np.ones(days * 4)
    return World(times=drawn(dice, rates * np.repeat(moods, MOOD_HOURS)), rates=rates)


def drawn(dice: np.random.Generator, rates: np.ndarray, *, first: int = 0) -> Times:
    """A Poisson stream with these rates by the hour."""
    counts = dice.poisson(rates)
    return np.sort(first + np.repeat(np.arange(len(rates)), counts) + dice.uniform(size=counts.sum()))


def with_burst(dice: np.random.Generator, one: World, *, at: int, rates: np.ndarray) -> World:
    """The same with more voices, so many an hour from hour `at` on."""
    return replace(one, times=np.sort(np.concatenate([one.times, drawn(dice, rates, first=at)])))


class Known:
    """What the product takes for usual, in numpy."""

    def __init__(self, usual: Usual) -> None:
        self.level, self.sums = usual.level, np.array(usual.sums)
        self.shapes = [usual.shape(window) for window in WINDOWS]

    def reached(self, at: np.ndarray) -> np.ndarray:
        """Voices that are expected from the beginning to these times."""
        weeks, hours = np.divmod(at, 168)
        whole = np.minimum(hours.astype(int), 167)
        within = self.sums[whole] + (hours - whole) * (self.sums[whole + 1] - self.sums[whole])
        return self.level * (weeks * self.sums[-1] + within)


class Oracle:
    """Who knows the true rate of every hour, and how moods are spread, though not today's mood."""

    def __init__(self, one: World) -> None:
        self.sums = np.concatenate([[0.0], np.cumsum(one.rates)])
        self.shapes = [1 / _mood_over(length) for length in LENGTHS]

    def reached(self, at: np.ndarray) -> np.ndarray:
        whole = np.clip(at.astype(int), 0, len(self.sums) - 2)
        return self.sums[whole] + (at - whole) * (self.sums[whole + 1] - self.sums[whole])


def _mood_over(hours: float) -> float:
    """The variance of the mean mood over a window: moods are alike within a block of hours, windows lie anywhere."""
    block = MOOD_HOURS
    return MOOD * (1 - hours / block / 3 if hours <= block else block / hours * (1 - block / hours / 3))


def rarities(
    known: Known | Oracle, times: Times, first: int, last: int, *, at_least: int = 3, told: int = 0
) -> np.ndarray:
    """How often an hour chance comes up to each window that ends on the voices first … last-1: a row a window.

    Infinite where the window holds too few, or no more than is expected. Voices before number `told` are not counted.
    """
    ends = times[first:last]
    reached = known.reached(ends)
    rows = []
    for length, shape in zip(LENGTHS, known.shapes, strict=True):
        starts = np.searchsorted(times, ends - length, side="right")
        counts = np.arange(first, last) + 1 - np.maximum(starts, told)
        means = np.maximum(reached - known.reached(ends - length), LEAST)
        rows.append(rarity(counts, means, shape=shape, hours=length, at_least=at_least))
    return np.stack(rows)


def rarity(counts: np.ndarray, means: np.ndarray, *, shape: float, hours: float, at_least: int) -> np.ndarray:
    """`crossings` of listener/domain/surprise.py, for many counts."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = (
            np.log(counts)
            + gammaln(counts + shape)
            - gammaln(shape)
            - gammaln(counts + 1)
            - shape * np.log1p(means / shape)
            + counts * (np.log(means) - np.log(means + shape))
            - np.log(hours)
        )
    return np.where((counts >= at_least) & (counts > means), np.exp(np.maximum(logs, -700.0)), np.inf)


def states(one: World, *, past: Sequence[tuple[float, float]] = ()) -> Iterator[tuple[int, Usual]]:
    """By day from LEARNED on: what is usual, resting on all but the last whole day, as the daemon has it.

    What is in `past` by then is cut out: whole hours of incidents.
    """
    days = len(one.rates) // 24
    counts = np.bincount(one.times.astype(int), minlength=days * 24)
    usual = Usual(at=MONDAY, since=MONDAY)
    for day in range(1, days):
        if day >= LEARNED:
            yield day, usual
        hours = range((day - 1) * 24, day * 24)
        heard = [not any(start < hour + 1 and hour < end for start, end in past) for hour in hours]
        told = tuple(int(counts[hour]) * kept for hour, kept in zip(hours, heard, strict=True))
        usual = moved_on(usual, Hours(start=usual.at, voices=told, heard=tuple(map(float, heard))))


def alarms(one: World, allowed: float, *, at_least: int = 3, oracle: bool = False) -> list[float]:
    """When incidents would be opened, in hours. Each lasts until it has been calm for an hour; its voices are told then."""
    opened: list[float] = []
    told, busy_until = 0, 0.0
    past: list[tuple[float, float]] = []
    days = range(LEARNED, len(one.rates) // 24)
    if oracle:
        everything = Oracle(one)
        knowing: Iterator[tuple[int, Known | Oracle]] = ((day, everything) for day in days)
    else:
        knowing = ((day, Known(usual)) for day, usual in states(one, past=past))
    for day, known in knowing:
        first, last = np.searchsorted(one.times, [day * 24, (day + 1) * 24])
        news = int(np.searchsorted(one.times, day * 24 - STILL_NEWS / HOUR))
        while first < last:
            rates = rarities(known, one.times, news, last, at_least=at_least, told=told)
            fires = np.flatnonzero(rates.min(axis=0) <= allowed) + news
            fires = fires[(fires >= told) & (one.times[np.maximum(fires, first)] >= busy_until)]
            if not len(fires):
                break
            at = float(one.times[max(int(fires[0]), int(first))])
            window = int(rates[:, fires[0] - news].argmin())
            busy_until = calm_at(one.times, known, at, window, allowed, at_least=at_least)
            opened.append(at)
            past[:] = [*past[-1:], (at - max(LENGTHS[window], LED_BY / HOUR), busy_until)]
            told = int(np.searchsorted(one.times, busy_until))
            first = max(told, first)
    return opened


def calm_at(
    times: Times, known: Known | Oracle, at: float, window: int, allowed: float, *, at_least: int
) -> float:
    """When an incident that was opened then has been calm for an hour: looked at every five minutes, for a week at most."""
    length, shape = LENGTHS[window], known.shapes[window]
    looks = at + np.arange(12 * 168) / 12
    counts = np.searchsorted(times, looks, side="right") - np.searchsorted(
        times, looks - length, side="right"
    )
    means = np.maximum(known.reached(looks) - known.reached(looks - length), LEAST)
    over = rarity(counts, means, shape=shape, hours=length, at_least=at_least) <= allowed
    busy = np.concatenate([[0], np.cumsum(over)])
    calm = np.flatnonzero(busy[CALM_LOOKS:] == busy[:-CALM_LOOKS])
    return float(looks[calm[0]] + 1.0) if len(calm) else float(looks[-1])
