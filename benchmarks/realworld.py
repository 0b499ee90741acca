"""What rhythms and moods real series of mentions have, from which the invented world of spikeworld.py is made.

python -m benchmarks.realworld         needs the evaluation data beside the checkout

Labelled incidents are left out. The rhythm is hour of day times day of week. `stray` is the variance beyond Poisson of blocks of so many
hours, as a part of the mean squared; `alike` the correlation of neighbouring blocks of six hours; `own` the variance by which single
hours of the week differ from what hour and day make of them, in the odd weeks as in the even ones. `level` is how far, in the mean, a day
lies from what the days up to two before it told, with half of it forgotten in so many days.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from benchmarks.spikes import DATA, marks, rows
from listener.domain.rhythm import HOUR, MONDAY

BLOCKS = (1, 2, 4, 8, 24)
ROWS_AN_HOUR = 11
"""Rows of an hour that count as a whole one; they come every five minutes."""

MOST = 5.0
"""Of so many times the rhythm a single hour tells at most where single hours or days are compared."""

MEMORIES = (7, 14, 21, 28)


@dataclass(frozen=True, kw_only=True)
class Told:
    """Of one series."""

    a_day: float
    busiest_hour: float
    busiest_day: float
    strays: tuple[float, ...]
    alike: float
    own: float
    level: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class _Hours:
    """Counts by hour, which of them are whole and ordinary, what the rhythm expects, and the hour on which the first falls."""

    counts: np.ndarray
    usable: np.ndarray
    expected: np.ndarray
    first: int

    def blocks(self, hours: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Counts and expected ones by blocks of hours, and which blocks are whole."""
        number = len(self.counts) // hours
        shaped = (one[: number * hours].reshape(number, hours) for one in (self.counts, self.expected))
        counts, expected = (one.sum(axis=1) for one in shaped)
        return counts, expected, self.usable[: number * hours].reshape(number, hours).all(axis=1)


def hours_of(name: str) -> tuple[np.ndarray, np.ndarray, int]:
    """Counts by hour, which hours are whole and outside of incidents, and the first hour."""
    told = rows(name)
    at = np.array([(one.at - MONDAY) // HOUR for one in told])
    first = int(at.min())
    spans = [
        [datetime.fromisoformat(end).replace(tzinfo=UTC) for end in span] for span in marks()[name]["windows"]
    ]
    ordinary = np.array([not any(start <= one.at <= end for start, end in spans) for one in told])
    counts = np.bincount(at - first, [one.value for one in told])
    return counts, np.bincount(at - first, ordinary) >= ROWS_AN_HOUR, first


def measured(name: str) -> Told:
    """What this series does on ordinary days."""
    counts, usable, first = hours_of(name)
    at = first + np.arange(len(counts))
    by_hour, by_day = (
        np.array([counts[usable & (place == one)].mean() for one in range(number)])
        for place, number in ((at % 24, 24), (at // 24 % 7, 7))
    )
    expected = by_hour[at % 24] * by_day[at // 24 % 7]
    expected *= counts[usable].sum() / expected[usable].sum()
    whole = _Hours(counts=counts, usable=usable, expected=expected, first=first)
    calmer = _Hours(counts=np.minimum(counts, MOST * expected), usable=usable, expected=expected, first=first)
    return Told(
        a_day=float(counts[usable].mean() * 24),
        busiest_hour=float(by_hour.max() / by_hour.min()),
        busiest_day=float(by_day.max() / by_day.min()),
        strays=tuple(_stray(whole, hours) for hours in BLOCKS),
        alike=_alike(calmer),
        own=_own(calmer),
        level=tuple(_foretold(calmer, days) for days in MEMORIES),
    )


def _stray(one: _Hours, hours: int) -> float:
    counts, expected, whole = one.blocks(hours)
    counts, expected = counts[whole], expected[whole]
    return float(((counts - expected) ** 2 - expected).sum() / (expected**2).sum())


def _alike(one: _Hours) -> float:
    counts, expected, whole = one.blocks(6)
    both = whole[1:] & whole[:-1]
    moods = np.log(counts / expected + 0.01)
    return float(np.corrcoef(moods[1:][both], moods[:-1][both])[0, 1])


def _own(one: _Hours) -> float:
    at = one.first + np.arange(len(one.counts))
    halves = []
    for half in (0, 1):
        taken = one.usable & (at // 168 % 2 == half)
        came, awaited = (
            np.bincount(at[taken] % 168, row[taken], minlength=168) for row in (one.counts, one.expected)
        )
        halves.append(came / np.maximum(awaited, 1e-9) - 1)
    return float(np.mean(halves[0] * halves[1]))


def _foretold(one: _Hours, days: int) -> float:
    day = np.arange(len(one.counts)) // 24
    came, awaited = (np.bincount(day, row * one.usable) for row in (one.counts, one.expected))
    came, awaited = came[awaited > 0], awaited[awaited > 0]
    kept, said, listened, missed = 0.5 ** (1 / days), 0.0, 0.0, []
    for number in range(len(came) - 2):
        said, listened = said * kept + came[number], listened * kept + awaited[number]
        if number >= 14:
            missed.append(abs(came[number + 2] / awaited[number + 2] / (said / listened) - 1))
    return float(np.mean(missed))


def main() -> None:
    if not DATA.is_dir():
        sys.exit(f"the labelled counts are not there: {DATA}")
    print(
        "series    a day  busiest/quietest hour, day   stray in 1, 2, 4, 8, 24 h        alike    own   level, 7, 14, 21, 28 days"
    )
    every = {name: measured(name) for name in sorted(marks())}
    for name, one in every.items():
        print(
            f"{name.removeprefix('Twitter_volume_').removesuffix('.csv'):6} {one.a_day:>8.0f} {one.busiest_hour:>13.1f} {one.busiest_day:>8.1f}"
            f"        {_row(one.strays)} {one.alike:>8.2f} {one.own:>7.3f}   {_row(one.level)}"
        )
    print(
        f"middle {'':>8} {_middle([one.busiest_hour for one in every.values()]):>13.1f}"
        f" {_middle([one.busiest_day for one in every.values()]):>8.1f}        "
        + _row([_middle([one.strays[number] for one in every.values()]) for number in range(len(BLOCKS))])
        + f" {_middle([one.alike for one in every.values()]):>8.2f} {_middle([one.own for one in every.values()]):>7.3f}"
    )


def _row(values: Sequence[float]) -> str:
    return " ".join(f"{one:5.2f}" for one in values)


def _middle(values: Sequence[float]) -> float:
    return float(np.median(values))


if __name__ == "__main__":
    main()
