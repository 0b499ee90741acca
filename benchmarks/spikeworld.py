"""Invented streams of complaints, and the product's decisions over them, many at a time.

A stream has a rhythm of the week, a level that swings by 15 % over four weeks, and moods: every six hours its rate is multiplied
by a gamma variable of variance 0.14. What is usual is learned by the product itself, a day at a time. The windows are judged in
numpy by the same formula as `find_spike`; tests/unit/test_spike_benchmarks.py holds the two to the same answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from scipy.special import gammaincinv, gammaln, ndtr

from listener.domain.allowance import share
from listener.domain.mood import BEFORE, LOWEST, TRUSTED, mood
from listener.domain.rhythm import MONDAY
from listener.domain.spike import WINDOWS, Budget
from listener.domain.usual import LEAST, Hours, Usual, moved_on

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LENGTHS = np.array([window / HOUR for window in WINDOWS])
LEARNED = 63
"""Days before anything is judged: as many as the daemon makes a state from, and a week."""

BUSIEST_HOUR, BUSIEST_DAY = 3.8, 2.1
MOOD, LASTING, MOOD_HOURS = 0.14, 0.42, 6
SWING = 0.15
AT_LEAST = 3
CALM_LOOKS = 12
"""An hour of looks, five minutes apart."""
WHOLE = (1.0,) * 24
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
    day = np.sin(hour / 24 * 2 * np.pi) + 0.3 * np.sin((hour - 5) / 12 * 2 * np.pi)
    shape = BUSIEST_HOUR ** ((day - day.min()) / np.ptp(day))
    shape = np.roll(shape, int(dice.integers(24))) * np.where(hour // 24 >= 5, 1.0, BUSIEST_DAY)
    return shape / shape.mean()


def moods(dice: np.random.Generator, count: int) -> np.ndarray:
    """Gamma variables of mean 1, each like the one before: normal ones that follow each other, bent into shape."""
    normal = dice.standard_normal(count)
    for number in range(1, count):
        normal[number] = LASTING * normal[number - 1] + (1 - LASTING**2) ** 0.5 * normal[number]
    return gammaincinv(1 / MOOD, ndtr(normal)) * MOOD


def world(dice: np.random.Generator, rate: float, days: int) -> World:
    """So many voices a day, on average."""
    hours = np.arange(days * 24)
    swing = np.exp(SWING * np.sin(hours / 168 / 4 * 2 * np.pi + dice.uniform(0, 2 * np.pi)))
    rates = rate / 24 * week(dice)[hours % 168] * swing
    mood = np.repeat(moods(dice, days * 24 // MOOD_HOURS), MOOD_HOURS)
    return World(times=drawn(dice, rates * mood), rates=rates)


def drawn(dice: np.random.Generator, rates: np.ndarray, *, first: int = 0) -> Times:
    """A Poisson stream with these rates by the hour."""
    counts = dice.poisson(rates)
    return np.sort(first + np.repeat(np.arange(len(rates)), counts) + dice.uniform(size=counts.sum()))


def with_burst(dice: np.random.Generator, one: World, *, at: int, rates: np.ndarray) -> World:
    """The same with more voices, so many an hour from hour `at` on."""
    return replace(one, times=np.sort(np.concatenate([one.times, drawn(dice, rates, first=at)])))


class Known:
    """What the product takes for usual, day by day, in numpy: `days[0]` is the state on day number `first`."""

    def __init__(self, days: Sequence[Usual], *, first: int = 0) -> None:
        self.first = first
        self.levels = np.array([usual.level for usual in days])
        self.sums = np.array([usual.sums for usual in days])
        self.shapes = np.array([[usual.shape(window) for window in WINDOWS] for usual in days]).T

        self.moods = np.array([[_as_numbers(usual, window) for window in WINDOWS] for usual in days])
        self.shares = np.array([[share(usual, window) for window in WINDOWS] for usual in days])
        self.days = days

    def allowed(self, ends: np.ndarray, budget: Budget) -> np.ndarray:
        """What one window may spend at these times; asked of the product once a week, it changes slowly."""
        weekly = [budget.allowed_for(usual, at_least=AT_LEAST) for usual in self.days[::7]]
        return np.array(weekly)[self.day(ends) // 7]

    def day(self, ends: np.ndarray) -> np.ndarray:
        return np.clip((ends // 24).astype(int) - self.first, 0, len(self.levels) - 1)

    def expected(self, ends: np.ndarray, length: float, day: np.ndarray | None = None) -> np.ndarray:
        """Voices that are expected in the windows of this length that end then, as it was known on that day."""
        day = self.day(ends) if day is None else day
        return np.maximum(self._reached(day, ends) - self._reached(day, ends - length), LEAST)

    def shape(self, ends: np.ndarray, window: int) -> np.ndarray:
        return self.shapes[window][self.day(ends)]

    def rates(self, counts: np.ndarray, ends: np.ndarray, window: int, before: np.ndarray) -> np.ndarray:
        """How rare these counts of window number `window` are, in even shares, after so many voices in the six hours before."""
        length = LENGTHS[window]
        alike, stray, shape = self.moods[self.day(ends), window].T
        awaited = self.expected(ends - length, BEFORE / HOUR, day=self.day(ends))
        told = TRUSTED * alike * stray / (stray + 1 / awaited)
        factor = np.where(alike > 0, np.maximum(1 + told * (before / awaited - 1), LOWEST), 1.0)
        rates = rarity(counts, self.expected(ends, length) * factor, shape=shape, hours=length)
        return rates / self.shares[self.day(ends), window]

    def ordinary(self, counts: np.ndarray, ends: np.ndarray, window: int) -> np.ndarray:
        """The same after an ordinary mood."""
        length = LENGTHS[window]
        rates = rarity(counts, self.expected(ends, length), shape=self.shape(ends, window), hours=length)
        return rates / self.shares[self.day(ends), window]

    def _reached(self, day: np.ndarray, at: np.ndarray) -> np.ndarray:
        weeks, hours = np.divmod(at, 168)
        whole = np.minimum(hours.astype(int), 167)
        before, after = self.sums[day, whole], self.sums[day, whole + 1]
        return self.levels[day] * (weeks * self.sums[day, -1] + before + (hours - whole) * (after - before))


def _as_numbers(usual: Usual, window: timedelta) -> tuple[float, float, float]:
    """What the product makes of today's mood in such windows; alike 0 where it asks nothing of it."""
    today = mood(usual, window)
    return (today.alike, today.stray, today.shape) if today else (0.0, 1.0, usual.shape(window))


