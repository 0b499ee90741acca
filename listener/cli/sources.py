"""`listener sources`: how every source is doing, how often it is polled, and what is left of the budgets."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from listener.app import Clock
from listener.cli.budgets import Budgets, figure, sentence
from listener.cli.output import write
from listener.cli.show import reading
from listener.config import load, plan
from listener.config.values import spoken
from listener.connector.target import Target
from listener.domain.health import in_words
from listener.store import ledger
from listener.store import sources as source_rows
from listener.telemetry import REDACTION

Identity = tuple[str, str, str]
COLUMNS = ("source", "state", "every", "last_success", "next_poll", "stored", "set_aside", "deaf")
BUDGET_COLUMNS = ("budget", "meter", "used", "most", "reserve", "left", "resets")
TOLD_FOR = timedelta(days=7)
"""So long it is told that a place once showed only what was new."""


def sources(arguments: argparse.Namespace) -> int:
    """Print every source with its health, those in trouble first; then what there is only so much of."""
    config = load.load(Path(arguments.config), environ=os.environ)
    now = Clock.from_environment().now()
    names = plan.names(config)
    targets = {target.identity: target for target in plan.targets(config)}
    with reading(config) as connection:
        found = sorted(source_rows.listing(connection), key=lambda one: one.state in {"ok", "new"})
        budgets = Budgets(ledger.all_spent(connection), targets.values(), now=now)
    rows = list(_rows(found, names, targets, budgets, now=now))
    form = arguments.format
    if form == "csv":
        rows = [{**row, "budgets": [sentence(one) for one in row["budgets"]]} for row in rows]
    write(rows, form=form, columns=COLUMNS, below="reason")
    if form == "table" and (told := [_cells(one) for one in budgets.all()]):
        print()
        write(told, form=form, columns=BUDGET_COLUMNS)
    return 0


def _rows(
    found: Sequence[source_rows.Standing],
    names: Mapping[Identity, str],
    targets: Mapping[Identity, Target],
    budgets: Budgets,
    *,
    now: datetime,
) -> Iterator[dict[str, Any]]:
    for one in found:
        identity = (one.kind, one.scope, one.credential)
        target = targets.get(identity)
        every = timedelta(seconds=one.cadence_s or one.every_s)
        yield {
            "source": names.get(identity) or REDACTION.hide(_called(one)),
            "state": one.state,
            "every": _spoken(every),
            "last_success": one.last_success_at,
            "next_poll": one.next_poll_at,
            "stored": one.stored_count,
            "set_aside": one.quarantined_count,
            "cut_short": one.truncated_count,
            "deaf": ""
            if one.deaf_since is None
            else f"since {one.deaf_since:%Y-%m-%d %H:%M}, {in_words(now - one.deaf_since)}",
            "kind": one.kind,
            "scope": REDACTION.hide(one.scope),
            "credential": one.credential,
            "every_s": every.total_seconds(),
            "adapts": target.adapts if target else None,
            "polls": one.polls_count,
            "budgets": budgets.of(target) if target else [],
            "reason": one.health.get("reason", "") or _quiet(one) or _overran(one, now=now),
        }


def _called(one: source_rows.Standing) -> str:
    return f"{one.kind} {one.scope}" + (f" ({one.credential})" if one.credential else "")


def _quiet(one: source_rows.Standing) -> str:
    """What is to be said of a source that is well and has brought nothing: that it is heard, or that it never was asked."""
    if one.state == "new":
        return "not asked yet"
    return "heard well; nothing about a client so far" if one.state == "ok" and not one.stored_count else ""


def _overran(one: source_rows.Standing, *, now: datetime) -> str:
    at = one.cadence.get("overran_at")
    if at is None or now - (when := datetime.fromisoformat(at)) > TOLD_FOR:
        return ""
    return (
        f"on {when:%Y-%m-%d at %H:%M} all that it showed was new: something may have come and gone unseen; "
        "it is polled more often since"
    )


def _spoken(every: timedelta) -> str:
    """A cadence to the minute, as the configuration writes it."""
    return spoken(max(timedelta(minutes=1), timedelta(minutes=round(every.total_seconds() / 60))))


def _cells(budget: Mapping[str, Any]) -> dict[str, Any]:
    key = f" ({budget['credential']})" if budget["credential"] else ""
    numbers = {
        name: "" if budget[name] is None else figure(budget[name])
        for name in ("used", "most", "reserve", "left")
    }
    return {**budget, **numbers, "budget": f"{budget['kind']}{key}", "meter": budget["unit"]}
