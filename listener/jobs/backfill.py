"""What is stored, asked by queries that are new: what matches is kept as backfill, a page at a time, between the rounds.

A client that joins, or whose query or context changed, finds what its list's sources brought before. None of it is a voice or
counted. Only what came from places that are read for the client is asked: another's own place stays another's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import sqlalchemy as sa

from listener.connector.target import Target
from listener.domain.found import Found
from listener.jobs.plan import Plan
from listener.store import asked_back, configured, matches, mentions, stored
from listener.store.asked_back import Waiting
from listener.store.engine import Database
from listener.store.matches import Offer
from listener.store.mentions import Incoming
from listener.store.stored import Kept
from listener.telemetry import boundary, say

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    """One page of what is stored; `is_last` where nothing comes after it."""

    those: Waiting
    kept: Sequence[Kept]
    targets: dict[int, Target]

    @property
    def is_last(self) -> bool:
        return not self.targets or len(self.kept) < PAGE


def step(database: Database, plan: Plan) -> bool:
    """Ask the next page, and write what matches with how far it came, in one transaction. False where nothing waits any more.

    A death in between costs one page of work: what is stored already is not stored again.
    """
    leaf = _leaf(database, plan)
    if leaf is None:
        return False
    found = _asked(database, plan, leaf)
    with database.write() as connection:
        added = matches.add(connection, list(_offers(connection, found))).matches
        if leaf.is_last:
            asked_back.finish(connection, leaf.those)
        else:
            asked_back.move(connection, leaf.those, leaf.kept[-1].mention_id)
        boundary("asking-back")
    if added:
        say("asked-back", clients=len(leaf.those), matches=added)
    return True


def _leaf(database: Database, plan: Plan) -> _Leaf | None:
    """The next page for the clients that wait; None where none does."""
    known = {client.id for client in plan.clients}
    with database.read() as connection:
        those = {id_: at for id_, at in asked_back.waiting(connection).items() if id_ in known}
        if not those:
            return None
        ids = configured.by_identity(connection)
        targets = {
            ids[identity]: target
            for identity, target in plan.targets.items()
            if identity in ids and not those.keys().isdisjoint(target.clients)
        }
        after = asked_back.reached(connection, those)
        kept = list(islice(stored.all_kept(connection, after=after), PAGE)) if targets else []
    return _Leaf(those=those, kept=kept, targets=targets)


def _asked(database: Database, plan: Plan, leaf: _Leaf) -> list[Incoming]:
    """What matches a client that waits and is not stored about it yet, as the intake judges it."""
    by_target: dict[int, list[Found]] = {}
    for one in leaf.kept:
        if one.target_id in leaf.targets:
            by_target.setdefault(one.target_id, []).append(one.found)
    judged = (
        one
        for target_id, page in by_target.items()
        for one in plan.intake.judge(database, leaf.targets[target_id], page)
    )
    return [
        replace(one, judged=new)
        for one in judged
        if (new := tuple(each for each in one.judged if each.client_id in leaf.those))
    ]


def _offers(connection: sa.Connection, found: Sequence[Incoming]) -> Iterator[Offer]:
    """Matches of what is still there: what was forgotten meanwhile stays away."""
    there = mentions.known(connection, (one.identity for one in found))
    for one in found:
        mention_id = there.get(one.identity)
        if mention_id is None:
            continue
        for judged in one.judged:
            yield Offer(
                mention_id=mention_id,
                client_id=judged.client_id,
                score=judged.score,
                own=judged.own,
                backfill=True,
                explanation=judged.explanation,
            )