class Oracle:
    """Who knows the true rate of every hour, and how moods are spread, though not today's mood."""

    def __init__(self, one: World) -> None:
        self.sums = np.concatenate([[0.0], np.cumsum(one.rates)])
        self.shapes = [1 / _mood_over(length) for length in LENGTHS]

    def allowed(self, ends: np.ndarray, budget: Budget) -> np.ndarray:
        return np.full(len(ends), budget.allowed)

    def expected(self, ends: np.ndarray, length: float) -> np.ndarray:
        return np.maximum(self._reached(ends) - self._reached(ends - length), LEAST)

    def shape(self, ends: np.ndarray, window: int) -> np.ndarray:
        return np.full(len(ends), self.shapes[window])

    def rates(self, counts: np.ndarray, ends: np.ndarray, window: int, _before: np.ndarray) -> np.ndarray:
        return self.ordinary(counts, ends, window)

    def ordinary(self, counts: np.ndarray, ends: np.ndarray, window: int) -> np.ndarray:
        length = LENGTHS[window]
        return rarity(counts, self.expected(ends, length), shape=self.shape(ends, window), hours=length)

    def _reached(self, at: np.ndarray) -> np.ndarray:
        whole = np.clip(at.astype(int), 0, len(self.sums) - 2)
        return self.sums[whole] + (at - whole) * (self.sums[whole + 1] - self.sums[whole])


