"""Voices decided again after labels changed: only those that hang on the change, each in its place in the order of storing.

matches.relabel decides all later ones of a client again, which is plain, and right for one label. For a page of a long history
that would be all of it for every page; here what a change cannot reach is not even read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any

import sqlalchemy as sa

from listener.domain.voices import ALONE_FOR, Side, Testimony
from listener.store.chunks import chunks
from listener.store.tables import matches, mentions

LAST = 1 << 62
"""Behind every match id."""

COLUMN = {"negative": matches.c.voice, "positive": matches.c.praise}
"""Where it is written that a match is a voice of this side."""


TESTIMONY = (
    matches.c.id,
    *(matches.c[name] for name in ("counted_at", "label", "own", "backfill", "voice", "praise")),
    mentions.c.witness,
    mentions.c.story_id,
)
"""The columns of a match and its mention that `as_testimony` reads."""


def as_testimony(row: sa.Row[Any]) -> Testimony:
    """What of a match with its mention's witness and story decides whether it is a voice."""
    return Testimony(
        counted_at=row.counted_at,
        witness=row.witness,
        story=row.story_id,
        label=row.label,
        own=row.own,
        backfill=row.backfill,
        voice=row.voice,
        praise=row.praise,
    )


def decided_again(
    connection: sa.Connection, client_id: str, changed: Mapping[int, Testimony], *, side: Side
) -> dict[int, Testimony]:
    """After these matches of one client got their labels: the matches that become or cease to be voices of this side, as they are from now on.

    `changed` holds the new label and the voice as it stands; the labels must be written, the voices are for the caller to
    write. A match is a voice by those stored before it alone, so what changes is decided from the first one on, and only
    its neighbours (same witness or story, within a day) are asked next.
    """
    known = _Known(connection=connection, client_id=client_id, side=side, lines=dict(changed))
    waiting = [number for number, one in changed.items() if one.speaks(side) or one.is_voice(side)]
    heapify(waiting)
    turned: dict[int, Testimony] = {}
    while waiting:
        if waiting[0] not in known.whole:
            known.learn(set(waiting))
        number = heappop(waiting)
        line = known.lines[number]
        beside = known.beside(line)
        voice = line.speaks(side) and not any(
            known.lines[one].is_voice(side) for one in beside if one < number
        )
        if voice == line.is_voice(side):
            continue
        known.lines[number] = turned[number] = line.as_voice(side, voice)
        for one in beside:
            if one > number and known.lines[one].speaks(side):
                heappush(waiting, one)
    return turned


@dataclass(slots=True, kw_only=True)
class _Known:
    """What has been read of one client: `lines` by match, and the matches in `whole` with all their neighbours."""

    connection: sa.Connection
    client_id: str
    side: Side
    lines: dict[int, Testimony]
    whole: set[int] = field(default_factory=set)
    _places: dict[str | int, list[tuple[datetime, int]]] = field(default_factory=dict)
    _placed: set[int] = field(default_factory=set)

    def learn(self, numbers: Collection[int]) -> None:
        """Read the neighbours of these."""
        new = [self.lines[number] for number in numbers if number not in self.whole]
        for some in chunks(new):
            for row in self.connection.execute(_beside(self.client_id, self.side, some)):
                self.lines.setdefault(row.id, as_testimony(row))
                self._place(row.id)
        self.whole.update(numbers)

    def _place(self, number: int) -> None:
        if number in self._placed:
            return
        self._placed.add(number)
        line = self.lines[number]
        for name in (line.witness, line.story):
            insort(self._places.setdefault(name, []), (line.counted_at, number))

    def beside(self, line: Testimony) -> set[int]:
        """What speaks for the side, or is a voice of it, with its witness or its story, within a day of it."""
        return {number for name in (line.witness, line.story) for number in self._near(name, line.counted_at)}

    def _near(self, name: str | int, at: datetime) -> Iterable[int]:
        places = self._places.get(name, [])
        first = bisect_left(places, (at - ALONE_FOR, 0))
        last = bisect_right(places, (at + ALONE_FOR, LAST))
        return (number for _, number in places[first:last])


def _beside(client_id: str, side: Side, lines: Collection[Testimony]) -> sa.Select[Any]:
    """What speaks for the side about this client, or is a voice of it, and may be a neighbour of these."""
    times = [one.counted_at for one in lines]
    speaks = sa.and_(matches.c.label == side, sa.not_(matches.c.own), sa.not_(matches.c.backfill))
    return (
        sa.select(*TESTIMONY)
        .join(mentions, mentions.c.id == matches.c.mention_id)
        .where(
            matches.c.client_id == client_id,
            matches.c.counted_at.between(min(times) - ALONE_FOR, max(times) + ALONE_FOR),
            sa.or_(COLUMN[side], speaks),
            sa.or_(
                mentions.c.witness.in_({one.witness for one in lines}),
                mentions.c.story_id.in_({one.story for one in lines}),
            ),
        )
    )
