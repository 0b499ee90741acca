"""Quiet hours: the part of the day in which somebody wants to be told nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from listener.domain.localtime import first_at

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From one time of day to another, local time; where the end is not after the beginning, to that of the next day."""

    begins: time
    ends: time

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"


def quiet_until(hours: QuietHours | None, *, now: datetime, zone: tzinfo) -> datetime | None:
    """When the quiet hours end that `now` is in, in UTC; None where it is in none.

    Each night ends once: at the first instant that shows its end, or that is later where the end is left out.
    """
    if hours is None:
        return None
    nights = list(_nights(hours, now, zone))
    ends_at = None
    for begins, ends in nights:
        at = ends_at or now
        if begins <= at < ends:
            ends_at = ends
    return ends_at


def _nights(hours: QuietHours, now: datetime, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """Those around this moment, in order. A leap of a whole day is why two days to either side are looked at."""
    today = now.astimezone(zone).date()
    overnight = hours.ends <= hours.begins
    for days in range(-2, 3):
        day = today + days * _DAY
        begins = first_at(day, hours.begins, zone)
        ends = first_at(day + _DAY if overnight else day, hours.ends, zone)
        if begins < ends:
            yield begins, ends
