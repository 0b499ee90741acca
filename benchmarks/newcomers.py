"""How many false alarms a list of busy clients brings while it knows nothing of them yet.

python -m benchmarks.newcomers [LISTS]

Ten clients of 40 voices a day, heard from the first hour on, no bursts, through the product's own replay of their first sixteen days.
"""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta

import numpy as np
from scipy.special import gammaincinv

from benchmarks.spikeworld import world
from listener.alerting.replay import Arrival, replay
from listener.domain.heard import Heard
from listener.domain.rhythm import MONDAY
from listener.domain.rules import SpikeRule
from listener.domain.usual import DAY
from listener.domain.voices import Testimony

CLIENTS, VOICES, DAYS = 10, 40.0, 16
ASKED = DAYS / 30
"""Alarms that a list asks for in this time, at one a month."""


def opened_on(dice: np.random.Generator, *, rate: float = VOICES) -> list[int]:
    """The days, from 0, on which one client of such a list had a false alarm."""
    skipped = int(dice.integers(7 * 24))
    times = world(dice, rate, DAYS + 8).times - skipped
    start, until = MONDAY + timedelta(hours=skipped), MONDAY + timedelta(hours=skipped) + DAYS * DAY
    arrivals = []
    for number, hours in enumerate(times[times >= 0]):
        at = start + timedelta(hours=float(hours))
        if at < until:
            told = Testimony(counted_at=at, witness=str(number), story=number, label="negative")
            arrivals.append(Arrival(at=at, testimony=told))
    heard = Heard([[(start, until)]])
    alarms = replay(arrivals, heard, SpikeRule(), clients=CLIENTS, until=until)
    return [(alarm.opened_at - start) // DAY for alarm in alarms]


def days_of(number: int) -> list[int]:
    """The days of all false alarms of one list."""
    dice = np.random.default_rng([16, number])
    return [day for _ in range(CLIENTS) for day in opened_on(dice)]


def main() -> None:
    lists = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    days: list[int] = []
    with ProcessPoolExecutor() as pool:
        for number, more in enumerate(pool.map(days_of, range(lists)), start=1):
            days += more
            print(f"{len(days)} alarms of {number} lists; {number * ASKED:.1f} were asked for", flush=True)
    low = float(gammaincinv(len(days), 0.05)) if days else 0.0
    high = float(gammaincinv(len(days) + 1, 0.95))
    print(f"90 % of chance: {low:.1f} to {high:.1f}; by day {sorted(Counter(days).items())}")


if __name__ == "__main__":
    main()
