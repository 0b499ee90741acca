"""What the rules look at, of many clients with one statement, and how many speak of one client beside those who complain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from listener.domain.spans import Span
from listener.domain.spike import Voice
from listener.domain.voices import Testimony
from listener.domain.volume import Share
from listener.store.alert_tables import incidents
from listener.store.chunks import chunks
from listener.store.matches import BUCKET
from listener.store.tables import counts, matches, mentions
from listener.store.voices import TESTIMONY, as_testimony


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The voices about one client, by side."""

    complaints: list[Voice] = field(default_factory=list)
    praise: list[Voice] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A match of somebody else, as the rules that gather see it."""

    match: int
    label: str
    at: datetime


def voices_of(
    connection: sa.Connection, client_ids: Iterable[str], *, since: datetime
) -> Mapping[str, Recent]:
    """The voices about each of these clients that are counted from `since` on."""
    found: dict[str, Recent] = defaultdict(Recent)
    columns = (
        matches.c.client_id,
        matches.c.id,
        matches.c.counted_at,
        matches.c.voice,
        mentions.c.witness,
        mentions.c.story_id,
    )
    query = (
        sa.select(*columns)
        .join(mentions, mentions.c.id == matches.c.mention_id)
        .where(matches.c.counted_at >= since, sa.or_(matches.c.voice, matches.c.praise))
    )
    for some in chunks(list(client_ids)):
        for row in connection.execute(query.where(matches.c.client_id.in_(some))):
            voice = Voice(match=row.id, at=row.counted_at, witness=row.witness, story=row.story_id)
            recent = found[row.client_id]
            (recent.complaints if row.voice else recent.praise).append(voice)
    return found


def told_up_to(connection: sa.Connection, client_ids: Iterable[str], rule: str) -> dict[str, int]:
    """Up to which match the voices of each of these clients belong to an incident of this rule; of those that had one."""
    told: dict[str, int] = {}
    newest = sa.func.max(incidents.c.last_match_id).label("newest")
    query = sa.select(incidents.c.client_id, newest).where(incidents.c.rule == rule)
    for some in chunks(list(client_ids)):
        rows = connection.execute(
            query.where(incidents.c.client_id.in_(some)).group_by(incidents.c.client_id)
        )
        told.update((row.client_id, row.newest) for row in rows)
    return told


def news_of(
    connection: sa.Connection, client_ids: Iterable[str], *, after: int, up_to: int, since: datetime | None
) -> Mapping[str, list[News]]:
    """What others said about each of these clients in this range of match ids, and counted from `since` on; backfill is left out."""
    found: dict[str, list[News]] = defaultdict(list)
    query = (
        sa.select(matches.c.client_id, matches.c.id, matches.c.label, matches.c.counted_at)
        .where(
            matches.c.id > after,
            matches.c.id <= up_to,
            sa.not_(matches.c.own),
            sa.not_(matches.c.backfill),
        )
        .order_by(matches.c.id)
    )
    if since is not None:
        query = query.where(matches.c.counted_at >= since)
    for some in chunks(list(client_ids)):
        for row in connection.execute(query.where(matches.c.client_id.in_(some))):
            found[row.client_id].append(News(match=row.id, label=row.label, at=row.counted_at))
    return found


def spoke(connection: sa.Connection, client_id: str, *, since: datetime, until: datetime) -> list[Testimony]:
    """What others said about a client in (since, until] whose label is known, in order of storing."""
    rows = connection.execute(
        sa.select(*TESTIMONY)
        .join(mentions, mentions.c.id == matches.c.mention_id)
        .where(
            matches.c.client_id == client_id,
            matches.c.counted_at > since,
            matches.c.counted_at <= until,
            matches.c.label != "unknown",
            sa.not_(matches.c.own),
            sa.not_(matches.c.backfill),
        )
        .order_by(matches.c.id)
    )
    return [as_testimony(row) for row in rows]


def share(
    connection: sa.Connection,
    client_id: str,
    *,
    since: datetime,
    until: datetime,
    without: Sequence[Span] = (),
) -> Share:
    """How much of what was said about a client in [since, until) was complaint; incidents in `without` are left out."""
    conditions = [counts.c.client_id == client_id, counts.c.bucket_at >= since, counts.c.bucket_at < until]
    conditions += [
        sa.or_(counts.c.bucket_at <= start - BUCKET, counts.c.bucket_at >= end) for start, end in without
    ]
    row = connection.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(counts.c.negative), 0).label("complaints"),
            sa.func.coalesce(sa.func.sum(counts.c.neutral + counts.c.positive), 0).label("others"),
        ).where(*conditions)
    ).one()
    return Share(complaints=int(row.complaints), others=int(row.others))
