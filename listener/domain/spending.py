"""Whether a budget may be spent from now: it is spread over its period, and a part is kept for who has an open incident."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from listener.domain.meter import Meter

RESERVE = 0.2
"""The part of each budget that only clients with an open incident may spend."""
AHEAD = 1 / 12
"""How far spending may run ahead of the clock when a period begins: by two hours in a day, by two and a half days in a month.
Towards its end ever less, so that there is something left in its last hours."""
NEAR = 1 / 4
"""In this last part of a period who comes after the last turn simply has the first of the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What is known of one meter of one credential.

    `began_at` is when its period began. `left` is what the place said last, and `resets_at` until when that holds.
    """

    began_at: datetime
    spent: float = 0.0
    left: float | None = None
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether it may be spent. If not, until when; `pace` says that there is more and only its time has not come."""

    why: Literal["yes", "pace", "kept back", "used up", "told"]
    until: datetime | None = None

    @property
    def yes(self) -> bool:
        return self.why == "yes"


def period(meter: Meter, began_at: datetime, now: datetime) -> tuple[datetime, datetime]:
    """The period that `now` is in. One of a plain length begins where the last one did, or now if that is over."""
    if isinstance(meter.per, timedelta):
        start = began_at if began_at <= now < began_at + meter.per else now
        return start, start + meter.per
    here = now.astimezone(ZoneInfo(meter.zone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if meter.per == "day":
        first, after = here, here + timedelta(days=1)  # on the wall: a local day may have 23 or 25 hours
    else:
        first = here.replace(day=1)
        after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first.astimezone(now.tzinfo), after.astimezone(now.tzinfo)


def current(spent: Spent, meter: Meter, now: datetime) -> Spent:
    """The same in the period that `now` is in; what the place said is forgotten when its time is over."""
    start, _ = period(meter, spent.began_at, now)
    fresh = spent if start == spent.began_at else replace(spent, began_at=start, spent=0.0)
    over = fresh.resets_at is not None and fresh.resets_at <= now
    return replace(fresh, left=None, resets_at=None) if over else fresh


def judge(spent: Spent, meter: Meter, amount: float, *, now: datetime, urgent: bool) -> Verdict:
    """Whether `amount` more may be spent; `spent` is that of the present period. `urgent`: for a client with an open incident."""
    if spent.left is not None and spent.resets_at is not None and spent.left < amount:
        return Verdict(why="told", until=spent.resets_at)
    if meter.most is None:
        return Verdict(why="yes")
    start, end = period(meter, spent.began_at, now)
    after = spent.spent + amount
    if after > meter.most:
        return Verdict(why="used up", until=end)
    usual = meter.most * (1 - RESERVE)
    if urgent or (isinstance(meter.per, timedelta) and after <= usual):
        return Verdict(why="yes")
    if after > usual:
        near = spent.spent <= usual and end - now <= (end - start) * min(2 * amount / usual, NEAR)
        spread = near and not isinstance(meter.per, timedelta)
        return Verdict(why="pace" if spread else "kept back", until=end)
    fits_at = start + (end - start) * max(0.0, (spent.spent / usual - AHEAD) / (1 - AHEAD))
    return Verdict(why="yes") if fits_at <= now else Verdict(why="pace", until=fits_at)
