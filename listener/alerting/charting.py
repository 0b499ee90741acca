"""The counts of the last day and what is usual in them, as they are drawn beside an alert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from listener.domain.chart import Chart
from listener.domain.surprise import middle
from listener.domain.usual import Usual

BLOCKS = 24
HOUR = timedelta(hours=1)
_LONG = timedelta(hours=12)
_STEP = timedelta(minutes=15)
_AFTER_LATE = timedelta(hours=2)

Count = tuple[datetime, int]
"""Start of a bucket of 15 minutes, and a number of voices in it."""


def drawn_span(
    *, window: timedelta, ends_at: datetime, now: datetime
) -> tuple[datetime, datetime, timedelta]:
    """From when to when a chart reaches that shows this window, and the length of its blocks.

    A day up to now in hours; two days where the window is long, and where it is over for long, up to two hours after it.
    """
    block = 2 * HOUR if window > _LONG else HOUR
    end = _up(now)
    if end - ends_at + window > BLOCKS * block:
        end = min(end, _up(ends_at + _AFTER_LATE))
    return end - BLOCKS * block, end, block


def chart(
    counts: Sequence[Count],
    usual: Usual | None,
    *,
    span: tuple[datetime, datetime, timedelta],
    marked: tuple[datetime, datetime],
    zone: tzinfo,
) -> Chart:
    """The chart of these counts over a span as `drawn_span` gives it; `marked` are the first and the last voice."""
    since, until, block = span
    blocks = [0] * BLOCKS
    for at, number in counts:
        if since <= at < until:
            blocks[(at - since) // block] += number
    starts = [since + place * block for place in range(BLOCKS)]
    first, last = (min(max((at - since) // block, 0), BLOCKS - 1) for at in marked)
    return Chart(
        counts=tuple(blocks),
        usual=tuple(_usual(usual, start, block) for start in starts) if usual else (),
        marked=(first, last + 1),
        labels=tuple(f"{start.astimezone(zone):%H:%M}" for start in starts),
        block_s=int(block.total_seconds()),
    )


def _usual(usual: Usual, start: datetime, block: timedelta) -> tuple[int, int]:
    return middle(mean=usual.expected(start, start + block), shape=usual.shape(block))


def _up(at: datetime) -> datetime:
    """The end of the bucket that holds this moment."""
    epoch = datetime(1970, 1, 1, tzinfo=at.tzinfo)
    return epoch + ((at - epoch) // _STEP + 1) * _STEP
