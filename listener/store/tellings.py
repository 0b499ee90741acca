"""Stories as a person asks for them: who told each first, who repeated it, about whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from listener.store.reading import Wanted, conditions
from listener.store.tables import authors, clients, matches, mentions, targets

PAGE = 200
"""Stories that are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One mention of a story. `author` is who wrote it, or the host that stands for him; None where the place hides it.

    `labels` are the labels toward each client that it is about.
    """

    id: int
    counted_at: datetime
    source: str
    witness: str
    author: str | None
    url: str | None
    title: str | None
    text: str
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story, as it was told: by all its mentions about a client, the first in time at the front; never none."""

    id: int
    told: tuple[Told, ...]

    @property
    def first(self) -> Told:
        return self.told[0]

    @property
    def copies_count(self) -> int:
        """Mentions beside the first."""
        return len(self.told) - 1

    @property
    def authors(self) -> dict[str, str | None]:
        """Who tells it: names by witness, in the order of telling."""
        names: dict[str, str | None] = {}
        for one in self.told:
            names.setdefault(one.witness, one.author)
        return names

    @property
    def sources(self) -> list[str]:
        return list(dict.fromkeys(one.source for one in self.told))

    @property
    def labels(self) -> dict[str, Counter[str]]:
        """For each client, how many of the mentions have which label."""
        counted: dict[str, Counter[str]] = {}
        for one in self.told:
            for client, label in one.labels:
                counted.setdefault(client, Counter())[label] += 1
        return counted


def stories(connection: sa.Connection, wanted: Wanted) -> Iterator[Story]:
    """The stories with a mention that is wanted, each whole, in the order in which they were first stored; read in pages."""
    last = 0
    while ids := connection.execute(_chosen(wanted, after=last)).scalars().all():
        last = ids[-1]
        yield from _whole(connection, ids)


def _chosen(wanted: Wanted, *, after: int) -> sa.Select[Any]:
    return (
        sa.select(mentions.c.story_id)
        .distinct()
        .join(matches, matches.c.mention_id == mentions.c.id)
        .join(clients, clients.c.id == matches.c.client_id)
        .where(mentions.c.story_id > after, *conditions(wanted))
        .order_by(mentions.c.story_id)
        .limit(PAGE)
    )


def _whole(connection: sa.Connection, ids: Sequence[int]) -> Iterator[Story]:
    rows = connection.execute(_TOLD.where(mentions.c.story_id.in_(ids))).all()
    for story_id, of_story in groupby(rows, key=lambda row: row.story_id):
        told = tuple(_told(list(of_mention)) for _, of_mention in groupby(of_story, key=lambda row: row.id))
        yield Story(id=story_id, told=told)


def _told(rows: Sequence[Any]) -> Told:
    """One mention, of which there is a row for each client."""
    row = rows[0]
    kind, _, host = row.witness.partition(":")
    return Told(
        id=row.id,
        counted_at=row.counted_at,
        source=f"{row.kind} {row.scope}",
        witness=row.witness,
        author=row.author or (host if kind == "host" else None),
        url=row.url,
        title=row.title,
        text=row.text,
        labels=tuple((one.client, one.label) for one in rows),
    )


_TOLD = (
    sa.select(
        mentions.c.id,
        mentions.c.story_id,
        mentions.c.counted_at,
        mentions.c.witness,
        mentions.c.url,
        mentions.c.title,
        mentions.c.text,
        sa.func.coalesce(authors.c.name, authors.c.handle, authors.c.key).label("author"),
        targets.c.kind,
        targets.c.scope,
        clients.c.name.label("client"),
        matches.c.label,
    )
    .join(matches, matches.c.mention_id == mentions.c.id)
    .join(clients, clients.c.id == matches.c.client_id)
    .join(targets, targets.c.id == mentions.c.target_id)
    .outerjoin(authors, authors.c.id == mentions.c.author_id)
    .order_by(mentions.c.story_id, mentions.c.counted_at, mentions.c.id, clients.c.name)
)
