"""How unlikely a count is: the negative binomial, and how often a stream of chance alone comes up to a count.

A stream whose rate is not known exactly, and wanders, is taken as Poisson with a gamma distributed rate; the count in a window
is then negative binomial with a mean and a shape (variance mean + mean²/shape; Gelman et al., Bayesian Data Analysis, 3rd ed.,
section 2.6). A sliding window comes up to a count k only at a voice, the k-th of it: the rate of such up-crossings is that of
voices times the chance of k-1 others, which for this mixture is k·P(k)/w exactly, w being the length of the window.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable


def log_chance(count: int, *, mean: float, shape: float) -> float:
    """The natural logarithm of P(X = count) for X negative binomial."""
    return (
        math.lgamma(count + shape)
        - math.lgamma(shape)
        - math.lgamma(count + 1)
        - shape * math.log1p(mean / shape)
        + (count * (math.log(mean) - math.log(mean + shape)) if count else 0.0)
    )


def crossings(count: int, *, mean: float, shape: float, hours: float) -> float:
    """How often an hour a sliding window of so many hours, with this mean, comes up to this count by chance.

    Never less than the smallest number that a float tells from nothing, so that it can be divided by.
    """
    return math.exp(
        max(math.log(count) + log_chance(count, mean=mean, shape=shape) - math.log(hours), -700.0)
    )


def least_beyond(allowed: float, *, mean: float, shape: float, hours: float, at_least: int) -> int:
    """The least count above the mean, and `at_least`, that comes about as seldom as is allowed, or more seldom."""

    def is_beyond(count: int) -> bool:
        return crossings(count, mean=mean, shape=shape, hours=hours) <= allowed

    return first_that(is_beyond, start=max(at_least, math.floor(mean) + 1, 1))


def middle(*, mean: float, shape: float) -> tuple[int, int]:
    """The range that holds the middle 80 % of such counts: its 10 % and 90 % points."""
    low = first_that(lambda n: upper_tail(n + 1, mean=mean, shape=shape) <= 0.9)
    high = first_that(lambda n: upper_tail(n + 1, mean=mean, shape=shape) <= 0.1, start=low)
    return low, high


def first_that(holds: Callable[[int], bool], *, start: int = 0) -> int:
    """The least number from `start` on for which this holds; it must hold for all greater ones, too."""
    reach = 1
    while not holds(start + reach):
        reach *= 2
    return start + bisect_left(range(reach), True, key=lambda n: holds(start + n))


def upper_tail(least: int, *, mean: float, shape: float) -> float:
    """P(X >= least) for X negative binomial with this mean and shape, summed exactly."""
    if least <= 0:
        return 1.0
    q = mean / (mean + shape)
    if q <= 0.0:
        return 0.0
    term, n = math.exp(log_chance(least, mean=mean, shape=shape)), least
    total = term
    if least <= mean:  # the short side is the sum of the body: 1 - P(X < least)
        body, term_below = 0.0, term
        for k in range(least, 0, -1):
            term_below *= k / ((k - 1 + shape) * q)
            body += term_below
        return max(0.0, 1.0 - body)
    while term > total * 1e-17:
        term *= (n + shape) / (n + 1) * q
        total += term
        n += 1
    return min(1.0, total)
