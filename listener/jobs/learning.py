"""Learning from corrections: per watch list, when enough new ones came; in a child process that can be killed, between the rounds.

Training loads numpy and scikit-learn, which the daemon need not carry: the child does, and is let go when it is idle.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.util import find_spec

import sqlalchemy as sa

from listener.connector.apart import Runner
from listener.connector.contract import TryLater
from listener.domain.client import Client
from listener.domain.sentiment import Label
from listener.scoring import modelfile
from listener.scoring.base import version as base_version
from listener.scoring.figures import Figures
from listener.scoring.taught import Version
from listener.store import audit, corrections, models
from listener.store.engine import Database
from listener.telemetry import say

HOW_TO_INSTALL = "pip install 'client-listener[learn]' (in a checkout: make learn)"

NEW_FROM = 20
"""New corrections from which on a list is learned again by itself, or a tenth of what it learned from, if that is more."""

DEADLINE_S = 300.0
MEMORY_MB = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What one training came to; `number` is its version in the database."""

    watch_list: str
    number: int
    figures: Figures


def able_to_learn() -> bool:
    """Whether the extra `learn` is installed."""
    return find_spec("sklearn") is not None


def due(database: Database, clients: Iterable[Client]) -> dict[str, int]:
    """The watch lists with enough corrections that nothing was learned from yet, or whose model leans on another base.

    Each with the number of its newest correction.
    """
    lists = dict.fromkeys(client.watch_list for client in clients)
    with database.read() as connection:
        there = corrections.newest(connection)
        return {name: there[name][0] for name in lists if name in there and _is_due(connection, name)}


def _is_due(connection: sa.Connection, watch_list: str) -> bool:
    last = models.newest(connection, watch_list)
    if last is None:
        return corrections.since(connection, watch_list, 0) >= NEW_FROM
    if last.figures.get("scorer") != base_version():
        return True
    enough = max(NEW_FROM, int(last.figures.get("corrections", 0)) // 10)
    return corrections.since(connection, watch_list, last.last_correction_id) >= enough


def learn(
    database: Database, clients: Iterable[Client], watch_list: str, runner: Runner, *, who: str, now: datetime
) -> Learnt:
    """Train on what stands for this list, and keep what came of it; taken over where it is better. Raises TryLater."""
    by_id = {client.id: client for client in clients}
    with database.read() as connection:
        last, _ = corrections.newest(connection).get(watch_list, (0, 0))
        those = corrections.examples(connection, watch_list)
    lines: list[Line] = [
        (one.text, one.title, by_id[one.client_id], one.language, one.label)
        for one in those
        if one.client_id in by_id
    ]
    figures, content = runner.run(trained, lines, deadline_s=DEADLINE_S)
    with database.write() as connection:
        number = models.add(
            connection,
            watch_list=watch_list,
            last_correction_id=last,
            figures={**asdict(figures), "scorer": base_version()},
            content=content,
            now=now,
        )
        detail = {"watch_list": watch_list, "version": number, "found": figures.sentence}
        audit.add(connection, who=who, what="learned from corrections", detail=detail, now=now)
    return Learnt(watch_list=watch_list, number=number, figures=figures)


Line = tuple[str, str | None, Client, str | None, Label]
"""Text, title, client, language and label of a correction, as they go to the child."""


def trained(lines: Sequence[Line]) -> tuple[Figures, tuple[str, str] | None]:
    """What the child does: the figures, and the model as text with its checksum where it is taken over."""
    from listener.scoring.training import Taught, train

    made = train(
        [
            Taught(text=text, title=title, client=client, language=language, label=label)
            for text, title, client, language, label in lines
        ]
    )
    return made.figures, None if made.model is None else modelfile.written(made.model)


def loaded(database: Database) -> tuple[Mapping[str, Version], Mapping[str, str]]:
    """The models that count, by watch list, and why those that should cannot be used."""
    with database.read() as connection:
        stored = models.active(connection)
    usable: dict[str, Version] = {}
    unusable: dict[str, str] = {}
    for one in stored:
        try:
            model = modelfile.read(one.text or "", one.checksum or "", base=base_version())
        except modelfile.Unusable as reason:
            unusable[one.watch_list] = (
                f"model {one.version} of {one.watch_list} is not used, the base alone is: {reason}"
            )
        else:
            count = one.figures.get("corrections", 0)
            usable[one.watch_list] = Version(number=one.version, corrections=count, model=model)
    return usable, unusable


@dataclass(slots=True, kw_only=True)
class Learner:
    """What the daemon learns by. It says once what it lacks, and does not try the same corrections twice where they overwhelm it."""

    database: Database
    runner: Runner
    clock: Callable[[], datetime]
    _said: bool = False
    _overwhelmed_by: dict[str, int] = field(default_factory=dict)

    def step(self, clients: Sequence[Client]) -> bool:
        """Learn for one list that is due; False where none is."""
        waiting = {
            name: last
            for name, last in due(self.database, clients).items()
            if self._overwhelmed_by.get(name) != last
        }
        if not waiting or not self._is_able(waiting):
            return False
        name, last = next(iter(waiting.items()))
        try:
            made = learn(self.database, clients, name, self.runner, who="daemon", now=self.clock())
        except TryLater as trouble:
            self._overwhelmed_by[name] = last
            say("not-learned", level=logging.WARNING, list=name, reason=trouble)
            return False
        say("learned", list=name, model=made.number, found=made.figures.sentence)
        return True

    def _is_able(self, waiting: Iterable[str]) -> bool:
        if able_to_learn():
            return True
        if not self._said:
            say("cannot-learn", level=logging.WARNING, lists=",".join(waiting), remedy=HOW_TO_INSTALL)
        self._said = True
        return False
