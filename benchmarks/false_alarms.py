"""How many false alarms lists of 30 clients bring where one a month was asked for.

python -m benchmarks.false_alarms [LIST-MONTHS [SEED]]

Each line is a list whose clients all have the same number of mentions a day, of which a share is negative: the hardest case, for
in a real list the quiet ones leave their part of the budget unused. `ceiling` is what the rule brings if any three people fire
that are more than is expected (asked where they are few enough to be an event); `whole counts` is what the limits, which
are whole numbers, leave of the budget before alarms that come together are joined.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from scipy.special import gammaincinv

from benchmarks.spikeworld import LEARNED, alarms, product, world
from listener.domain.rhythm import HOUR
from listener.domain.spike import WINDOWS, Budget, limit_at
from listener.domain.surprise import crossings
from listener.domain.usual import DAY, Usual

MENTIONS, SHARES = (0.2, 1, 5, 40, 200), (0.3, 1.0)
LIST = Budget(clients=30)
MONTH_DAYS, STREAM_DAYS = 30, 600
ANY = Budget(false_alarms=1e300)
FEW = 1.0
"""So many voices a day are few: the ceiling of at_least is asked."""


def whole_counts(usual: Usual, hours: np.ndarray) -> float:
    """Alarms a month of a list if each window came up to its own limit as often as the model says, and none together."""
    rates = []
    for hour in hours:
        until = usual.at + 2 * DAY + float(hour) * HOUR
        for window in WINDOWS:
            mean, shape = usual.expected(until - window, until), usual.shape(window)
            limit = limit_at(usual, window, until=until, budget=LIST, at_least=3)
            rates.append(crossings(limit, mean=mean, shape=shape, hours=window / HOUR))
    return float(np.mean(rates)) * len(WINDOWS) * LIST.clients * MONTH_DAYS * 24


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One list: its alarms in so many list-months, the ceiling where it is asked, and what whole counts leave."""

    alarms: int
    months: float
    ceiling: float | None
    whole_counts: float
    cpu: float

    @property
    def a_month(self) -> float:
        return self.alarms / self.months

    @property
    def between(self) -> tuple[float, float]:
        """Alarms a month that would bring so few, or so many, in one of twenty cases (exact, Poisson)."""
        low = float(gammaincinv(self.alarms, 0.05)) if self.alarms else 0.0
        return low / self.months, float(gammaincinv(self.alarms + 1, 0.95)) / self.months


def measured(rate: float, list_months: float, seed: int = 5) -> Cell:
    """A list whose clients have so many voices a day."""
    began = time.process_time()
    dice = np.random.default_rng(seed)
    streams = max(1, round(list_months * LIST.clients * MONTH_DAYS / STREAM_DAYS))
    told, ceiling, left = 0, 0, []
    for _ in range(streams):
        one = world(dice, rate, LEARNED + STREAM_DAYS)
        known = product(one)
        told += len(alarms(one, known, LIST))
        if rate <= FEW:
            ceiling += len(alarms(one, known, ANY))
        if len(left) < 3:
            left.append(whole_counts(known.days[-1], dice.uniform(0, 168, size=8)))
    months = streams * STREAM_DAYS / MONTH_DAYS / LIST.clients
    return Cell(
        alarms=told,
        months=months,
        ceiling=ceiling / months if rate <= FEW else None,
        whole_counts=float(np.mean(left)),
        cpu=time.process_time() - began,
    )


def main() -> None:
    list_months = float(sys.argv[1]) if len(sys.argv) > 1 else 24.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    cells = [(mentions, share) for mentions in MENTIONS for share in SHARES]
    print(
        "mentions a day × negative   alarms a list-month   (90 % of chance)   ceiling   whole counts   (alarms in list-months, CPU s)"
    )
    with ProcessPoolExecutor() as pool:
        rates = [mentions * share for mentions, share in cells]
        made = pool.map(measured, rates, repeat(list_months), repeat(seed))
        for (mentions, share), cell in zip(cells, made, strict=True):
            most = f"{cell.ceiling:>9.2f}" if cell.ceiling is not None else "        –"
            low, high = cell.between
            print(
                f"{mentions:>14g} × {share:.1f} {cell.a_month:>26.2f}   {low:>8.2f} – {high:.2f} {most} {cell.whole_counts:>14.2f}"
                f"   ({cell.alarms} in {cell.months:.0f}, {cell.cpu:.0f})",
                flush=True,
            )


if __name__ == "__main__":
    main()
