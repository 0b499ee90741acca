"""Learning from corrections: per watch list, when enough new ones came; in a child process that can be killed, between the rounds.

Training loads numpy and scikit-learn, which the daemon need not carry: the child does, and is let go when it is idle.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from importlib.util import find_spec

import sqlalchemy as sa

from listener.connector.apart import Runner
from listener.connector.contract import TryLater
from listener.domain.client import Client
from listener.domain.sentiment import Ask
from listener.scoring import modelfile
from listener.scoring.figures import Figures
from listener.scoring.lessons import Correction
from listener.scoring.taught import Version
from listener.scoring.weighed import Weigher
from listener.store import audit, corrections, models
from listener.store.corrections import Example
from listener.store.engine import Database
from listener.telemetry import boundary, say

HOW_TO_INSTALL = "pip install 'client-listener[learn]' (in a checkout: make learn)"

NEW_FROM = 20
"""New corrections from which on a list is learned again by itself, or a tenth of what it learned from, if that is more."""

MOST_TRIES = 3
"""How often training on the same corrections may be cut off before more of them are waited for."""

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


def due(database: Database, clients: Iterable[Client], base: Weigher) -> dict[str, int]:
    """The watch lists with enough corrections that nothing was learned from yet, or whose model leans on another base.

    Each with the number of its newest correction.
    """
    lists = dict.fromkeys(client.watch_list for client in clients)
    with database.read() as connection:
        there = corrections.newest(connection)
        return {name: there[name][0] for name in lists if name in there and _is_due(connection, name, base)}


def _is_due(connection: sa.Connection, watch_list: str, base: Weigher) -> bool:
    last = models.newest(connection, watch_list)
    if last is None:
        return corrections.since(connection, watch_list, 0) >= NEW_FROM
    if last.figures.get("scorer") != base.version:
        return True
    enough = max(NEW_FROM, int(last.figures.get("corrections", 0)) // 10)
    return corrections.since(connection, watch_list, last.last_correction_id) >= enough


def learn(
    database: Database,
    clients: Iterable[Client],
    watch_list: str,
    runner: Runner,
    *,
    base: Weigher,
    who: str,
    now: datetime,
) -> Learnt:
    """Train on what stands for this list, leaning on `base`, and keep what came of it; taken over where it is better.

    Raises TryLater.
    """
    by_id = {client.id: client for client in clients}
    with database.read() as connection:
        last, _ = corrections.newest(connection).get(watch_list, (0, 0))
        those = corrections.examples(connection, watch_list)
    lines = _weighed([one for one in those if one.client_id in by_id], by_id, base)
    figures, content = runner.run(trained, lines, base.version, deadline_s=DEADLINE_S)
    with database.write() as connection:
        number = models.add(
            connection,
            watch_list=watch_list,
            last_correction_id=last,
            figures={**asdict(figures), "scorer": base.version},
            content=content,
            now=now,
        )
        detail = {"watch_list": watch_list, "version": number, "found": figures.sentence}
        audit.add(connection, who=who, what="learned from corrections", detail=detail, now=now)
    return Learnt(watch_list=watch_list, number=number, figures=figures)


def _weighed(those: Sequence[Example], by_id: Mapping[str, Client], base: Weigher) -> list[Correction]:
    """As they go to the child, which has no such base: plain numbers, and no reasons."""
    asks = [
        Ask(text=one.text, title=one.title, client=by_id[one.client_id], language=one.language)
        for one in those
    ]
    return [
        Correction(weighed=replace(made, features=dict(made.features), reasons=()), label=one.label)
        for one, made in zip(those, base.weigh_all(asks), strict=True)
    ]


def trained(those: Sequence[Correction], base: str) -> tuple[Figures, tuple[str, str] | None]:
    """What the child does: the figures, and the model as text with its checksum where it is taken over."""
    from listener.scoring.training import train_on

    boundary("training")
    made = train_on(those, given=len(those), base=base)
    return made.figures, None if made.model is None else modelfile.written(made.model)


def loaded(database: Database, base: Weigher) -> tuple[Mapping[str, Version], Mapping[str, str]]:
    """The models that count, by watch list, and why those that should cannot be used: they must lean on this base."""
    with database.read() as connection:
        stored = models.active(connection)
    usable: dict[str, Version] = {}
    unusable: dict[str, str] = {}
    for one in stored:
        try:
            model = modelfile.read(one.text or "", one.checksum or "", base=base.version)
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
    """What the daemon learns by. It says once what it lacks, and tries the same corrections MOST_TRIES times where its child is killed."""

    database: Database
    runner: Runner
    clock: Callable[[], datetime]
    _said: bool = False
    _cut_off: Counter[tuple[str, int]] = field(default_factory=Counter)

    def step(self, clients: Sequence[Client], base: Weigher) -> bool:
        """Learn for one list that is due; False where none is."""
        waiting = {
            name: last
            for name, last in due(self.database, clients, base).items()
            if self._cut_off[name, last] < MOST_TRIES
        }
        if not waiting or not self._is_able(waiting):
            return False
        name, last = next(iter(waiting.items()))
        try:
            made = learn(self.database, clients, name, self.runner, base=base, who="daemon", now=self.clock())
        except TryLater as trouble:
            self._cut_off[name, last] += 1
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
