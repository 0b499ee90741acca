"""How much was heard about each client, by label: from the buckets that are counted as matches are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from listener.domain.shares import Labelled
from listener.store.chunks import chunks
from listener.store.matches import bucket
from listener.store.tables import clients, counts, matches, mentions


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What was heard about one client. Labels, mentions and people are those of others; own words and backfill stand apart.

    `joined_at` is since when it is in its list, None where the database does not know it yet.
    """

    labelled: Labelled
    mentions: int
    people: int
    own: int
    backfill: int
    joined_at: datetime | None


NOTHING = Total(labelled=Labelled(), mentions=0, people=0, own=0, backfill=0, joined_at=None)


def totals(
    connection: sa.Connection, client_ids: Sequence[str], *, since: datetime | None
) -> dict[str, Total]:
    """By client, from the start of the bucket of `since` on; None: all that is stored."""
    since = since and bucket(since)
    found = {}
    for some in chunks(list(client_ids)):
        labels = {row.client_id: row for row in connection.execute(_labels(some, since))}
        apart = {row.client_id: row for row in connection.execute(_apart(some, since))}
        for row in connection.execute(
            sa.select(clients.c.id, clients.c.joined_at).where(clients.c.id.in_(some))
        ):
            found[row.id] = _total(labels.get(row.id), apart.get(row.id), row.joined_at)
    return {client_id: found.get(client_id, NOTHING) for client_id in client_ids}


_NAMES = ("mentions", "own", "negative", "neutral", "positive", "unknown")


def _labels(client_ids: Sequence[str], since: datetime | None) -> sa.Select[tuple[object, ...]]:
    sums = [sa.func.sum(counts.c[name]).label(name) for name in _NAMES]
    query = sa.select(counts.c.client_id, *sums).where(counts.c.client_id.in_(client_ids))
    if since is not None:
        query = query.where(counts.c.bucket_at >= since)
    return query.group_by(counts.c.client_id)


def _apart(client_ids: Sequence[str], since: datetime | None) -> sa.Select[tuple[object, ...]]:
    """What no bucket holds: backfill, and by how many people the rest was said."""
    others = sa.and_(sa.not_(matches.c.own), sa.not_(matches.c.backfill))
    query = (
        sa.select(
            matches.c.client_id,
            sa.func.count(sa.distinct(sa.case((others, mentions.c.witness)))).label("people"),
            sa.func.sum(sa.case((matches.c.backfill, 1), else_=0)).label("backfill"),
        )
        .join(mentions, mentions.c.id == matches.c.mention_id)
        .where(matches.c.client_id.in_(client_ids))
    )
    if since is not None:
        query = query.where(matches.c.counted_at >= since)
    return query.group_by(matches.c.client_id)


def _total(
    labels: sa.Row[tuple[object, ...]] | None,
    apart: sa.Row[tuple[object, ...]] | None,
    joined_at: datetime,
) -> Total:
    sums = {name: int(getattr(labels, name)) if labels else 0 for name in _NAMES}
    mentions_count, own = sums.pop("mentions"), sums.pop("own")
    return Total(
        labelled=Labelled(**sums),
        mentions=mentions_count - own,
        people=apart.people if apart else 0,
        own=own,
        backfill=int(apart.backfill) if apart else 0,
        joined_at=joined_at,
    )
