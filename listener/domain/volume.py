"""Does the volume alone explain so many complaints? Whoever is talked of twice as much is complained of twice as much.

Of those who spoke in a window, so many complain as the usual share of complaints lets expect. How well that share is known is
told by a beta distribution, and the number of complaints among n voices is then beta-binomial (Gelman et al., Bayesian Data
Analysis, 3rd ed., section 2.4 and exercise 2.20; decisions/0016).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

CHANCE = 0.05
"""A number of complaints that comes about as often as this, or more often, is explained."""

PRIOR_COMPLAINTS, PRIOR_OTHERS = 2.0, 8.0
"""Of a client of whom nothing is known, a fifth is complaint: worth as much as ten mentions."""

WORTH = 100.0
"""A share strays from day to day, and copies of one text are counted in it: it is never known better than by so many mentions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What was said of a client by others, in mentions whose label is known."""

    complaints: int = 0
    others: int = 0

    @property
    def beta(self) -> tuple[float, float]:
        """The two parameters of what is known of the share."""
        complaints, others = PRIOR_COMPLAINTS + self.complaints, PRIOR_OTHERS + self.others
        worth = min(1.0, WORTH / (complaints + others))
        return complaints * worth, others * worth

    @property
    def usual(self) -> float:
        complaints, others = self.beta
        return complaints / (complaints + others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A window held against the usual share: `complain` of the voices that `spoke` (praise and neutral ones among them).

    `chance` is how likely so many are, or more, if the share is the usual one; `enough` how unlikely they must be.
    """

    complain: int
    spoke: int
    usual: float
    chance: float
    enough: float = CHANCE

    @property
    def explains(self) -> bool:
        """Whether there is talk, and no more complaint in it than usual. Where most complain, no share explains that away."""
        return 2 * self.complain < self.spoke and self.chance > self.enough


def volume(complain: int, spoke: int, share: Share, *, enough: float = CHANCE) -> Volume:
    """Hold a window against the share that is usual; `spoke` counts those who complain too."""
    a, b = share.beta
    return Volume(
        complain=complain,
        spoke=spoke,
        usual=share.usual,
        chance=upper_tail(complain, of=spoke, a=a, b=b),
        enough=enough,
    )


def upper_tail(least: int, *, of: int, a: float, b: float) -> float:
    """P(X >= least) for X beta-binomial among `of`."""
    if least <= 0:
        return 1.0
    if least > of:
        return 0.0
    term = math.exp(
        math.lgamma(of + 1)
        - math.lgamma(least + 1)
        - math.lgamma(of - least + 1)
        + _log_beta(least + a, of - least + b)
        - _log_beta(a, b)
    )
    total = term
    for k in range(least, of):
        term *= (of - k) / (k + 1) * (k + a) / (of - k - 1 + b)
        total += term
    return min(1.0, total)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
