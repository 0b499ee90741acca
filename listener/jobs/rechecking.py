"""What has become of stored items: places are asked, some at a time, and what was edited or deleted there is so here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from listener.connector import Trouble
from listener.connector.contract import Rechecked
from listener.connector.purse import purse_for
from listener.connector.target import Target
from listener.connector.visit import Visit
from listener.door.errors import Busy
from listener.jobs.plan import Plan
from listener.polling import revising
from listener.polling.intake import Intake
from listener.polling.poll import Means
from listener.store import configured, rechecks
from listener.telemetry import REDACTION, say

AT_ONCE = 100
"""Items of one question: the most that any place takes."""
NEVER = timedelta(days=36_500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one target: items asked for, and of those what was edited and erased. `trouble` says why it was not all."""

    target: Target
    asked: int = 0
    edited: int = 0
    erased: int = 0
    trouble: str = ""


def recheck(
    means: Means, plan: Plan, *, now: datetime, since: datetime | None = None, most: int | None = None
) -> Iterator[Outcome]:
    """Ask after the stored items of every target whose place can be asked, those that were asked for longest ago first.

    Without `most`, all of them that were fetched from `since` on. With it, so many questions a target at most, and only
    for what was neither fetched nor asked for within the time that its place's terms name: what the daemon does by itself.
    Each answer is written before the next question, so that who is killed has asked for nothing in vain.
    """
    with means.database.read() as connection:
        numbers = configured.by_identity(connection)
    for identity, target in plan.targets.items():
        often = timedelta() if most is None else target.connector.recheck_every or NEVER
        if target.connector.recheck is None or identity not in numbers or often == NEVER:
            continue
        run = _Run(means=means, intake=plan.intake, target=target, number=numbers[identity], now=now)
        yield run.to_its_end(before=now - often, since=since, most=most)


def recheck_some(means: Means, plan: Plan, *, now: datetime) -> None:
    """One question to each place whose terms have us ask, and what came of it in the log."""
    for one in recheck(means, plan, now=now, most=1):
        if one.edited or one.erased or one.trouble:
            say(
                "rechecked",
                kind=one.target.kind,
                asked=one.asked,
                edited=one.edited,
                erased=one.erased,
                trouble=one.trouble,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One target that is asked."""

    means: Means
    intake: Intake
    target: Target
    number: int
    now: datetime

    def to_its_end(self, *, before: datetime, since: datetime | None, most: int | None) -> Outcome:
        done, questions = Outcome(target=self.target), 0
        while most is None or questions < most:
            with self.means.database.read() as connection:
                some = rechecks.waiting(
                    connection, self.number, asked_before=before, since=since, most=AT_ONCE
                )
            if not some:
                break
            questions += 1
            try:
                said = self._ask(list(some.values()))
            except (Trouble, Busy) as error:
                return replace(done, trouble=REDACTION.hide(error.reason))
            done = self._written(done, some, said)
        return done

    def _ask(self, external_ids: list[str]) -> Rechecked:
        connector, options = self.target.connector, self.target.options
        assert connector.recheck is not None
        visit = Visit(
            self.means.door,
            now=self.now,
            validators={},
            robots=self.means.robots,
            apart=self.means.apart,
            purse=purse_for(connector, options, now=self.now, ledger=self.means.ledger),
        )
        return connector.recheck(visit, options, external_ids)

    def _written(self, done: Outcome, some: dict[int, str], said: Rechecked) -> Outcome:
        database = self.means.database
        rewritten = revising.edited(database, self.intake, self.target, said.found)
        with database.write() as connection:
            erased = revising.keep(connection, self.target, rewritten, said.gone, now=self.now)
            rechecks.asked(connection, list(some), now=self.now)
        return replace(
            done,
            asked=done.asked + len(some),
            edited=done.edited + len(rewritten),
            erased=done.erased + erased,
        )
