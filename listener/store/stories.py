"""Which story each item tells that is about to be stored: the oldest that shares a key with it or of which it is a near copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from listener.domain.sketch import Sketch
from listener.store import sketches
from listener.store.chunks import chunks
from listener.store.tables import stories, story_keys
from listener.store.upsert import insert_new

_UNBORN = 1 << 62
"""New stories are numbered from here until the database has given them an id: behind all that stand."""

_ONE_AT_A_TIME = 0x53_54_4F_52  # any number that no other advisory lock has


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What of an item says which story it tells. `sketch` is None for short texts and boilerplate."""

    keys: tuple[bytes, ...] = ()
    sketch: Sketch | None = None
    article: bool = False


def alone(connection: sa.Connection) -> None:
    """Let no other process choose stories until this transaction ends, so that copies that arrive at once find each other.

    SQLite has one writer anyway. On PostgreSQL two transactions do not see each other's rows: without this, two copies
    in the same instant would be two stories for ever. To be called before any row is locked.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))


def choose(connection: sa.Connection, tellings: Sequence[Telling], *, now: datetime) -> list[int]:
    """The id of the story that each of these tells, in order; those that belong to none begin one."""
    held = _held(connection, {key for telling in tellings for key in telling.keys})
    before = frozenset(held)
    shelf = sketches.shelf(connection, [telling.sketch for telling in tellings if telling.sketch])
    chosen: list[int] = []
    unborn = 0
    for telling in tellings:
        copies = shelf.copies(telling.sketch, article=telling.article) if telling.sketch else []
        known = [*(held[key] for key in telling.keys if key in held), *(copy.story for copy in copies)]
        story = min(known, default=_UNBORN + unborn)
        unborn += not known
        for key in telling.keys:
            held.setdefault(key, story)
        if telling.sketch:
            shelf.put(telling.sketch, article=telling.article, story=story, copies=copies)
        chosen.append(story)
    born = _new(connection, unborn, now)

    def real(story: int) -> int:
        return born[story - _UNBORN] if story >= _UNBORN else story

    insert_new(
        connection,
        story_keys,
        [{"key": key, "story_id": real(story)} for key, story in held.items() if key not in before],
    )
    added = [(replace(one, story=real(one.story)), free) for one, free in shelf.added]
    sketches.keep(connection, added, told=shelf.told, now=now)
    return [real(story) for story in chosen]


def _held(connection: sa.Connection, keys: set[bytes]) -> dict[bytes, int]:
    held: dict[bytes, int] = {}
    for some in chunks(sorted(keys)):
        rows = connection.execute(
            sa.select(story_keys.c.key, story_keys.c.story_id).where(story_keys.c.key.in_(some))
        )
        held.update((bytes(row.key), row.story_id) for row in rows)
    return held


def _new(connection: sa.Connection, count: int, now: datetime) -> list[int]:
    if not count:
        return []
    statement = sa.insert(stories).returning(stories.c.id)
    return sorted(connection.execute(statement, [{"first_at": now}] * count).scalars())
