"""What the commands show: mentions as a person asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.store.tables import authors, clients, matches, mentions, targets

PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which mentions: of one client (its name or id), counted from `since` on, with this label; None means any."""

    client: str | None = None
    since: datetime | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One mention toward one client. `score` is None where the label is unknown; `id` is the mention's."""

    id: int
    client: str
    label: str
    score: float | None
    own: bool
    voice: bool
    backfill: bool
    url: str | None
    title: str | None
    text: str
    author: str | None
    published_at: datetime | None
    counted_at: datetime
    kind: str
    scope: str
    scorer: str
    reasons: list[str]
    story: int

    @property
    def source(self) -> str:
        return f"{self.kind} {self.scope}"


def shown(connection: sa.Connection, wanted: Wanted) -> Iterator[Shown]:
    """The matches that are wanted, the oldest stored first; read in pages, so that a million need no memory."""
    last = 0
    while rows := connection.execute(_query(wanted, after=last)).mappings().all():
        for row in rows:
            facts: dict[str, Any] = dict(row)
            last = facts.pop("match")
            yield Shown(**facts)


def _query(wanted: Wanted, *, after: int) -> sa.Select[Any]:
    query = (
        sa.select(
            matches.c.id.label("match"),
            mentions.c.id,
            clients.c.name.label("client"),
            matches.c.label,
            matches.c.score,
            matches.c.own,
            matches.c.voice,
            matches.c.backfill,
            matches.c.scorer,
            matches.c.reasons,
            mentions.c.url,
            mentions.c.title,
            mentions.c.text,
            mentions.c.published_at,
            mentions.c.counted_at,
            mentions.c.story_id.label("story"),
            sa.func.coalesce(authors.c.name, authors.c.handle, authors.c.key).label("author"),
            targets.c.kind,
            targets.c.scope,
        )
        .join(mentions, mentions.c.id == matches.c.mention_id)
        .join(clients, clients.c.id == matches.c.client_id)
        .join(targets, targets.c.id == mentions.c.target_id)
        .outerjoin(authors, authors.c.id == mentions.c.author_id)
        .where(matches.c.id > after)
        .order_by(matches.c.id)
        .limit(PAGE)
    )
    return query.where(*conditions(wanted))


def conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """What is wanted, as conditions on matches and clients."""
    some: list[sa.ColumnElement[bool]] = []
    if wanted.client is not None:
        some.append(sa.or_(clients.c.name == wanted.client, clients.c.id == wanted.client))
    if wanted.since is not None:
        some.append(matches.c.counted_at >= wanted.since)
    if wanted.label is not None:
        some.append(matches.c.label == wanted.label)
    return some
