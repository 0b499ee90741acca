"""Which share of the mentions has a label, how uncertain that is, and what the unknown ones could make of it.

A share is one of the mentions whose label is known. The unknown are never taken for neutral: they stand beside it, with the
bounds between which the share lies whatever they are.

The interval is Wilson's at 90 %: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
of the American Statistical Association 22 (1927), 209-212; that it keeps its promise for small numbers and for shares near 0
and 1, where the textbook one does not, is shown by L. D. Brown, T. T. Cai and A. DasGupta, "Interval estimation for a binomial
proportion", Statistical Science 16 (2001), 101-133. It takes the mentions for independent; copies of one story are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

KnownLabel = Literal["negative", "neutral", "positive"]
KNOWN: tuple[KnownLabel, ...] = ("negative", "neutral", "positive")

CONFIDENCE = 0.90
QUANTILE = 1.6448536269514722
"""Of the standard normal distribution, with (1 - CONFIDENCE) / 2 beyond it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """How many mentions by others have which label; own words and backfill are in none of them."""

    negative: int = 0
    neutral: int = 0
    positive: int = 0
    unknown: int = 0

    @property
    def known(self) -> int:
        return self.negative + self.neutral + self.positive


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share of one label among `of` mentions whose label is known; all shares lie in [0, 1].

    low, high    between these it lies with 90 % confidence, had what was heard been picked by chance
    least, most  between these it lies of all that was heard, whatever the unknown ones say
    """

    label: KnownLabel
    count: int
    of: int
    unknown: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.count / self.of

    @property
    def least(self) -> float:
        return self.count / (self.of + self.unknown)

    @property
    def most(self) -> float:
        return (self.count + self.unknown) / (self.of + self.unknown)

    def __str__(self) -> str:
        """As a person reads it: "34 % negative (27–42 %), of 120; 15 unknown"."""
        unknown = f"; {self.unknown} unknown" if self.unknown else ""
        return f"{percent(self.value)} % {self.label} ({self.span}), of {self.of}{unknown}"

    @property
    def span(self) -> str:
        """The interval in percent."""
        return f"{percent(self.low)}–{percent(self.high)} %"


def share(labelled: Labelled, label: KnownLabel) -> Share | None:
    """The share of this label; None where no label is known."""
    if not labelled.known:
        return None
    count = getattr(labelled, label)
    low, high = interval(count, labelled.known)
    return Share(label=label, count=count, of=labelled.known, unknown=labelled.unknown, low=low, high=high)


def interval(count: int, of: int) -> tuple[float, float]:
    """Wilson's interval for so many of a sample of this size (at least 1)."""
    part, spread = count / of, QUANTILE**2 / of
    middle = part + spread / 2
    half = QUANTILE * sqrt(part * (1 - part) / of + spread / (4 * of))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return (0.0 if count == 0 else low), (1.0 if count == of else high)


def percent(part: float) -> int:
    """In whole percent; 0 and 100 only where it is none, or all, of it."""
    return min(99, max(1, round(100 * part))) if 0 < part < 1 else round(100 * part)
