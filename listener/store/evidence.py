"""What the rules look at: voices, what was usual, what we could not hear, and the words behind a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.client import Client
from listener.domain.heard import trusted
from listener.domain.sentiment import Label
from listener.domain.spans import Span
from listener.domain.spike import Voice
from listener.store.alert_tables import incidents
from listener.store.chunks import chunks
from listener.store.tables import (
    authors,
    clients,
    gaps,
    hearings,
    matches,
    mentions,
    targets,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A match with what a reader of a message wants to know of it."""

    match: int
    mention: int
    story: int
    label: str
    score: float | None
    text: str
    title: str | None
    url: str | None
    author: str | None
    reach: int | None
    kind: str
    scope: str
    at: datetime

    @property
    def whole(self) -> str:
        """Title and text, as two sentences."""
        return f"{self.title}. {self.text}" if self.title else self.text


def newest_match(connection: sa.Connection) -> int:
    """The greatest match id so far, 0 in an empty database."""
    return connection.execute(sa.select(sa.func.max(matches.c.id))).scalar() or 0


def clients_with_news(connection: sa.Connection, *, after: int, up_to: int) -> list[str]:
    """The clients with matches stored in this range of ids."""
    query = sa.select(matches.c.client_id).distinct().where(matches.c.id > after, matches.c.id <= up_to)
    return sorted(connection.execute(query).scalars())


def voices(
    connection: sa.Connection, client_id: str, *, since: datetime, after_match: int = 0
) -> list[Voice]:
    """The voices about a client that are counted from `since` on and were stored after this match."""
    rows = connection.execute(
        sa.select(matches.c.id, matches.c.counted_at, mentions.c.witness, mentions.c.story_id)
        .join(mentions, mentions.c.id == matches.c.mention_id)
        .where(
            matches.c.client_id == client_id,
            matches.c.voice,
            matches.c.counted_at >= since,
            matches.c.id > after_match,
        )
    )
    return [Voice(match=row.id, at=row.counted_at, witness=row.witness, story=row.story_id) for row in rows]


def complaints(
    connection: sa.Connection, client_id: str, *, since: datetime, until: datetime
) -> list[tuple[str, int]]:
    """Witness and story of every complaint of others in (since, until], voices or not; backfill is left out."""
    return _testified(connection, client_id, "negative", since=since, until=until)


def praise(
    connection: sa.Connection, client_id: str, *, since: datetime, until: datetime
) -> list[tuple[str, int]]:
    """The same of every praise of others."""
    return _testified(connection, client_id, "positive", since=since, until=until)


def unlabelled(connection: sa.Connection, client_id: str, *, since: datetime, until: datetime) -> set[str]:
    """The witnesses among others who said something in (since, until] whose label is unknown; backfill is left out."""
    return {witness for witness, _ in _testified(connection, client_id, "unknown", since=since, until=until)}


def _testified(
    connection: sa.Connection, client_id: str, label: Label, *, since: datetime, until: datetime
) -> list[tuple[str, int]]:
    rows = connection.execute(
        sa.select(mentions.c.witness, mentions.c.story_id)
        .join(matches, matches.c.mention_id == mentions.c.id)
        .where(
            matches.c.client_id == client_id,
            matches.c.counted_at > since,
            matches.c.counted_at <= until,
            matches.c.label == label,
            sa.not_(matches.c.own),
            sa.not_(matches.c.backfill),
        )
    )
    return [(row.witness, row.story_id) for row in rows]


def hearing(connection: sa.Connection, client: Client) -> Mapping[int, datetime | None]:
    """The targets through which this client is heard now, and since when (None: not read to its end for it yet).

    Those of which only best effort can be had are left out where there are others: their quiet hours are no listening.
    """
    return hearings_of(connection, [client])[client.id]


def hearings_of(
    connection: sa.Connection, asked: Iterable[Client]
) -> dict[str, Mapping[int, datetime | None]]:
    """The same of many clients; those that are heard alike share one mapping."""
    ids = {client.id: client for client in asked}
    joined_at: dict[str, datetime | None] = {}
    for some in chunks(list(ids)):
        query = sa.select(clients.c.id, clients.c.joined_at).where(clients.c.id.in_(some))
        joined_at.update((row.id, row.joined_at) for row in connection.execute(query))
    audiences = dict.fromkeys(name for client in ids.values() for name in client.audiences)
    places: dict[str, list[Any]] = {name: [] for name in audiences}
    for asked_for in chunks(list(audiences)):
        for row in connection.execute(_HEARINGS.where(hearings.c.audience.in_(asked_for))):
            places[row.audience].append(row)
    alike: dict[tuple[tuple[str, ...], datetime | None], dict[int, datetime | None]] = {}
    found: dict[str, Mapping[int, datetime | None]] = {}
    for id_, client in ids.items():
        joined = joined_at.get(id_)
        names = tuple(name for name in reversed(client.audiences) if places[name])
        if (names, joined) not in alike:
            alike[names, joined] = {
                row.target_id: heard_since(row.since_at, row.complete_from_at, joined)
                for row in trusted(
                    (row for name in names for row in places[name]), lambda row: bool(row.best_effort)
                )
            }
        found[id_] = alike[names, joined]
    return found


