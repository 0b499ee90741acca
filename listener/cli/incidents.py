"""`listener incidents`: what goes on, who has it, and what a person does about it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from listener.alerting import incidents as answers
from listener.alerting.incidents import ByClient, NotDone
from listener.app import Clock
from listener.cli import Refusal
from listener.cli.output import cell, printable, write
from listener.cli.show import reading
from listener.cli.who import speaks
from listener.config import load, plan
from listener.config.config import Config
from listener.store import changes
from listener.store import incidents as rows
from listener.store.changes import Change
from listener.store.engine import Database, open_database
from listener.store.incidents import Incident
from listener.telemetry import REDACTION

TABLE_MOST = 100
COLUMNS = ("id", "client", "state", "severity", "owner", "taken_by", "opened_at", "resolved_at", "proof")


def listed(arguments: argparse.Namespace) -> int:
    """Print the incidents, those that go on first, then the newest; a table has the first of them, the other forms have all."""
    config = load.load(Path(arguments.config), environ=os.environ)
    watched = _by_any_name(config)
    limit = TABLE_MOST if arguments.format == "table" and not arguments.all else None
    with reading(config) as connection:
        found, number = rows.shown(connection, limit=limit)
    write((_row(one, watched) for one in found), form=arguments.format, columns=COLUMNS)
    if limit is not None and (more := number - len(found)) > 0:
        print(
            f"… and {more:,} more: `listener incidents --all` shows them, `--format jsonl` and csv have all"
        )
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Print one incident with all that happened to it."""
    config = load.load(Path(arguments.config), environ=os.environ)
    with reading(config) as connection:
        one = rows.get(connection, arguments.id)
        happened = changes.of(connection, arguments.id)
    if one is None:
        raise Refusal(f"there is no incident {arguments.id}: `listener incidents` has their numbers")
    row = _row(one, _by_any_name(config))
    if arguments.format == "jsonl":
        write([{**row, "changes": [_plain(change) for change in happened]}], form="jsonl", columns=())
        return 0
    for name in ("client", "state", "severity", "owner", "taken_by", "closed_by", "opened_at", "resolved_at"):
        if (said := printable(cell(row[name]))) != "":
            print(f"{name.replace('_', ' '):<12}{said}")
    print(f"{'proof':<12}{row['proof']}\n")
    told = ({**_plain(change), "at": change.at} for change in happened)
    write(told, form="table", columns=("at", "who", "what", "why"))
    return 0


def take(arguments: argparse.Namespace) -> int:
    """Take an incident; whoever heard of it is told."""

    def by(database: Database, watched: ByClient, who: str) -> Incident:
        return answers.take(database, watched, arguments.id, who=who, now=Clock.from_environment().now())

    one = _answered(arguments, by)
    print(printable(f"{one.taken_by} has incident {one.id} now; whoever heard of it is told"))
    return 0


def close(arguments: argparse.Namespace) -> int:
    """Close an incident, with the reason."""

    def by(database: Database, watched: ByClient, who: str) -> Incident:
        now = Clock.from_environment().now()
        return answers.close(database, watched, arguments.id, who=who, why=arguments.why, now=now)

    one = _answered(arguments, by)
    print(printable(f"incident {one.id} is closed by {one.closed_by}; whoever heard of it is told"))
    return 0


def note(arguments: argparse.Namespace) -> int:
    """Keep a word on an incident."""

    def by(database: Database, watched: ByClient, who: str) -> Incident:
        now = Clock.from_environment().now()
        return answers.note(database, watched, arguments.id, who=who, text=arguments.text, now=now)

    one = _answered(arguments, by)
    print(f"noted with incident {one.id}; whoever heard of it is told")
    return 0


def _answered(arguments: argparse.Namespace, how: Callable[[Database, ByClient, str], Incident]) -> Incident:
    config = load.load(Path(arguments.config), environ=os.environ)
    REDACTION.learn(config.secrets)
    who = speaks(config, arguments.who)
    with closing(open_database(config.database, create=False)) as database:
        try:
            return how(database, plan.watched(config), who)
        except NotDone as not_done:
            raise Refusal(str(not_done)) from None


def _row(one: Incident, watched: Mapping[str, tuple[str, str | None]]) -> dict[str, Any]:
    name, owner = watched.get(one.client_id, (one.client_id, None))
    return {
        "id": one.id,
        "client": name,
        "state": one.state,
        "severity": one.severity,
        "owner": owner,
        "taken_by": one.taken_by,
        "taken_at": one.taken_at,
        "closed_by": one.closed_by,
        "opened_at": one.opened_at,
        "resolved_at": one.resolved_at,
        "rule": one.rule,
        "people": one.evidence.get("people"),
        "stories": one.evidence.get("stories"),
        "usual": "–".join(dict.fromkeys(str(n) for n in one.evidence.get("usual", []))),
        "evidence": one.evidence,
        "proof": _proof(one.evidence),
    }


def _by_any_name(config: Config) -> dict[str, tuple[str, str | None]]:
    """Name and owner of each client by its id."""
    return {id_: (one.client.name, one.owner) for id_, one in plan.watched(config).items()}


def _plain(change: Change) -> dict[str, Any]:
    return {
        "at": change.at.isoformat(),
        "who": change.who or "listener",
        "what": change.what,
        "why": change.why,
        "detail": change.detail,
    }


def _proof(evidence: dict[str, Any]) -> str:
    low, high = evidence.get("usual", (0, 0))
    return (
        f"{evidence.get('people')} people, {evidence.get('stories')} stories in {evidence.get('window_h'):g} h; "
        f"usual {low if low == high else f'{low}–{high}'}"
    )
