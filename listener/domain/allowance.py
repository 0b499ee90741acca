"""What of a budget a quiet client may really spend. Counts are whole, so most of its limits are rarer than they need be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from listener.domain.rhythm import HOUR
from listener.domain.surprise import crossings
from listener.domain.usual import Usual

QUIET = 8.0
"""Voices a day beyond which whole counts lie close enough to each other."""

STEPS = 4

# Limits that were lowered leave nothing over, and what they spend is spent: so much of all even shares. Measured as SHARED was.
SPENT = 0.7


def allowance(usual: Usual, windows: Sequence[timedelta], *, even: float, at_least: int) -> float:
    """How often an hour chance may come up to the limit of any one of these windows: the even share, or more.

    More where the limits, being whole counts, leave it over: limits are lowered one by one, those that cost least first, as long
    as all windows together spend no more than seven tenths of all even shares.
    """
    if usual.is_young or usual.level * 24 > QUIET:
        return even
    spent, lower = 0.0, []
    for window in windows:
        costs = _costs(usual, window, at_least)
        limit = next((number for number, cost in enumerate(costs) if cost <= even), None)
        if limit is None:
            spent += even
            continue
        spent += costs[limit]
        lower += [(costs[number], costs[number] - costs[number + 1]) for number in range(limit)]
    allowed = even
    for cost, more in sorted(lower):
        if spent + more > SPENT * len(windows) * even:
            break
        spent, allowed = spent + more, cost
    return allowed


def _costs(usual: Usual, window: timedelta, at_least: int) -> list[float]:
    """How often chance comes up to `at_least` in such a window at an average time, to one more, and so on."""
    hours = window / HOUR
    mean, shape = usual.level * hours, usual.shape(window)
    first = max(at_least, int(mean) + 1)
    return [crossings(first + step, mean=mean, shape=shape, hours=hours) for step in range(STEPS)]
