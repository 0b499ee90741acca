"""When a digest is told: once a local day, or once a week, whatever the clock does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

from listener.domain.localtime import first_at, is_a_day

Period = Literal["daily", "weekly"]

LENGTH: dict[Period, timedelta] = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}
LONGEST: dict[Period, timedelta] = {"daily": timedelta(days=7), "weekly": timedelta(days=21)}
"""How far back the first digest after a time in which none was told reaches."""

_DAY = timedelta(days=1)


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
    """One digest that is to be told now, unless it was. `day` is the local day that it is for."""

    period: Period
    day: date


def due(digest: Digest, *, now: datetime) -> tuple[Due, ...]:
    """What this day's digests are, once their time has come. Those of past days are not made up for."""
    found = []
    if digest.daily is not None and (day := _day(digest.daily, now, digest.timezone)):
        found.append(Due(period="daily", day=day))
    weekly = digest.weekly
    if (
        weekly is not None
        and (day := _day(weekly.at, now, digest.timezone))
        and day.weekday() == weekly.weekday
    ):
        found.append(Due(period="weekly", day=day))
    return tuple(found)


def _day(at: time, now: datetime, zone: tzinfo) -> date | None:
    """The newest day whose time has come today. Where the last hour of a day is left out, that is the day before's."""
    today = now.astimezone(zone).date()
    for day in (today, today - _DAY):
        told_at = first_at(day, at, zone)
        if told_at <= now and told_at.astimezone(zone).date() == today and is_a_day(day, zone):
            return day
    return None


def since(period: Period, *, last_at: datetime | None, now: datetime) -> datetime:
    """From when on a digest tells: from the last one on, so that nothing is left out between two."""
    if last_at is None or not now - LONGEST[period] <= last_at < now:
        return now - LENGTH[period]
    return last_at
