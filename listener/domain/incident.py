"""The states of an incident, and how severe it is: decided by how many people, how far they reach and how fast they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from listener.domain.message import Severity
from listener.domain.routing import SEVERITIES

State = Literal["open", "taken", "closed"]
GOING_ON: tuple[State, ...] = ("open", "taken")

CROWDS = ((10, 3), (30, 6))
"""People, and how many times the most that is usual, for one step up, and for two."""

REACHES = (100_000, 1_000_000)
"""People whom those who complain reach together, for one step up, and for two."""

FAST = 8
FAST_WITHIN = timedelta(minutes=30)
"""So many people in so short a time are one step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What makes an incident severe or not.

    people   who complain in it
    usual    the most that is usual in its window
    reach    how many people those reach together, as far as that is known
    fastest  the most people who came within half an hour
    """

    people: int
    usual: int
    reach: int = 0
    fastest: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """How severe, and a sentence for each thing that raised it; none for what is minor."""

    severity: Severity
    reasons: tuple[str, ...] = ()


def graded(weight: Weight) -> Graded:
    """The severity: each of crowd, reach and speed may raise it; two steps up is severe, and no more counts."""
    times = weight.people // max(1, weight.usual)
    steps = [
        (
            sum(weight.people >= people and times >= least for people, least in CROWDS),
            f"{weight.people} people, {times} times the most that is usual",
        ),
        (
            sum(weight.reach >= least for least in REACHES),
            f"those who complain reach {weight.reach:,} people",
        ),
        (int(weight.fastest >= FAST), f"{weight.fastest} people came within half an hour"),
    ]
    level = min(sum(up for up, _ in steps), len(SEVERITIES) - 1)
    return Graded(severity=SEVERITIES[level], reasons=tuple(reason for up, reason in steps if up))


def greater(one: Severity, other: Severity) -> Severity:
    """The more severe of two: an incident never becomes less severe than it was."""
    return max(one, other, key=SEVERITIES.index)


def at_least(severity: Severity, least: Severity) -> bool:
    """Whether this severity is `least` or more."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)


def fastest(times: Sequence[timedelta], *, within: timedelta = FAST_WITHIN) -> int:
    """The most that came within so long, of the times at which they came, counted from any moment."""
    ordered = sorted(times)
    most = first = 0
    for last, at in enumerate(ordered):
        while at - ordered[first] > within:
            first += 1
        most = max(most, last - first + 1)
    return most
