"""What each window may spend of a budget: of a busy client more where most is found, of a quiet one what whole counts leave over."""

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


# What a busy client's windows may spend, in even shares, by their minutes: storms of hours are what a person must hear of, and two
# hours or four tell most of them. Measured as SHARED was; what it costs in bursts of an hour and of a day stands in docs/alerts.md.
SHARES = {15: 0.35, 30: 0.35, 60: 0.7, 120: 2.8, 240: 2.8, 480: 0.7, 1440: 0.45}


def is_busy(usual: Usual) -> bool:
    """Whether it is known, and so many speak that whole counts lie close to each other."""
    return not usual.is_young and usual.level * 24 > QUIET


def share(usual: Usual, window: timedelta) -> float:
    """How many even shares this window may spend."""
    return SHARES[window // timedelta(minutes=1)] if is_busy(usual) else 1.0


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
