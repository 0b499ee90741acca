"""How many false alarms lists of 30 clients bring where one a month was asked for.

python -m benchmarks.false_alarms [LIST-MONTHS]

Each line is a list whose clients all have the same number of mentions a day, of which a share is negative: the hardest case, for
in a real list the quiet ones leave their part of the budget unused. `ceiling` is what the rule brings if any three people fire
that are more than is expected (asked where they are few enough to be an event); `whole counts` is what the limits, which
are whole numbers, leave of the budget before alarms that come together are joined.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from benchmarks.spikeworld import LEARNED, alarms, product, states, world
from listener.domain.rhythm import HOUR
from listener.domain.spike import WINDOWS, Budget, limit_at
from listener.domain.surprise import crossings
from listener.domain.usual import DAY, Usual

MENTIONS, SHARES = (0.2, 1, 5, 40, 200), (0.3, 1.0)
LIST = Budget(clients=30)
MONTH_DAYS = 30
ANY = Budget(false_alarms=1e300)
FEW = 2.0
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


def measured(rate: float, list_months: float) -> tuple[int, float, float | None, float]:
    """Alarms, list-months, the ceiling where it is asked, and what whole counts leave."""
    dice = np.random.default_rng(5)
    years = max(1, round(list_months * LIST.clients * MONTH_DAYS / 600))
    told, ceiling, left = 0, 0, []
    for _ in range(years):
        one = world(dice, rate, LEARNED + 600)
        known = product(one)
        told += len(alarms(one, known, LIST))
        if rate <= FEW:
            ceiling += len(alarms(one, known, ANY))
        if len(left) < 3:
            left.append(whole_counts(states(one)[-1], dice.uniform(0, 168, size=8)))
    months = years * 600 / MONTH_DAYS / LIST.clients
    return told, months, ceiling / months if rate <= FEW else None, float(np.mean(left))


def main() -> None:
    list_months = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    print(
        "mentions a day × negative   alarms a list-month   ceiling   whole counts   (alarms in list-months, CPU s)"
    )
    for mentions in MENTIONS:
        for share in SHARES:
            began = time.process_time()
            told, months, ceiling, left = measured(mentions * share, list_months)
            most = f"{ceiling:>9.2f}" if ceiling is not None else "        –"
            print(
                f"{mentions:>14g} × {share:.1f} {told / months:>26.2f} {most} {left:>14.2f}"
                f"   ({told} in {months:.0f}, {time.process_time() - began:.0f})",
                flush=True,
            )


if __name__ == "__main__":
    main()
