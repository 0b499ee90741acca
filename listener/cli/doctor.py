"""`listener doctor`: one cheap call for each source, for a person who wants to know whether it works and what mends it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from listener.app import Clock
from listener.cli import FAILED, WRONG, Refusal
from listener.cli.budgets import Budgets, sentence
from listener.cli.eyes import eyes_of
from listener.cli.named import clients_of
from listener.cli.output import printable, write
from listener.config import load, plan
from listener.config.config import Config
from listener.connector.target import Target, only_for
from listener.polling.examine import Examined, examine_all
from listener.store import ledger
from listener.store.engine import Database, open_database
from listener.store.errors import NoDatabase, StoreError
from listener.store.ledger import StoredLedger
from listener.telemetry import REDACTION

COLUMNS = ("source", "reachable", "authorised", "budget", "brings")
TOGETHER_S = 120.0


def doctor(arguments: argparse.Namespace) -> int:
    """Print how each source is; exit 1 where one is not well. Nothing is stored but what the calls spend of a budget."""
    config = load.load(Path(arguments.config), environ=os.environ)
    REDACTION.learn(config.secrets)
    targets = _chosen(config, arguments)
    clock = Clock.from_environment()
    well: list[bool] = []
    with _database(config) as database:
        kept = StoredLedger(database) if database else None
        with eyes_of(config, clock, ledger=kept, asked_by_a_person=True) as eyes:
            found = examine_all(targets, eyes, now=clock.now(), together_s=TOGETHER_S)
            write(
                _rows(found, database, clock, well), form=arguments.format, columns=COLUMNS, below="trouble"
            )
    sick = well.count(False)
    print(f"{len(well)} asked, {sick} not well" if sick else f"{len(well)} asked, all well", file=sys.stderr)
    return FAILED if sick else 0


def _chosen(config: Config, arguments: argparse.Namespace) -> list[Target]:
    """The targets that are read for these clients. Raises Refusal where there is none."""
    lists = {one.name for one in config.watch_lists}
    if arguments.list is not None and arguments.list not in lists:
        known = ", ".join(sorted(lists))
        raise Refusal(f"there is no watch list {arguments.list!r}: there are {known}", code=WRONG)
    clients = {
        one.id for one in clients_of(config, arguments.client) if arguments.list in {None, one.watch_list}
    }
    all_targets = plan.targets(config)
    kinds = sorted({target.kind for target in all_targets})
    if arguments.kind is not None and arguments.kind not in kinds:
        raise Refusal(
            f"no source is of the kind {arguments.kind!r}: there are {', '.join(kinds)}", code=WRONG
        )
    chosen = [
        one
        for target in all_targets
        if arguments.kind in {None, target.kind} and (one := only_for(target, clients))
    ]
    if not chosen:
        raise Refusal("nothing is read for these: leave out --client, --list or --kind", code=WRONG)
    return chosen


@contextmanager
def _database(config: Config) -> Iterator[Database | None]:
    """The database where there is one that can be used: the calls are counted in it. None is made."""
    try:
        opened = open_database(config.database, create=False)
    except NoDatabase:
        opened = None
    except StoreError as error:
        print(f"budgets are not known: {printable(str(error))}", file=sys.stderr)
        opened = None
    try:
        yield opened
    finally:
        if opened:
            opened.close()


def _rows(
    found: Iterable[Examined], database: Database | None, clock: Clock, well: list[bool]
) -> list[dict[str, Any]]:
    """All of them, in the order of `listener sources`, whichever answered first."""
    rows = []
    for one in found:
        well.append(one.well)
        rows.append(_row(one, _budgets(one.target, database, clock)))
    return sorted(rows, key=lambda row: (row["kind"], row["scope"], row["credential"]))


def _budgets(target: Target, database: Database | None, clock: Clock) -> list[dict[str, Any]]:
    spent = {}
    if database is not None and target.connector.meters:
        with database.read() as connection:
            spent = dict(ledger.all_spent(connection))
    return Budgets(spent, [target], now=clock.now()).of(target)


def _row(one: Examined, budgets: list[dict[str, Any]]) -> dict[str, Any]:
    target = one.target
    key = f" ({target.credential})" if target.credential else ""
    return {
        "source": REDACTION.hide(target.name or f"{target.kind} {target.scope}{key}"),
        "kind": target.kind,
        "scope": REDACTION.hide(target.scope),
        "credential": target.credential,
        "well": one.well,
        "reachable": one.reachable,
        "authorised": one.authorised,
        "brings": one.brings,
        "budget": "; ".join(map(sentence, budgets)),
        "budgets": budgets,
        "trouble": one.trouble,
    }
