"""What is usual for clients, as it is kept between rounds, and what it is made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from listener.domain.spans import Span
from listener.store.alert_tables import baselines, incidents
from listener.store.chunks import chunks
from listener.store.tables import counts
from listener.store.upsert import upsert

COUNTED = {"negative_spike": counts.c.voices, "good_news": counts.c.praise}
"""What each rule counts."""

Episode = tuple[datetime, datetime, timedelta]
"""An incident: from, to, and the window that fired."""

T = TypeVar("T")


def stored(connection: sa.Connection, client_ids: Iterable[str], rule: str) -> dict[str, dict[str, Any]]:
    """The content of the rows of these clients, of those that have one."""
    found: dict[str, dict[str, Any]] = {}
    query = sa.select(baselines.c.client_id, baselines.c.content).where(baselines.c.rule == rule)
    for some in chunks(sorted(client_ids)):
        rows = connection.execute(query.where(baselines.c.client_id.in_(some)))
        found.update((row.client_id, row.content) for row in rows)
    return found


def keep(
    connection: sa.Connection, contents: Mapping[str, Mapping[str, Any]], rule: str, *, now: datetime
) -> None:
    """Write the rows of these clients, over those that are there."""
    rows = [
        {"client_id": client_id, "rule": rule, "at": now, "content": dict(content)}
        for client_id, content in sorted(contents.items())
    ]
    if rows:
        connection.execute(upsert(connection, baselines, keys=("client_id", "rule")), rows)


def counted(
    connection: sa.Connection, client_id: str, rule: str, *, since: datetime, until: datetime
) -> dict[datetime, int]:
    """Start of bucket and number of what the rule counts, for the buckets in [since, until) that have any."""
    return counted_of(connection, {client_id: since}, rule, until=until)[client_id]


def counted_of(
    connection: sa.Connection, since: Mapping[str, datetime], rule: str, *, until: datetime
) -> dict[str, dict[datetime, int]]:
    """The same of many clients, each from a time of its own on; one statement for those that share it."""
    column = COUNTED[rule]
    found: dict[str, dict[datetime, int]] = {client_id: {} for client_id in since}
    query = sa.select(counts.c.client_id, counts.c.bucket_at, column.label("number")).where(
        counts.c.bucket_at < until, column > 0
    )
    for start, ids in _alike(since):
        rows = connection.execute(query.where(counts.c.client_id.in_(ids), counts.c.bucket_at >= start))
        for client_id, at, number in rows:
            found[client_id][at] = number
    return found


def totals_of(connection: sa.Connection, spans: Mapping[str, Span], rule: str) -> dict[str, int]:
    """What the rule counts in all, of many clients, each in [from, to) of its own; one statement for those that share it."""
    found = dict.fromkeys(spans, 0)
    total = sa.func.sum(COUNTED[rule])
    query = sa.select(counts.c.client_id, total).group_by(counts.c.client_id)
    for (since, until), ids in _alike(spans):
        rows = connection.execute(
            query.where(counts.c.client_id.in_(ids), counts.c.bucket_at >= since, counts.c.bucket_at < until)
        )
        found.update((client_id, int(number)) for client_id, number in rows)
    return found


def _alike(asked: Mapping[str, T]) -> Iterator[tuple[T, list[str]]]:
    """The clients of which the same is asked, together."""
    alike: dict[T, list[str]] = {}
    for client_id, what in asked.items():
        alike.setdefault(what, []).append(client_id)
    return ((what, some) for what, ids in alike.items() for some in chunks(ids))


def episodes(
    connection: sa.Connection, client_id: str, rule: str, *, since: datetime, until: datetime
) -> list[Episode]:
    """Incidents of this client and rule that reach into [since, until). An open one ends with it."""
    return episodes_of(connection, [client_id], rule, since=since, until=until)[client_id]


def episodes_of(
    connection: sa.Connection, client_ids: Iterable[str], rule: str, *, since: datetime, until: datetime
) -> dict[str, list[Episode]]:
    """The same of many clients."""
    found: dict[str, list[Episode]] = {client_id: [] for client_id in client_ids}
    query = sa.select(
        incidents.c.client_id, incidents.c.opened_at, incidents.c.resolved_at, incidents.c.evidence
    ).where(
        incidents.c.rule == rule,
        incidents.c.opened_at < until,
        sa.or_(incidents.c.resolved_at.is_(None), incidents.c.resolved_at > since),
    )
    for some in chunks(list(found)):
        for row in connection.execute(query.where(incidents.c.client_id.in_(some))):
            window = timedelta(hours=row.evidence.get("window_h", 0))
            found[row.client_id].append((row.opened_at, row.resolved_at or until, window))
    return found
