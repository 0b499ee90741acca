"""`listener recheck`: what has become of stored items at their places."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from listener.app import Clock, StoredRobots, make_door, make_plan
from listener.cli import FAILED, WRONG, Refusal
from listener.cli.output import write
from listener.cli.show import since_when
from listener.config import load
from listener.connector.apart import Apart
from listener.connector.target import Target
from listener.jobs.plan import Plan
from listener.jobs.rechecking import Outcome, recheck
from listener.polling.poll import Means
from listener.store.engine import open_database
from listener.store.ledger import StoredLedger
from listener.telemetry import REDACTION

COLUMNS = ("source", "asked", "edited", "erased")


def recheck_now(arguments: argparse.Namespace) -> int:
    """Ask every place that can be asked, and print what came of each. Exit 1 where one could not be asked to its end."""
    config = load.load(Path(arguments.config), environ=os.environ)
    REDACTION.learn(config.secrets)
    clock = Clock.from_environment()
    since = since_when(arguments.since, now=clock.now()) if arguments.since else None
    plan = _of_kind(make_plan(config), arguments.kind)
    with (
        closing(open_database(config.database, create=False)) as database,
        closing(make_door(config, clock)) as door,
        closing(Apart()) as apart,
    ):
        means = Means(
            database=database,
            door=door,
            apart=apart,
            robots=StoredRobots(database),
            ledger=StoredLedger(database),
        )
        done = list(recheck(means, plan, now=clock.now(), since=since))
    write(_rows(done), form=arguments.format, columns=COLUMNS, below="trouble")
    return FAILED if any(one.trouble for one in done) else 0


def _of_kind(plan: Plan, kind: str | None) -> Plan:
    """Only what can be asked, of this kind if one is named."""
    able = {key: one for key, one in plan.targets.items() if one.connector.recheck is not None}
    chosen = {key: one for key, one in able.items() if kind in {None, one.kind}}
    if not chosen:
        those = f"no source of the kind {kind}" if kind else "no source of this file"
        able_kinds = ", ".join(sorted({one.kind for one in able.values()}))
        others = f"; of this file, {able_kinds} can" if able_kinds else ""
        raise Refusal(f"{those} can be asked what has become of its items{others}", code=WRONG)
    return replace(plan, targets=chosen)


def _rows(done: list[Outcome]) -> Iterator[dict[str, Any]]:
    for one in done:
        yield {
            "source": _called(one.target),
            "asked": one.asked,
            "edited": one.edited,
            "erased": one.erased,
            "trouble": one.trouble,
        }


def _called(target: Target) -> str:
    return REDACTION.hide(target.name or f"{target.kind} {target.scope}")
