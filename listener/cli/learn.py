"""`listener learn`: trains on the corrections of each watch list, says what it found, and can go back."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from listener.app import Clock, make_base
from listener.cli import WRONG, Refusal
from listener.cli.output import printable
from listener.cli.who import whoever
from listener.config import load, plan
from listener.config.config import Config
from listener.connector.apart import Apart
from listener.connector.contract import TryLater
from listener.jobs import learning
from listener.jobs.learning import HOW_TO_INSTALL, able_to_learn, learn, loaded
from listener.store import audit, corrections, models
from listener.store.engine import Database, open_database
from listener.telemetry import REDACTION


def learn_now(arguments: argparse.Namespace) -> int:
    """Train, or go back, for the watch lists that are asked for."""
    config = load.load(Path(arguments.config), environ=os.environ)
    REDACTION.learn(config.secrets)
    lists = _lists(config, arguments.list)
    with closing(open_database(config.database, create=False)) as database:
        if arguments.rollback:
            return _roll_back(database, lists)
        for reason in loaded(database, make_base(config))[1].values():
            print(printable(reason))
        return _learn(database, config, lists)


def _lists(config: Config, name: str | None) -> list[str]:
    there = [one.name for one in config.watch_lists]
    if name is None:
        return there
    if name not in there:
        raise Refusal(
            f"there is no watch list {name!r} in {config.path}: it has {', '.join(there)}", code=WRONG
        )
    return [name]


def _learn(database: Database, config: Config, lists: Sequence[str]) -> int:
    with database.read() as connection:
        there = corrections.newest(connection)
    for name in lists:
        if name not in there:
            print(printable(f"{name}: nobody has corrected a label yet (listener label MENTION_ID LABEL)"))
    corrected = [name for name in lists if name in there]
    if corrected and not able_to_learn():
        raise Refusal(f"learning from corrections needs scikit-learn: {HOW_TO_INSTALL}")
    apart = Apart(deadline_s=learning.DEADLINE_S, memory_mb=learning.MEMORY_MB)
    try:
        for name in corrected:
            now = Clock.from_environment().now()
            made = learn(
                database,
                plan.clients(config),
                name,
                apart,
                base=make_base(config),
                who=whoever(),
                now=now,
            )
            print(printable(f"{name}: {made.figures.sentence} (model {made.number})"))
    except TryLater as trouble:
        raise Refusal(str(trouble)) from None
    finally:
        apart.close()
    return 0


def _roll_back(database: Database, lists: Sequence[str]) -> int:
    went_back = 0
    for name in lists:
        with database.write() as connection:
            was, now = models.roll_back(connection, name)
            if was is not None:
                went_back += 1
                detail = {"watch_list": name, "from": was, "to": now}
                audit.add(
                    connection,
                    who=whoever(),
                    what="rolled a model back",
                    detail=detail,
                    now=Clock.from_environment().now(),
                )
        print(printable(f"{name}: {_told(was, now)}"))
    return 0 if went_back else 1


def _told(was: int | None, now: int | None) -> str:
    if was is None:
        return "no model counts, so there is nothing to go back from: the base alone labels"
    if now is None:
        return (
            f"model {was} counts no more; the base alone labels. A running daemon takes that over by itself"
        )
    return f"model {was} counts no more, model {now} does. A running daemon takes that over by itself"
