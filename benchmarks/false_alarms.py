"""How many false alarms a steady stream of complaints brings where one a month was asked for.

python benchmarks/false_alarms.py
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from listener.domain.spike import WINDOWS, Baseline, alpha_per_look

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
STILL = timedelta(hours=7)  # an incident lasts about so long; what comes within it joins it


def episodes(times: list[datetime], limits: dict[timedelta, int]) -> int:
    """Incidents that would have opened, looking after every voice."""
    opened, last = 0, NOW - 2 * MONTH
    for number, at in enumerate(times):
        full = any(
            number - limit + 1 >= 0 and times[number - limit + 1] > at - window
            for window, limit in limits.items()
        )
        if full and at - last >= STILL:
            opened, last = opened + 1, at
    return opened


def main() -> None:
    dice = random.Random(5)
    alpha = alpha_per_look(false_alarms=1, per=MONTH, clients=1)
    print("voices a day   alarms a month   limits in 1, 2 and 6 h")
    for rate, months in ((0.2, 300), (1, 300), (5, 300), (40, 100)):
        usual = Baseline(voices=round(28 * rate), hours=28 * 24)
        limits = {window: usual.limit(window, alpha=alpha, at_least=3) for window in WINDOWS}
        alarms = 0
        for _ in range(months):
            times, at = [], NOW - MONTH
            while (at := at + timedelta(days=dice.expovariate(rate))) < NOW:
                times.append(at)
            alarms += episodes(times, limits)
        print(f"{rate:>12}   {alarms / months:>14.2f}   {', '.join(str(limit) for limit in limits.values())}")


if __name__ == "__main__":
    main()
