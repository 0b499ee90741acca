"""`listener check`: what is wrong with a configuration, what is doubtful in it, and whether its examples hold. Asks no network."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from listener.app import Clock, check_model
from listener.cli import FAILED
from listener.cli.output import printable
from listener.config import plan
from listener.config.asked import asked
from listener.config.cases import Failure, failures
from listener.config.config import Config
from listener.config.load import Loaded, loaded
from listener.config.review import Doubtful, review
from listener.scoring.language import language_of
from listener.store import fared
from listener.store.engine import open_database
from listener.store.errors import NoDatabase, StoreError

MOST_LINES = 200
"""Lines of one sort that are printed without --all."""

BY_CLIENT_FROM = 20
"""From so many doubts on they stand under the name of their client."""

LOOKED_BACK = timedelta(days=30)
FEWEST_MARKS = 5
MOST_WRONG = 1 / 3
"""A query is doubtful when so many of its mentions were marked as not about the client, and they are that share."""


def check(arguments: argparse.Namespace) -> int:
    """Mistakes exit 2 (they are raised), an example that does not hold exits 1, and so does a warning with --strict."""
    read = loaded(Path(arguments.config), environ=os.environ)
    check_model(read.config)
    most = None if arguments.all else MOST_LINES
    doubts = [*review(read), *_history(read, now=Clock.from_environment().now())]
    warnings = len(read.config.warnings) + len(doubts)
    _show([f"warning: {warning}" for warning in read.config.warnings], most)
    _show(list(_doubtful(doubts)), most)
    _show(_widened(read.config), most)
    count, failed = failures(read, language_of)
    _show([line for failure in failed for line in _failure(failure)], most)
    _summary(read.config, count=count, failed=len(failed), warnings=warnings)
    return FAILED if failed or (arguments.strict and warnings) else 0


def _show(lines: Sequence[str], most: int | None) -> None:
    for line in lines[:most]:
        print(line)
    if most is not None and len(lines) > most:
        print(f"… and {len(lines) - most} more: `listener check --all` prints them")
    if lines:
        print()


def _doubtful(doubts: list[Doubtful]) -> Iterator[str]:
    """One line each; where they are many, under the client's name."""
    if len(doubts) < BY_CLIENT_FROM:
        yield from (f"warning: {one.said}" for one in doubts)
        return
    by_client: dict[str, list[Doubtful]] = {}
    for one in doubts:
        by_client.setdefault(one.client, []).append(one)
    for client, some in by_client.items():
        yield printable(client)
        yield from (f"    warning: {one.said}" for one in some)


def _failure(failure: Failure) -> Iterator[str]:
    yield f"failed: {failure.said}"
    yield f"    {printable(failure.why)}"


def _widened(config: Config) -> list[str]:
    """Where a place is asked for more than the query says: what comes is matched by the query all the same."""
    names = {client.id: client.name for client in plan.clients(config)}
    return [
        printable(f"{one.kind} is asked for more than {names[one.client_id]}: {' '.join(one.sentences)}")
        for one in plan.widened(config)
    ]


def _history(read: Loaded, *, now: datetime) -> list[Doubtful]:
    """What a database that is there already says of the queries; without one, nothing, and none is made."""
    try:
        silent, wrong = _fared(read.config, now=now)
    except NoDatabase:
        return []
    except StoreError as error:
        print(f"the database was not looked at: {error}\n")
        return []
    queries = {one.client.key: one for one in asked(read.config)}
    said = [(one, _NOTHING) for one in silent]
    said += [(one.client_id, _wrong(one)) for one in wrong if _is_doubtful(one)]
    return [
        Doubtful(client=one.client.name, said=read.said_of(one.place, sentence))
        for client, sentence in said
        if (one := queries.get(client))
    ]


def _fared(config: Config, *, now: datetime) -> tuple[list[str], list[fared.TakenBack]]:
    database = open_database(config.database, create=False)
    try:
        with database.read() as connection:
            since = now - LOOKED_BACK
            return fared.silent(connection, since=since, now=now), fared.taken_back(connection, since=since)
    finally:
        database.close()


_NOTHING = (
    f"nothing has matched this in {LOOKED_BACK.days} days, though its sources could hear: "
    "look at how people write of the client, and add that as an alias or to the query"
)


def _is_doubtful(one: fared.TakenBack) -> bool:
    return one.wrong_count >= FEWEST_MARKS and one.wrong_count >= MOST_WRONG * one.heard_count


def _wrong(one: fared.TakenBack) -> str:
    return (
        f"{one.wrong_count} of {one.heard_count} mentions of the last {LOOKED_BACK.days} days were marked as not about it: "
        "add a context that keeps such texts out, or ask for more than the name"
    )


def _summary(config: Config, *, count: int, failed: int, warnings: int) -> None:
    if count:
        print(f"examples: {count - failed} of {count} hold" if failed else f"examples: all {count} hold")
    if warnings:
        print(f"warnings: {warnings}")
    clients = sum(len(one.clients) for one in config.watch_lists)
    places = f"{_many(clients, 'client')}, {_many(len(plan.targets(config)), 'place')} to poll"
    print(f"{config.path}: {places}, {_receivers(config)}")


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _receivers(config: Config) -> str:
    on = [name for name, receiver in config.receivers.items() if receiver.off is None]
    return (
        f"receivers on: {', '.join(on)}"
        if on
        else "no receiver is on: alerts go to the log and `listener incidents`"
    )
