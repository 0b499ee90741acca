"""Incidents before and after labels changed: which would not have been told, which are new, and how many people each had.

Pure: the testimonies under both sets of labels and the alarms that alerting/replay.py makes of them in, the pairs out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from listener.alerting.replay import Alarm, Arrival
from listener.domain.crowd import crowd


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """One incident as it would have been told before and after; None where it would not.

    The people are those who complain in its window, counted by both sets of labels.
    """

    before: Alarm | None
    after: Alarm | None
    people_before: int
    people_after: int

    @property
    def at(self) -> datetime:
        """When it was opened, before if it was then."""
        first = self.before or self.after
        assert first is not None
        return first.opened_at

    @property
    def is_changed(self) -> bool:
        return self.before is None or self.after is None or self.people_before != self.people_after


def retold(
    before: Sequence[Alarm],
    after: Sequence[Alarm],
    *,
    said_before: Sequence[Arrival],
    said_after: Sequence[Arrival],
    until: datetime,
) -> list[Retold]:
    """The incidents of one client in order of time. Two that overlap are one incident, told a little earlier or later."""
    told = []
    for old, new in _paired(before, after, until):
        alarm = old or new
        assert alarm is not None
        told.append(
            Retold(
                before=old,
                after=new,
                people_before=_people(said_before, alarm),
                people_after=_people(said_after, alarm),
            )
        )
    return sorted(told, key=lambda one: one.at)


def _paired(
    before: Sequence[Alarm], after: Sequence[Alarm], until: datetime
) -> Iterable[tuple[Alarm | None, Alarm | None]]:
    """Each of before with the first of after that goes on at some time in which it does; the rest alone."""
    left = list(after)
    for old in before:
        new = next((one for one in left if _overlap(old, one, until)), None)
        if new is not None:
            left.remove(new)
        yield old, new
    yield from ((None, new) for new in left)


def _overlap(one: Alarm, other: Alarm, until: datetime) -> bool:
    return one.opened_at <= (other.resolved_at or until) and other.opened_at <= (one.resolved_at or until)


def _people(said: Sequence[Arrival], alarm: Alarm) -> int:
    """Who complains in the window of this alarm."""
    since, until = alarm.spike.ends_at - alarm.spike.window, alarm.spike.ends_at
    return crowd(
        (one.testimony.witness, one.testimony.story)
        for one in said
        if one.testimony.complains and since < one.testimony.counted_at <= until
    ).people
