"""Numbers, times and chances in the words of a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from listener.domain.spike import MOST_YEARS

_PLURALS = {"person": "people", "story": "stories"}


def count(number: int, what: str) -> str:
    """A number with its noun: "1 person", "2 stories"."""
    return f"{number} {what if number == 1 else _PLURALS.get(what, what + 's')}"


def span(length: timedelta) -> str:
    """A length of time in the unit a person would use."""
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes < 100 and minutes % 60:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"


def between(low: int, high: int) -> str:
    """A range that may be one number: "0–1", "3"."""
    return str(low) if low == high else f"{low}–{high}"


def clock(at: datetime, zone: tzinfo, *, now: datetime, before_day: str = "", before_time: str = "") -> str:
    """A time as its reader says it, with the zone, and with the day where that is not today: "Sat 21 Nov 22:40 UTC"."""
    there, today = at.astimezone(zone), now.astimezone(zone).date()
    day = "" if there.date() == today else f"{before_day}{there:%a %d %b} "
    return f"{day}{before_time}{there:%H:%M %Z}"


def once_in(number: float) -> str:
    """How seldom something happens, to two figures: "once in 31 years"."""
    if number >= MOST_YEARS:
        return "less than once in a million years"
    if number < 2:
        months = max(1, round(number * 12))
        return "once a month" if months == 1 else f"once in {months} months"
    return f"once in {float(f'{number:.2g}'):,.0f} years"


def parted(parts: Sequence[str], *, most: int) -> str:
    """At most so many of these with commas between, and how many were left out."""
    more = len(parts) - most
    return ", ".join(parts[:most]) + (f" and {more} more" if more > 0 else "")