_HEARINGS = (
    sa.select(
        hearings.c.audience,
        hearings.c.target_id,
        hearings.c.since_at,
        targets.c.complete_from_at,
        targets.c.best_effort,
    )
    .join(targets, targets.c.id == hearings.c.target_id)
    .where(hearings.c.active, targets.c.active)
)


def heard_since(
    since_at: datetime | None, complete_from_at: datetime | None, joined_at: datetime | None
) -> datetime | None:
    """Since when a client that joined then is heard by a target that was first, and last, read to its end then."""
    if since_at is None or complete_from_at is None or joined_at is None or complete_from_at < joined_at:
        return None
    return max(since_at, joined_at)


def deaf(
    connection: sa.Connection, target_ids: Iterable[int], *, since: datetime, until: datetime
) -> dict[int, list[Span]]:
    """The gaps of these targets that reach into [since, until); an open one ends with it."""
    ids = list(target_ids)
    spans: dict[int, list[Span]] = {target_id: [] for target_id in ids}
    reach = sa.select(gaps).where(
        gaps.c.from_at < until, sa.or_(gaps.c.to_at.is_(None), gaps.c.to_at > since)
    )
    for some in chunks(ids):
        for row in connection.execute(reach.where(gaps.c.target_id.in_(some))):
            spans[row.target_id].append((row.from_at, row.to_at or until))
    return spans


def deaf_now(connection: sa.Connection, target_ids: Iterable[int]) -> list[tuple[str, str, datetime]]:
    """Kind, scope and since when, of those of these targets that cannot hear at the moment; best effort is not named."""
    rows = connection.execute(
        sa.select(targets.c.kind, targets.c.scope, gaps.c.from_at)
        .join(targets, targets.c.id == gaps.c.target_id)
        .where(
            gaps.c.target_id.in_(list(target_ids)),
            gaps.c.to_at.is_(None),
            sa.not_(targets.c.best_effort),
        )
        .order_by(gaps.c.from_at)
    )
    return [(row.kind, row.scope, row.from_at) for row in rows]


def episodes(connection: sa.Connection, client_id: str, *, since: datetime, until: datetime) -> list[Span]:
    """When incidents of this client went on."""
    rows = connection.execute(
        sa.select(incidents.c.opened_at, incidents.c.resolved_at).where(
            incidents.c.client_id == client_id,
            incidents.c.opened_at < until,
            sa.or_(incidents.c.resolved_at.is_(None), incidents.c.resolved_at > since),
        )
    )
    return [(row.opened_at, row.resolved_at or until) for row in rows]


def said(connection: sa.Connection, match_ids: Sequence[int]) -> list[Said]:
    """These matches, in order of storing."""
    return [Said(**row) for row in connection.execute(_SAID.where(matches.c.id.in_(match_ids))).mappings()]


def said_since(
    connection: sa.Connection,
    client_id: str,
    *,
    after: int,
    up_to: int,
    negative_only: bool,
    since: datetime | None = None,
) -> list[Said]:
    """What others said about a client in this range of match ids, backfill and own words left out."""
    query = _SAID.where(
        matches.c.client_id == client_id,
        matches.c.id > after,
        matches.c.id <= up_to,
        sa.not_(matches.c.own),
        sa.not_(matches.c.backfill),
    )
    if negative_only:
        query = query.where(matches.c.label == "negative")
    if since is not None:
        query = query.where(matches.c.counted_at >= since)
    return [Said(**row) for row in connection.execute(query).mappings()]


_SAID = (
    sa.select(
        matches.c.id.label("match"),
        matches.c.counted_at.label("at"),
        matches.c.label,
        matches.c.score,
        mentions.c.id.label("mention"),
        mentions.c.story_id.label("story"),
        mentions.c.text,
        mentions.c.title,
        mentions.c.url,
        sa.func.coalesce(authors.c.name, authors.c.handle, authors.c.key).label("author"),
        authors.c.reach,
        targets.c.kind,
        targets.c.scope,
    )
    .join(mentions, mentions.c.id == matches.c.mention_id)
    .join(targets, targets.c.id == mentions.c.target_id)
    .outerjoin(authors, authors.c.id == mentions.c.author_id)
    .order_by(matches.c.id)
)
