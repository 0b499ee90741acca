"""`listener backtest`: the alerts that would have been raised, on stored mentions or on a file of counts. Nothing changes."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from listener.cli import WRONG, Refusal
from listener.cli.counted import Counted, Unusable, read
from listener.cli.output import printable
from listener.domain.series import Alert, Series

MOST_NAMED = 100
"""Wrong rows that are told one by one; the rest are only counted."""


def backtest(arguments: argparse.Namespace) -> int:
    """Print the alerts. What is no file of counts exits 2 (it is raised)."""
    with _opened(arguments.counts) as lines:
        counts(lines, "standard input" if arguments.counts == "-" else arguments.counts)
    return 0


def counts(lines: BinaryIO, name: str) -> None:
    """One JSON line for each alert, as soon as its row is read; wrong rows on stderr."""
    series, wrong = Series(), 0
    for row in read(lines, name):
        if isinstance(row, Unusable):
            wrong += 1
            if wrong <= MOST_NAMED:
                print(printable(f"line {row.line} {row.reason}"), file=sys.stderr)
        elif alert := series.hear(row.at, row.value):
            print(json.dumps(_alert(row, alert)), flush=True)
    if wrong > MOST_NAMED:
        print(f"… and {wrong - MOST_NAMED:,} more lines that were left out", file=sys.stderr)


def _alert(row: Counted, alert: Alert) -> dict[str, Any]:
    return {
        "at": row.written.isoformat(),
        "value": _short(alert.value),
        "expected": _short(alert.expected),
        "p": float(f"{alert.p:.3g}"),
        "window": _span(alert.window),
        "score": round(alert.score, 2),
        "record": round(alert.record, 2),
    }


def _short(value: float) -> float:
    """Whole where it is, else with two decimals."""
    return int(value) if value == math.floor(value) else round(value, 2)


def _span(window: timedelta) -> str:
    """In the greatest unit in which it is whole; seconds at the least."""
    for unit, length in (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1))):
        if not window % length:
            return f"{window // length}{unit}"
    return f"{window.total_seconds():g}s"


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        lines = Path(path).open("rb")  # noqa: SIM115 - closed below; only opening it is refused
    except OSError as trouble:
        raise Refusal(f"{path} cannot be read: {trouble.strerror}", code=WRONG) from None
    with lines:
        yield lines
