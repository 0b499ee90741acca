"""What people said single mentions say about a client. Added to, never changed: the newest word on a mention and client stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.sentiment import Label
from listener.store.tables import clients, corrections, matches, mentions

MOST = 2_000
"""Corrections that are read to learn from: the newest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """Who said last what a mention says about a client, and when."""

    label: Label
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A stored mention with what a person said it says about the client, to be learned from."""

    client_id: str
    title: str | None
    text: str
    language: str | None
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A match of a mention, with the client's id and name, its label, and why it is about the client ("" if unsaid)."""

    match_id: int
    client_id: str
    name: str
    label: Label
    why: str


def add(
    connection: sa.Connection, *, mention_id: int, client_id: str, label: Label, who: str, now: datetime
) -> None:
    """Keep what somebody said; what was said before stays in the table and gives way."""
    row = {"mention_id": mention_id, "client_id": client_id, "label": label, "who": who, "at": now}
    connection.execute(sa.insert(corrections), [row])


def standing(
    connection: sa.Connection, mention_ids: Iterable[int], client_ids: Iterable[str]
) -> dict[tuple[int, str], Corrected]:
    """What stands of these mentions toward these clients, by mention and client."""
    query = (
        sa.select(corrections)
        .where(corrections.c.mention_id.in_(list(mention_ids)), corrections.c.client_id.in_(list(client_ids)))
        .order_by(corrections.c.id)
    )
    return {
        (row.mention_id, row.client_id): Corrected(label=row.label, who=row.who, at=row.at)
        for row in connection.execute(query)
    }


def examples(connection: sa.Connection, watch_list: str, *, most: int = MOST) -> list[Example]:
    """What stands toward the clients of a watch list, the newest words only, in the order in which they were said."""
    query = (
        sa.select(corrections, mentions.c.title, mentions.c.text, mentions.c.language)
        .join(mentions, mentions.c.id == corrections.c.mention_id)
        .join(clients, clients.c.id == corrections.c.client_id)
        .where(
            clients.c.watch_list == watch_list,
            mentions.c.gone_at.is_(None),
            corrections.c.id.in_(_newest_of_each()),
        )
        .order_by(corrections.c.id.desc())
        .limit(most)
    )
    return [_example(row) for row in reversed(connection.execute(query).all())]


def newest(connection: sa.Connection) -> dict[str, tuple[int, int]]:
    """By watch list, the number of its newest correction, and on how many mentions and clients a word stands."""
    query = (
        sa.select(clients.c.watch_list, sa.func.max(corrections.c.id), sa.func.count())
        .join(clients, clients.c.id == corrections.c.client_id)
        .where(corrections.c.id.in_(_newest_of_each()))
        .group_by(clients.c.watch_list)
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def since(connection: sa.Connection, watch_list: str, last: int) -> int:
    """How many words on this list's clients came after the correction of this number."""
    query = (
        sa.select(sa.func.count())
        .select_from(corrections.join(clients, clients.c.id == corrections.c.client_id))
        .where(clients.c.watch_list == watch_list, corrections.c.id > last)
    )
    return int(connection.execute(query).scalar_one())


def matches_of(connection: sa.Connection, mention_id: int) -> list[Match] | None:
    """The matches of a mention, in order of storing; None where there is no such mention."""
    if connection.execute(sa.select(mentions.c.id).where(mentions.c.id == mention_id)).first() is None:
        return None
    query = (
        sa.select(matches.c.id, matches.c.client_id, matches.c.label, matches.c.reasons, clients.c.name)
        .join(clients, clients.c.id == matches.c.client_id)
        .where(matches.c.mention_id == mention_id)
        .order_by(matches.c.id)
    )
    return [
        Match(
            match_id=row.id,
            client_id=row.client_id,
            name=row.name,
            label=row.label,
            why=row.reasons[0] if row.reasons else "",
        )
        for row in connection.execute(query)
    ]


def _newest_of_each() -> sa.Select[Any]:
    return sa.select(sa.func.max(corrections.c.id)).group_by(
        corrections.c.mention_id, corrections.c.client_id
    )


def _example(row: sa.Row[Any]) -> Example:
    return Example(
        client_id=row.client_id, title=row.title, text=row.text, language=row.language, label=row.label
    )
