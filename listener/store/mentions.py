"""Adding what a page brought: each item once, with its author, its story and its matches, inside the page's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.explain import Explanation
from listener.domain.found import Found
from listener.domain.identity import site_of
from listener.domain.sentiment import Score
from listener.domain.sketch import Sketch
from listener.store import matches, stories
from listener.store.chunks import chunks
from listener.store.tables import authors, identities, mentions
from listener.store.upsert import insert_new, upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One client that an item is about, what the item says toward it, and whether the client says so itself.

    `explanation` says why its query is true of the item; None where the source stands at the client and no query was asked.
    """

    client_id: str
    score: Score
    own: bool = False
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A found item that is ours, with all that was worked out before the transaction.

    `identity` is the hash of (kind, scope, external id); an item that shares it or one of `merge_keys` with a stored
    mention is that mention. `story_keys` and `sketch` only tie it to a story. `witness` is who testifies.
    """

    found: Found
    identity: bytes
    witness: str
    judged: tuple[Judged, ...]
    merge_keys: tuple[bytes, ...] = ()
    story_keys: tuple[bytes, ...] = ()
    sketch: Sketch | None = None

    @property
    def keys(self) -> tuple[bytes, ...]:
        return (self.identity, *self.merge_keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was really new: rows written, not rows offered."""

    mentions: int = 0
    matches: int = 0
    voices: int = 0


def known(connection: sa.Connection, hashes: Iterable[bytes]) -> dict[bytes, int | None]:
    """Which of these items are stored already, and as which mention (None: forgotten, and kept away)."""
    found: dict[bytes, int | None] = {}
    for some in chunks(list(dict.fromkeys(hashes))):
        rows = connection.execute(
            sa.select(identities.c.hash, identities.c.mention_id).where(identities.c.hash.in_(some))
        )
        found.update((bytes(row.hash), row.mention_id) for row in rows)
    return found


def add(
    connection: sa.Connection,
    incoming: Sequence[Incoming],
    *,
    target_id: int,
    kind: str,
    backfill: frozenset[str],
    now: datetime,
) -> Stored:
    """Store the items of one page, in their order. Items and matches that stand already are left as they are.

    `backfill` are the clients for whom this target has not yet been read to its end: their matches never count.
    """
    if not incoming:
        return Stored()
    stories.alone(connection)
    before = known(connection, (key for item in incoming for key in item.keys))
    fresh, owners = _sort_out(incoming, before)
    made = _insert(connection, fresh, target_id=target_id, kind=kind, now=now)
    resolved = {key: made[owner] if isinstance(owner, bytes) else owner for key, owner in owners.items()}
    insert_new(
        connection,
        identities,
        [{"hash": key, "mention_id": owner} for key, owner in resolved.items() if key not in before],
    )
    offered = [
        matches.Offer(
            mention_id=mention_id,
            client_id=judged.client_id,
            score=judged.score,
            own=judged.own,
            backfill=judged.client_id in backfill,
            explanation=judged.explanation,
        )
        for item in incoming
        if (mention_id := resolved[item.identity]) is not None
        for judged in item.judged
    ]
    counted = matches.add(connection, offered)
    return Stored(mentions=len(fresh), matches=counted.matches, voices=counted.voices)


def _sort_out(
    incoming: Sequence[Incoming], before: Mapping[bytes, int | None]
) -> tuple[list[Incoming], dict[bytes, bytes | int | None]]:
    """Which items are new, and what each key stands for.

    A key stands for a stored mention (its id), for a forgotten one (None), or for a new item (that item's identity).
    """
    fresh: list[Incoming] = []
    owners: dict[bytes, bytes | int | None] = dict(before)
    for item in incoming:
        hit = next((key for key in item.keys if key in owners), None)
        if hit is None:
            fresh.append(item)
        owner = item.identity if hit is None else owners[hit]
        for key in item.keys:
            owners.setdefault(key, owner)
    return fresh, owners


def _insert(
    connection: sa.Connection, fresh: Sequence[Incoming], *, target_id: int, kind: str, now: datetime
) -> dict[bytes, int]:
    author_ids = _authors(connection, fresh, kind)
    story_ids = stories.choose(connection, [_telling(item) for item in fresh], now=now)
    rows = [
        _row(
            item, target_id=target_id, author_id=author_ids.get(_author_key(item)), story_id=story_id, now=now
        )
        for item, story_id in zip(fresh, story_ids, strict=True)
    ]
    ids: dict[str, int] = {}
    if rows:
        statement = sa.insert(mentions).returning(mentions.c.external_id, mentions.c.id)
        ids.update((row.external_id, row.id) for row in connection.execute(statement, rows))
    return {item.identity: ids[item.found.external_id] for item in fresh}


def _row(
    item: Incoming, *, target_id: int, author_id: int | None, story_id: int, now: datetime
) -> dict[str, Any]:
    found = item.found
    return {
        "target_id": target_id,
        "external_id": found.external_id,
        "url": found.url,
        "title": found.title,
        "text": found.text,
        "form": found.form,
        "language": found.language,
        "author_id": author_id,
        "witness": item.witness,
        "story_id": story_id,
        "published_at": found.published_at,
        "edited_at": found.edited_at,
        "fetched_at": now,
        "counted_at": min(found.published_at or now, now),
        "site": site_of(found),
        "links": list(found.links),
        "rating": found.rating,
        "engagement": dict(found.engagement),
        "raw": dict(found.raw),
    }


def _telling(item: Incoming) -> stories.Telling:
    return stories.Telling(keys=item.story_keys, sketch=item.sketch, article=item.found.form == "article")


def _author_key(item: Incoming) -> str:
    return item.found.author.key if item.found.author else ""


def _authors(connection: sa.Connection, fresh: Sequence[Incoming], kind: str) -> dict[str, int]:
    rows = {
        item.found.author.key: {
            "kind": kind,
            "key": item.found.author.key,
            "name": item.found.author.name,
            "handle": item.found.author.handle,
            "url": item.found.author.url,
            "reach": item.found.author.reach,
        }
        for item in fresh
        if item.found.author
    }
    ids: dict[str, int] = {}
    if rows:
        statement = upsert(connection, authors, keys=("kind", "key")).returning(authors.c.key, authors.c.id)
        ids.update((row.key, row.id) for row in connection.execute(statement, list(rows.values())))
    return ids