def _mood_over(hours: float) -> float:
    """The variance of the mean mood over a window that lies anywhere: by the lag between two of its moments."""
    lags = (np.arange(1000) + 0.5) / 1000 * hours
    blocks, part = np.divmod(lags / MOOD_HOURS, 1)
    alike = (1 - part) * LASTING**blocks + part * LASTING ** (blocks + 1)
    return MOOD * float(np.mean(alike * (1 - lags / hours))) * 2


def rarities(known: Known | Oracle, times: Times, first: int, last: int, *, told: int = 0) -> np.ndarray:
    """How often an hour chance comes up to each window that ends on the voices first … last-1, in even shares: a row a window.

    Infinite where the window holds too few, or no more than is expected. Voices before number `told` are not counted.
    """
    ends = times[first:last]
    rows = []
    for number, length in enumerate(LENGTHS):
        starts = np.searchsorted(times, ends - length, side="right")
        counts = np.arange(first, last) + 1 - np.maximum(starts, told)
        rows.append(known.rates(counts, ends, number, before(times, ends - length, told=told)))
    return np.stack(rows)


def before(times: Times, starts: np.ndarray, *, told: int = 0) -> np.ndarray:
    """Voices in the six hours before these moments, those before number `told` not counted."""
    until, since = (np.searchsorted(times, at, side="right") for at in (starts, starts - BEFORE / HOUR))
    return np.maximum(until, told) - np.maximum(since, told)


def rarity(counts: np.ndarray, means: np.ndarray, *, shape: np.ndarray, hours: float) -> np.ndarray:
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
    return np.where((counts >= AT_LEAST) & (counts > means), np.exp(np.maximum(logs, -700.0)), np.inf)


def states(one: World) -> list[Usual]:
    """By day from LEARNED on: what is usual, resting on all but the last whole day, as the daemon has it."""
    days = len(one.rates) // 24
    counts = np.bincount(one.times.astype(int), minlength=days * 24).tolist()
    usual, seen = Usual(at=MONDAY, since=MONDAY), []
    for day in range(1, days):
        if day >= LEARNED:
            seen.append(usual)
        told = tuple(counts[(day - 1) * 24 : day * 24])
        usual = moved_on(usual, Hours(start=usual.at, voices=told, heard=WHOLE))
    return seen


def product(one: World) -> Known:
    """What the product knows about this stream."""
    return Known(states(one), first=LEARNED)


def alarms(one: World, known: Known | Oracle, budget: Budget) -> list[float]:
    """When incidents would be opened, in hours. Each lasts until it has been calm for an hour; its voices are told then."""
    times = one.times
    first = int(np.searchsorted(times, LEARNED * 24))
    allowed = known.allowed(times, budget)
    fires = first + np.flatnonzero(rarities(known, times, first, len(times)).min(axis=0) <= allowed[first:])
    opened: list[float] = []
    told = 0
    for number in fires.tolist():
        if number < told:
            continue
        rates = rarities(known, times, number, number + 1, told=told)[:, 0]
        if rates.min() <= allowed[number]:
            at = float(times[number])
            opened.append(at)
            until = calm_at(times, known, at, int(rates.argmin()), allowed[number])
            told = int(np.searchsorted(times, until))
    return opened


def calm_at(times: Times, known: Known | Oracle, at: float, window: int, allowed: float) -> float:
    """When an incident that was opened then has been calm for an hour: looked at every five minutes, for a week at most."""
    length = LENGTHS[window]
    looks = at + np.arange(12 * 168) / 12
    counts = np.searchsorted(times, looks, side="right") - np.searchsorted(
        times, looks - length, side="right"
    )
    rates = np.minimum(
        known.ordinary(counts, looks, window),
        known.rates(counts, looks, window, before(times, looks - length)),
    )
    busy = np.concatenate([[0], np.cumsum(rates <= allowed)])
    calm = np.flatnonzero(busy[CALM_LOOKS:] == busy[:-CALM_LOOKS])
    return float(looks[calm[0]] + 1.0) if len(calm) else float(looks[-1])
