"""`listener backtest`: the alerts that would have been raised, on stored mentions or on a file of counts. Nothing changes."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from listener.cli import WRONG, Refusal
from listener.cli.counted import Counted, Unusable, read
from listener.cli.output import printable
from listener.domain.series import Alert, Series
from listener.telemetry import REDACTION

USUAL_SPAN = "90d"
NOT_WITH_COUNTS = (
    "--client and --since choose among stored mentions: leave them out with --counts, or --counts itself"
)
MOST_NAMED = 100
"""Wrong rows that are told one by one; the rest are only counted."""


def backtest(arguments: argparse.Namespace) -> int:
    """Print the alerts. What is no file of counts, and mistakes in a configuration, exit 2 (they are raised)."""
    if arguments.counts is None:
        return _on_mentions(arguments)
    if arguments.client or arguments.since:
        raise Refusal(NOT_WITH_COUNTS, code=WRONG)
    with _opened(arguments.counts) as lines:
        counts(lines, "standard input" if arguments.counts == "-" else arguments.counts)
    return 0


def _on_mentions(arguments: argparse.Namespace) -> int:
    from listener.app import Clock, make_plan
    from listener.cli import backtested
    from listener.cli.named import clients_of
    from listener.cli.show import since_when
    from listener.config import load
    from listener.jobs.backtesting import backtest as replayed
    from listener.jobs.side import side_of
    from listener.store.engine import open_database

    config = load.load(Path(arguments.config), environ=os.environ)
    REDACTION.learn(config.secrets)
    now = Clock.from_environment().now()
    clients = clients_of(config, arguments.client)
    since = since_when(arguments.since or USUAL_SPAN, now=now)
    with closing(open_database(config.database, create=False)) as database:
        with database.read() as connection:
            side = side_of(connection, make_plan(config))
        done = replayed(database, side, clients, since=since, until=now)
    backtested.show(done, form=arguments.format)
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
