"""How often a source is polled: by how often it brings something, within bounds; more often while an incident is open."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
PER_GAP = 8
"""Polls in the usual time between two that bring something: what is new is an eighth of that time old at the most."""
PER_SILENCE = 24
"""Polls in a silence as long as the present one: after a night every half an hour, after 24 days every day."""
PER_TURN = 4
"""Polls in the time in which a place that shows only its newest items shows nothing but new ones."""
WEIGHT = 0.2
"""Of the newest gap in what is usual; a geometric mean, so that one long night does not count as much as ten busy hours."""
FULL = 10
"""So many items of which none is known are a page whose other end nobody has seen."""
MOST_MARKS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """What the polls so far say of a source. Times are ISO 8601 in UTC and spans are seconds, so that it survives JSON.

    usual_s       the usual time between two polls that brought something; None before the first poll
    brought_at    when a poll last brought something, or when the first one was
    shown         how many items the place showed last, where it shows only its newest ones
    turns_s       the least time in which all that the place shows was replaced; None where it can be read to its end
    overran_at    when the place last showed nothing that was known: something may have come and gone unseen
    marks         the least of the fingerprints of what the last poll was shown, so that what overlaps is not taken for news
    planned_at    for when the next poll was planned; what comes long after that was not heard in time
    paced         whether the spreading of a budget put it off until then
    """

    usual_s: float | None = None
    brought_at: str | None = None
    shown: int | None = None
    turns_s: float | None = None
    overran_at: str | None = None
    marks: tuple[str, ...] = ()
    planned_at: str | None = None
    paced: bool = False

    def to_json(self) -> dict[str, Any]:
        """Only what differs from the beginning: most sources have no more than two facts."""
        told = {name: value for name in _FIELDS if (value := getattr(self, name)) not in (None, (), False)}
        return told | ({"marks": list(self.marks)} if self.marks else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Cadence:
        return cls(**{**data, "marks": tuple(data.get("marks", ()))})


_FIELDS = tuple(one.name for one in fields(Cadence))


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What one poll brought. `shown` is how many items a place showed that shows only its newest ones, else None.

    `settled` is False for polls that bring what was there before anybody asked: nothing is learned from them.
    """

    ids: tuple[str, ...] = ()
    shown: int | None = None
    settled: bool = True


def learned(
    known: Cadence,
    brought: Brought,
    *,
    start: timedelta,
    least: timedelta,
    since: datetime | None,
    now: datetime,
) -> Cadence:
    """What is known after one more poll that could hear; the one before it was at `since`, and it starts with `start`."""
    marks = tuple(sorted({mark(one) for one in brought.ids}))
    new = _new(marks, known.marks)
    seen = marks[:MOST_MARKS] or known.marks
    shown = known.shown if brought.shown is None else brought.shown or None
    now_known = replace(known, marks=seen, shown=shown, paced=False)
    if known.usual_s is None or known.brought_at is None or not brought.settled:
        usual_s = known.usual_s or start.total_seconds() * PER_GAP
        return replace(now_known, usual_s=usual_s, brought_at=now.isoformat())
    if not new:
        return now_known
    gap_s = max(1.0, (now - datetime.fromisoformat(known.brought_at)).total_seconds())
    usual_s = math.exp((1 - WEIGHT) * math.log(known.usual_s) + WEIGHT * math.log(gap_s))
    full = new >= (FULL if brought.shown is None else brought.shown)
    lost = full and brought.shown is not None and _gone(known, brought.shown, new) > 0
    if full:
        usual_s = min(usual_s, floor(least).total_seconds() * PER_GAP)
    return replace(
        now_known,
        usual_s=usual_s,
        brought_at=now.isoformat(),
        turns_s=_turns_s(known, brought.shown, new, since=since, least=least, now=now),
        overran_at=now.isoformat() if lost else known.overran_at,
    )


def _new(marks: tuple[str, ...], known: tuple[str, ...]) -> int:
    """How many of these were not among the last ones; of many it is told by a sample, the least fingerprints of both."""
    if len(known) < MOST_MARKS or not marks:
        return len(set(marks) - set(known))
    sample = [one for one in marks if one <= known[-1]] or list(marks[:1])
    fresh = sum(one not in known for one in sample)
    return math.ceil(len(marks) * fresh / len(sample))


def _gone(known: Cadence, shown: int, new: int) -> int:
    """How many of the items that the place showed last it shows no more."""
    return max(0, (known.shown or 0) + new - shown)


def _turns_s(
    known: Cadence, shown: int | None, new: int, *, since: datetime | None, least: timedelta, now: datetime
) -> float | None:
    """Shorter at once, longer by and by; a place that still grows forgets nothing."""
    if shown is None or since is None or not _gone(known, shown, new):
        return known.turns_s
    if new >= shown:
        return floor(least).total_seconds()
    span_s = max(1.0, (now - since).total_seconds()) * shown / new
    if known.turns_s is None or span_s <= known.turns_s:
        return span_s
    return math.exp((1 - WEIGHT) * math.log(known.turns_s) + WEIGHT * math.log(span_s))


def every(known: Cadence, *, start: timedelta, least: timedelta, urgent: bool, now: datetime) -> timedelta:
    """How long to wait for the next poll. `urgent`: for a client with an open incident, as often as the place may be asked."""
    soonest = floor(least)
    if urgent:
        return soonest
    if known.usual_s is None or known.brought_at is None:
        return max(start, soonest)
    silent_s = max(0.0, (now - datetime.fromisoformat(known.brought_at)).total_seconds())
    wanted_s = max(known.usual_s / PER_GAP, silent_s / PER_SILENCE)
    if known.turns_s is not None:
        wanted_s = min(wanted_s, known.turns_s / PER_TURN)
    return max(soonest, min(LONGEST, timedelta(seconds=min(wanted_s, 1e9))))


def put_off(known: Cadence, until: datetime) -> Cadence:
    """What is known where a budget's spreading moved the next poll to then."""
    return replace(known, planned_at=until.isoformat(), paced=True)


def floor(least: timedelta) -> timedelta:
    """The shortest cadence of a source whose place may be asked so often at the most."""
    return max(SHORTEST, least)


def jittered(span: timedelta, *, least: timedelta, seed: Iterable[int]) -> timedelta:
    """The span, shifted by a tenth at the most, otherwise at each poll; never shorter than the place allows, and never over a
    day where the span is none.
    """
    share = crc32(" ".join(map(str, seed)).encode()) / 2**32 - 0.5
    shifted = max(least, span + span * (share * 0.2))
    return shifted if span > LONGEST else min(LONGEST, shifted)


def mark(external_id: str) -> str:
    return f"{crc32(external_id.encode(errors='surrogatepass')):08x}"
