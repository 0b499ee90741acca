"""`listener rescore`: history under the present scorer, with what that changes in labels, counts and past incidents."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from listener.alerting.looking import SPIKE
from listener.app import Clock, make_plan
from listener.cli import WRONG, Refusal, rescored
from listener.cli.counting import models_in
from listener.cli.named import clients_of
from listener.cli.rescored import Outcome
from listener.cli.show import since_when
from listener.cli.who import whoever
from listener.config import load
from listener.config.config import Config
from listener.domain.client import Client
from listener.jobs.plan import Plan
from listener.jobs.rescoring import incidents, survey, write
from listener.jobs.side import side_of
from listener.jobs.spool import Spool
from listener.store import anew, audit
from listener.store import incidents as incident_rows
from listener.store.engine import Database, open_database
from listener.telemetry import REDACTION

BEGAN, ENDED = "began to rescore", "rescored"
"""What the audit calls the two ends of a run."""

MOST_AUDITED = 200
"""Incidents in the row of the audit; how many there are in all stands beside them."""

MOST_READ = 10_000
"""Of the newest incidents those that are named by their number."""


def rescore(arguments: argparse.Namespace) -> int:
    """Print what changes, then write it, unless it is a dry run."""
    config = load.load(Path(arguments.config), environ=os.environ)
    REDACTION.learn(config.secrets)
    now = Clock.from_environment().now()
    since = since_when(arguments.since, now=now) if arguments.since else None
    with closing(open_database(config.database, create=False)) as database, Spool() as spool:
        plan = make_plan(config, models_in(database, config))
        wanted = _wanted(config, plan, arguments)
        done = _survey(database, plan, wanted, spool, since=since, now=now)
        with database.read() as connection:
            done = replace(done, unfinished=_unfinished(connection, done.scorer, _asked(arguments)))
        rescored.show(done, form=arguments.format, dry=arguments.dry_run)
        if arguments.dry_run or not done.anew:
            return 0
        _note(database, BEGAN, _began(done, arguments), now)
        written = write(database, spool, monotonic=time.monotonic, sleep=time.sleep)
        facts = {"scorer": done.scorer, "written": written, "left": done.anew - written}
        _note(database, ENDED, facts, Clock.from_environment().now())
    rescored.show_written(facts, form=arguments.format)
    return 0


def _wanted(config: Config, plan: Plan, arguments: argparse.Namespace) -> list[Client]:
    """The clients that are asked for, in the order of the file."""
    lists = dict.fromkeys(one.watch_list for one in plan.clients)
    if arguments.list and arguments.list not in lists:
        raise Refusal(
            f"there is no watch list {arguments.list!r} in {config.path}: it has {', '.join(lists)}",
            code=WRONG,
        )
    named = clients_of(config, arguments.client)
    found = [one for one in named if arguments.list in {None, one.watch_list}]
    if not found:
        raise Refusal(f"{arguments.client} is not in the watch list {arguments.list}", code=WRONG)
    return found


def _survey(
    database: Database,
    plan: Plan,
    wanted: Sequence[Client],
    spool: Spool,
    *,
    since: datetime | None,
    now: datetime,
) -> Outcome:
    with database.read() as connection:
        side = side_of(connection, plan)
        real = incident_rows.listing(connection, since=since, limit=MOST_READ)
        everybody = {one.id for one in plan.clients}
        # Where a part is asked for, what is not in the file is no part of it.
        whole = len(wanted) == len(everybody)
        left_behind = anew.left_behind(connection, everybody, since=since) if whole else 0
    tallies = survey(database, side, wanted, spool, since=since)
    return Outcome(
        scorer=plan.intake.scorer.version,
        clients={one.id: one for one in wanted},
        tallies=tallies,
        told=incidents(database, side, tallies, since=since, until=now),
        real=[one for one in real if one.rule == SPIKE],
        left_behind=left_behind,
    )


def _unfinished(connection: sa.Connection, scorer: str, asked: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the audit says of a run for the same that began and never ended: it knew labels that are written over by now."""
    began, ended = audit.last(connection, BEGAN), audit.last(connection, ENDED)
    if began is None or (ended is not None and ended.id > began.id):
        return None
    same = {"scorer": scorer, **asked}.items() <= began.detail.items()
    return {"at": began.at, **began.detail} if same else None


def _asked(arguments: argparse.Namespace) -> dict[str, Any]:
    """Which part of history, in the words of the command."""
    return {"client": arguments.client, "list": arguments.list, "since": arguments.since}


def _began(done: Outcome, arguments: argparse.Namespace) -> dict[str, Any]:
    """What the audit keeps: the incidents' own rows stay as they were."""
    changed = [one for client_id in done.told for one in rescored.incident_objects(done, client_id)]
    return {
        "scorer": done.scorer,
        **_asked(arguments),
        "matches": done.anew,
        "labels": rescored.by_label(done.moved),
        "incidents_changed": len(changed),
        "incidents": changed[:MOST_AUDITED],
    }


def _note(database: Database, what: str, detail: Mapping[str, Any], now: datetime) -> None:
    with database.write() as connection:
        audit.add(connection, who=whoever(), what=what, detail=detail, now=now)
