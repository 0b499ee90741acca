"""From voices and from when we could hear to the hours that a baseline learns from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zlib import crc32

from listener.domain.heard import Heard
from listener.domain.rhythm import HOUR
from listener.domain.spans import Span, merged, overlaps
from listener.domain.usual import DAY, EVER, Factor, Hours, Usual, moved_on

LED_BY = timedelta(hours=6)
CUT_FOR = timedelta(days=7)
"""Of an incident so much is left out at most: what goes on for longer becomes usual."""

Counts = Mapping[datetime, int]
"""Voices by the start of the bucket in which they are counted."""

BUCKET = timedelta(minutes=15)


def turn_of(client_id: str) -> int:
    """The hour, in UTC, at which this client's day turns."""
    return crc32(client_id.encode()) % 24


def day_start(at: datetime, turn: int) -> datetime:
    """The last time at or before this at which it was `turn` o'clock UTC."""
    return at - (at - EVER - turn * HOUR) % DAY


def around(episodes: Iterable[tuple[datetime, datetime, timedelta]]) -> list[Span]:
    """What incidents (from, to, their window) cut out: with the time in which they built up, for a week at the longest."""
    return merged((start - max(window, LED_BY), min(end, start + CUT_FOR)) for start, end, window in episodes)


def hours_of(
    counts: Counts,
    heard: Heard,
    *,
    since: datetime,
    until: datetime,
    past: Sequence[Span] = (),
    factors: Sequence[Factor] = (),
) -> Hours:
    """The whole hours in [since, until). Voices count where anybody listened, outside of past incidents."""
    count = (until - since) // HOUR
    until = since + count * HOUR
    past = [span for span in past if overlaps([span], since, until)]
    factors = [(span, factor) for span, factor in factors if overlaps([span], since, until)]
    always = not past and heard.hours(since, until) >= count - 1e-9
    voices = [0] * count
    for at, number in counts.items():
        if since <= at < until and (always or heard.time(at, at + BUCKET, without=past)):
            voices[(at - since) // HOUR] += number
    if always and not factors:
        return Hours(start=since, voices=tuple(voices), heard=(1.0,) * count)
    starts = [since + hour * HOUR for hour in range(count)]
    shares = [exposure(heard, start, start + HOUR, past=past, factors=factors) for start in starts]
    return Hours(start=since, voices=tuple(voices), heard=tuple(shares))


def exposure(
    heard: Heard,
    since: datetime,
    until: datetime,
    *,
    past: Sequence[Span] = (),
    factors: Sequence[Factor] = (),
) -> float:
    """Hours of [since, until) by the share of places that could hear, past incidents left out, events by their factor."""
    hours = heard.hours(since, until, without=past)
    for (start, end), factor in factors:
        first, last = max(start, since), min(end, until)
        if first < last:
            hours += (factor - 1) * heard.hours(first, last, without=past)
    return hours


def learned(
    usual: Usual,
    counts: Counts,
    heard: Heard,
    *,
    until: datetime,
    past: Sequence[Span] = (),
    factors: Sequence[Factor] = (),
) -> Usual:
    """The state moved on over every whole day up to `until`. A state that is new has its `at` where its first day begins."""
    by_day: dict[datetime, dict[datetime, int]] = {}
    for at, number in counts.items():
        by_day.setdefault(usual.at + (at - usual.at) // DAY * DAY, {})[at] = number
    while usual.at + DAY <= until:
        day = hours_of(
            by_day.get(usual.at, {}),
            heard,
            since=usual.at,
            until=usual.at + DAY,
            past=past,
            factors=factors,
        )
        usual = moved_on(usual, day)
    return usual
