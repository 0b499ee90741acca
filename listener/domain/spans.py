"""Stretches of time as half-open pairs (from, to): what is left of some without others, and how long they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time, in order, without overlaps and without empty stretches."""
    whole: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def minus(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What remains of `spans` outside of `holes`."""
    left: list[Span] = []
    cuts = merged(holes)
    for span_start, end in merged(spans):
        start = span_start
        for hole_start, hole_end in cuts:
            if hole_end <= start or hole_start >= end:
                continue
            if hole_start > start:
                left.append((start, hole_start))
            start = max(start, hole_end)
        if start < end:
            left.append((start, end))
    return left


def length(spans: Sequence[Span]) -> timedelta:
    """Their length; overlaps count once."""
    return sum((end - start for start, end in merged(spans)), timedelta())


def overlaps(spans: Sequence[Span], start: datetime, end: datetime) -> bool:
    """Whether any of them shares time with [start, end)."""
    return any(span_start < end and start < span_end for span_start, span_end in spans)
