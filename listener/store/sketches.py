"""The sketches of what was told, so that near copies are found by any process that shares the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from listener.domain import sketch as domain
from listener.domain.sketch import Sketch
from listener.store import tables
from listener.store.chunks import chunks
from listener.store.upsert import insert_new

OWN_WORDING = 0.8
"""Shared wording under which a copy is remembered too, to know others by; one that is closer brings nothing new."""

CROWDED = 10
"""Sketches that share a band from which on it takes no more: thousands of reports of one template must not all be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A sketch that stands in the table, or will. `id` is 0 until it does."""

    id: int = 0
    story: int
    article: bool
    sketch: Sketch


class Shelf:
    """The sketches that some texts may be copies of, and those that they add."""

    def __init__(self, held: Iterable[tuple[int, Held]] = ()) -> None:
        """`held` are pairs of a band and a sketch that has it."""
        self._by_band: dict[int, list[Held]] = {}
        for band, one in held:
            self._by_band.setdefault(band, []).append(one)
        self.added: list[tuple[Held, tuple[int, ...]]] = []
        self.told: set[int] = set()

    def copies(self, sketch: Sketch, *, article: bool) -> list[Held]:
        """What tells the same story as this text."""
        candidates = {id(held): held for band in sketch.bands for held in self._by_band.get(band, ())}
        return [
            held
            for held in candidates.values()
            if domain.is_near(sketch, held.sketch, articles=article and held.article)
        ]

    def put(self, sketch: Sketch, *, article: bool, story: int, copies: Sequence[Held]) -> None:
        """Remember this text of a story, of which these are copies, unless they are so close that they will do."""
        self.told.update(copy.id for copy in copies if copy.id)
        if any(domain.resemblance(sketch, copy.sketch) >= OWN_WORDING for copy in copies):
            return
        held = Held(story=story, article=article, sketch=sketch)
        free = tuple(band for band in sketch.bands if len(self._by_band.get(band, ())) < CROWDED)
        for band in free:
            self._by_band.setdefault(band, []).append(held)
        self.added.append((held, free))


def shelf(connection: sa.Connection, sketches: Iterable[Sketch]) -> Shelf:
    """What stands in the table that shares a band with one of these."""
    pairs = list(_sharing(connection, {band for one in sketches for band in one.bands}))
    held = {one.id: one for one in _held(connection, {sketch_id for _, sketch_id in pairs})}
    return Shelf((band, held[sketch_id]) for band, sketch_id in pairs if sketch_id in held)


def keep(
    connection: sa.Connection,
    added: Sequence[tuple[Held, tuple[int, ...]]],
    *,
    told: Iterable[int],
    now: datetime,
) -> None:
    """Write the sketches with their bands, and that those of `told` were told again."""
    rows = [
        {
            "story_id": held.story,
            "article": held.article,
            "length": held.sketch.length,
            "slots": held.sketch.slots,
            "particulars": held.sketch.particulars,
            "heroes": held.sketch.heroes,
            "told_at": now,
        }
        for held, _ in added
    ]
    if rows:
        statement = sa.insert(tables.sketches).returning(tables.sketches.c.id, sort_by_parameter_order=True)
        ids = connection.execute(statement, rows).scalars().all()
        bands = [
            {"key": band, "sketch_id": sketch_id}
            for sketch_id, (_, free) in zip(ids, added, strict=True)
            for band in free
        ]
        insert_new(connection, tables.bands, bands)
    for some in chunks(sorted(told)):
        connection.execute(
            sa.update(tables.sketches).where(tables.sketches.c.id.in_(some)).values(told_at=now)
        )


def forget(connection: sa.Connection, *, before: datetime, most: int) -> int:
    """Delete at most so many sketches of what was told for the last time before then, with their bands; returns how many."""
    rows = connection.execute(
        sa.select(tables.sketches.c.id, tables.sketches.c.slots)
        .where(tables.sketches.c.told_at < before)
        .order_by(tables.sketches.c.told_at)
        .limit(most)
    ).all()
    if rows:
        gone = [{"band": band, "sketch": row.id} for row in rows for band in domain.bands(bytes(row.slots))]
        connection.execute(
            sa.delete(tables.bands).where(
                tables.bands.c.key == sa.bindparam("band"), tables.bands.c.sketch_id == sa.bindparam("sketch")
            ),
            gone,
        )
        for some in chunks([row.id for row in rows]):
            connection.execute(sa.delete(tables.sketches).where(tables.sketches.c.id.in_(some)))
    return len(rows)


def _sharing(connection: sa.Connection, bands: set[int]) -> Iterator[tuple[int, int]]:
    """Pairs of a band and the id of a sketch that has it."""
    for some in chunks(sorted(bands)):
        rows = connection.execute(
            sa.select(tables.bands.c.key, tables.bands.c.sketch_id).where(tables.bands.c.key.in_(some))
        )
        yield from ((row.key, row.sketch_id) for row in rows)


def _held(connection: sa.Connection, ids: set[int]) -> Iterator[Held]:
    for some in chunks(sorted(ids)):
        rows = connection.execute(sa.select(tables.sketches).where(tables.sketches.c.id.in_(some)))
        for row in rows:
            kept = Sketch(
                length=row.length,
                slots=bytes(row.slots),
                particulars=bytes(row.particulars),
                heroes=row.heroes,
            )
            yield Held(id=row.id, story=row.story_id, article=row.article, sketch=kept)
