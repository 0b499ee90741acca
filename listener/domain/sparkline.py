"""Counts as a line of signs: what a place shows that can show no picture."""

from __future__ import annotations

from listener.domain.chart import Chart

SIGNS = "▁▂▃▄▅▆▇█"


def sparkline(chart: Chart) -> str:
    """One sign a block, the least for none and for it alone; the window that is told about stands in brackets."""
    most = max(chart.counts, default=0)
    signs = [_sign(count, most) for count in chart.counts]
    first, end = chart.marked
    if first >= end:
        return "".join(signs)
    return "".join((*signs[:first], "[", *signs[first:end], "]", *signs[end:]))


def _sign(count: int, most: int) -> str:
    if count <= 0:
        return SIGNS[0]
    steps = len(SIGNS) - 1
    return SIGNS[max(1, round(steps * count / most))] if most > steps else SIGNS[min(count, steps)]
