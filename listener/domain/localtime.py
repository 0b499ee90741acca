"""What a time of day means on the days on which clocks are set: an hour is left out, or comes twice, or a whole day is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


def first_at(day: date, at: time, zone: tzinfo) -> datetime:
    """The first instant, in UTC, at which clocks there show this time of this day or a later one.

    What comes twice is taken the first time. What is left out is the moment after the leap: 02:30 in a night that goes from
    02:00 to 03:00 is 03:00.
    """
    wanted = datetime.combine(day, at.replace(tzinfo=None))
    found = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _shown(found, zone) == wanted:
        return found
    return _after_the_leap(wanted, zone, latest=found)


def is_a_day(day: date, zone: tzinfo) -> bool:
    """Whether clocks there ever showed this day: Samoa had no 30th of December 2011."""
    return _shown(first_at(day, time(), zone), zone).date() == day


def _after_the_leap(wanted: datetime, zone: tzinfo, *, latest: datetime) -> datetime:
    """Between the same time read with the clock of before (`latest`) and of after lies the leap."""
    earliest = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC) - _SECOND
    while latest - earliest > _SECOND:
        middle = earliest + (latest - earliest) // _SECOND // 2 * _SECOND
        if _shown(middle, zone) >= wanted:
            latest = middle
        else:
            earliest = middle
    return latest


def _shown(at: datetime, zone: tzinfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)
