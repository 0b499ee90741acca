"""Events that are planned: a time in which more is said of a client than usual, and complaints may weigh more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from listener.domain.usual import Factor

MORE = 3.0
"""So many times as much as usual is expected where a person just says "more"."""

STRICTER = 3.0
"""In a stricter time a complaint rule may bring so many times as many false alarms as else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that a person knows beforehand, from `since` until `until`.

    expect    how many times as much as usual is expected
    stricter  whether the complaint rule is to fire sooner
    """

    name: str
    since: datetime
    until: datetime
    expect: float = 1.0
    stricter: bool = False


def factors(events: Iterable[Event]) -> tuple[Factor, ...]:
    """By how much they raise what is expected, and when."""
    return tuple(((one.since, one.until), one.expect) for one in events if one.expect != 1)


def sooner(events: Iterable[Event], at: datetime) -> float:
    """How many times its usual budget the complaint rule has at this moment: 1 outside of stricter times."""
    return STRICTER if any(one.stricter and one.since <= at < one.until for one in events) else 1.0
