"""How surely a six-hour burst is found, beside an oracle that knows the true rate; draws docs/pictures/power.svg.

python -m benchmarks.power [BURSTS]

The oracle knows the rate of every hour and how moods are spread. It judges by the same rule and is given the threshold at which it
brings as many false alarms as the product did on the same streams. A burst raises the rates of six hours to so many times what they
were. It begins when people speak: with a voice that is drawn by lot. `any hour` begins as often by night, when eight times nothing
is hardly anything; nobody finds many of those.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np

from benchmarks.powerplot import drawing
from benchmarks.spikeworld import (
    LEARNED,
    LENGTHS,
    Known,
    Oracle,
    Times,
    World,
    alarms,
    before,
    drawn,
    product,
    world,
)
from listener.domain.spike import Budget

RATES = (0.2, 1.0, 5.0, 12.0, 40.0, 200.0)
FACTORS = (2, 4, 8)
HOURS, SOON = 6, 2
DAYS, STREAMS = 180, 10
LIST = Budget(clients=30)
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "power.svg"


@dataclass(frozen=True, kw_only=True)
class Found:
    """Shares of the bursts that were found while they went on, and within two hours of their start."""

    ever: float
    soon: float


def equal_budget(streams: list[World], knowing: list[Known]) -> Budget:
    """The budget at which the oracle brings as many alarms on these streams as the product.

    Both are asked as a list of one client, which has thirty times as many alarms to compare.
    """
    target = sum(len(alarms(one, known, Budget())) for one, known in zip(streams, knowing, strict=True))
    steps = 2.0 ** np.arange(-3, 4)
    told = [
        sum(len(alarms(one, Oracle(one), Budget(false_alarms=step))) for one in streams) for step in steps
    ]
    return Budget(clients=LIST.clients, false_alarms=float(np.exp(np.interp(target, told, np.log(steps)))))


def asked(one: World, known: Known | Oracle, budget: Budget, bursts: list[tuple[int, Times]]) -> list[float]:
    """For each burst after how many hours it is found, infinite where it is not."""
    numbers, ends, counts, earlier = [], [], [], []
    for number, (start, more) in enumerate(bursts):
        low, high = np.searchsorted(one.times, [start - 40, start + HOURS])
        times = np.sort(np.concatenate([one.times[low:high], more]))
        first = int(np.searchsorted(times, start))
        numbers.append(np.full(len(times) - first, number))
        ends.append(times[first:])
        begun = np.searchsorted(times, times[first:] - LENGTHS[:, None], side="right")
        counts.append(np.arange(first, len(times)) + 1 - begun)
        earlier.append(before(times, times[first:] - LENGTHS[:, None]))
    at, of = np.concatenate(ends), np.concatenate(numbers)
    rates = [
        known.rates(row, at, window, so_far)
        for window, (row, so_far) in enumerate(
            zip(np.concatenate(counts, axis=1), np.concatenate(earlier, axis=1), strict=True)
        )
    ]
    fires = np.min(rates, axis=0) <= known.allowed(at, budget)
    after = np.full(len(bursts), np.inf)
    starts = np.array([start for start, _ in bursts])
    np.minimum.at(after, of[fires], at[fires] - starts[of[fires]])
    return after.tolist()


def bursts_of(
    dice: np.random.Generator, one: World, factor: float, count: int, *, any_hour: bool
) -> list[tuple[int, Times]]:
    """Where each begins, and the voices that it adds."""
    rates = one.rates[LEARNED * 24 : -24]
    odds = None if any_hour else rates / rates.sum()
    starts = LEARNED * 24 + dice.choice(len(rates), size=count, p=odds)
    return [
        (int(start), drawn(dice, (factor - 1) * one.rates[start : start + HOURS], first=int(start)))
        for start in starts
    ]


def shares(after: list[float]) -> Found:
    found = np.array(after)
    return Found(ever=float((found <= HOURS).mean()), soon=float((found <= SOON).mean()))


def measured(rate: float, count: int) -> dict[tuple[int, bool], tuple[Found, Found]]:
    """By factor and kind of burst: what the product finds, and what the oracle finds."""
    dice = np.random.default_rng(8)
    streams = [world(dice, rate, LEARNED + DAYS) for _ in range(STREAMS)]
    knowing = [product(one) for one in streams]
    equal = equal_budget(streams, knowing)
    found = {}
    for any_hour in (False, True):
        for factor in FACTORS:
            mine, oracles = [], []
            for one, known in zip(streams, knowing, strict=True):
                bursts = bursts_of(dice, one, factor, count // len(streams), any_hour=any_hour)
                mine += asked(one, known, LIST, bursts)
                oracles += asked(one, Oracle(one), equal, bursts)
            found[factor, any_hour] = shares(mine), shares(oracles)
    return found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(
        "voices a day  burst      found  oracle  ratio   within 2 h  oracle  ratio   any hour: found  oracle  ratio"
    )
    lines: dict[int, list[tuple[float, float, float]]] = {factor: [] for factor in FACTORS}
    with ProcessPoolExecutor() as pool:
        for rate, found in zip(RATES, pool.map(measured, RATES, repeat(count)), strict=True):
            for factor in FACTORS:
                (mine, oracle), (hard, harder) = found[factor, False], found[factor, True]
                print(
                    f"{rate:>12g}  ×{factor} {_beside(mine.ever, oracle.ever)} {_beside(mine.soon, oracle.soon)}"
                    f" {_beside(hard.ever, harder.ever)}",
                    flush=True,
                )
                lines[factor].append((rate, mine.ever, oracle.ever))
    PICTURE.write_text(drawing(lines), encoding="utf-8")


def _beside(mine: float, oracle: float) -> str:
    """With a ratio to an oracle that finds one in fifty at least; below that both find nothing worth a ratio."""
    ratio = f"{mine / oracle:.2f}" if oracle >= 0.02 else "–"
    return f"{mine:>13.3f} {oracle:>7.3f} {ratio:>6}"


if __name__ == "__main__":
    main()
