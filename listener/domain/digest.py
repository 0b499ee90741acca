"""When a digest is told: once a local day, or once a week, whatever the clock does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

from listener.domain.localtime import first_at, is_a_day

Period = Literal["daily", "weekly"]

LENGTH: dict[Period, timedelta] = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
LONGEST: dict[Period, timedelta] = {"daily": timedelta(days=7), "weekly": timedelta(days=21)}
"""How far back the first digest after a time in which none was told reaches."""

_DAY = timedelta(days=1)
_LOOK_BACK = 15  # days: two weeks, for the day of the week may be one that a zone left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """A time of a day of the week; Monday is 0."""

    weekday: int
    at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What the file asks for: about which watch lists, to whom, and when by the clocks of `timezone`.

    No watch lists means all there are, also those that come later.
    """

    watch_lists: tuple[str, ...] = ()
    receivers: tuple[str, ...]
    timezone: tzinfo
    daily: time | None = None
    weekly: Weekly | None = None

    def audience(self, receiver: str) -> str:
        """What there is one digest a day of, whatever else the file changes: a receiver, and what it hears about."""
        return f"{receiver}: {', '.join(sorted(self.watch_lists)) or '*'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One digest that is to be told now, unless it was. `day` is the local day on which its time came."""

    period: Period
    day: date


def due(
    digest: Digest, *, now: datetime, asked_at: Mapping[Period, datetime] | None = None
) -> tuple[Due, ...]:
    """The newest digest of each period whose time has come: it is due from that moment on until it was told.

    `asked_at` is since when each is asked for: what was due before is told on its own day alone, so that a new digest does
    not begin with yesterday's.
    """
    since_when = asked_at or {}
    found = [
        Due(period=period, day=day)
        for period in periods(digest)
        if (day := _newest(digest, period, now=now, asked_at=since_when.get(period))) is not None
    ]
    return tuple(found)


def periods(digest: Digest) -> tuple[Period, ...]:
    """The periods that the file asks for."""
    asked: dict[Period, object] = {"daily": digest.daily, "weekly": digest.weekly}
    return tuple(period for period, at in asked.items() if at is not None)


def _newest(digest: Digest, period: Period, *, now: datetime, asked_at: datetime | None) -> date | None:
    """The newest day of these whose time has come, unless that was on an earlier day and before anybody asked."""
    zone, weekly = digest.timezone, digest.weekly if period == "weekly" else None
    at = weekly.at if weekly is not None else digest.daily
    assert at is not None
    today = now.astimezone(zone).date()
    for back in range(_LOOK_BACK):
        day = today - back * _DAY
        if (weekly is not None and day.weekday() != weekly.weekday) or not is_a_day(day, zone):
            continue
        told_at = first_at(day, at, zone)
        if told_at <= now:
            is_todays = told_at.astimezone(zone).date() == today
            return day if is_todays or (asked_at is not None and asked_at <= told_at) else None
    return None


def since(period: Period, *, last_at: datetime | None, now: datetime) -> datetime:
    """From when on a digest tells: from the last one on, so that nothing is left out between two."""
    if last_at is None or not now - LONGEST[period] <= last_at < now:
        return now - LENGTH[period]
    return last_at


def missed(period: Period, *, last: date | None, day: date, zone: tzinfo) -> tuple[date, ...]:
    """The days between the last digest that was told and this one of which none was told, newest last."""
    step = LENGTH[period].days
    if last is None:
        return ()
    between = range(step, (day - last).days, step)
    return tuple(one for n in between if is_a_day(one := last + n * _DAY, zone))
