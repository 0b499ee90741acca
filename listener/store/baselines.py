"""What is usual for clients, as it is kept between rounds, and what it is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from listener.store.alert_tables import baselines, incidents
from listener.store.tables import counts
from listener.store.upsert import upsert

AT_ONCE = 500
COUNTED = {"negative_spike": counts.c.voices, "good_news": counts.c.praise}
"""What each rule counts."""


def stored(connection: sa.Connection, client_ids: Iterable[str], rule: str) -> dict[str, dict[str, Any]]:
    """The content of the rows of these clients, of those that have one."""
    ids = sorted(client_ids)
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), AT_ONCE):
        rows = connection.execute(
            sa.select(baselines.c.client_id, baselines.c.content).where(
                baselines.c.rule == rule, baselines.c.client_id.in_(ids[start : start + AT_ONCE])
            )
        )
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
    column = COUNTED[rule]
    rows = connection.execute(
        sa.select(counts.c.bucket_at, column.label("number")).where(
            counts.c.client_id == client_id,
            counts.c.bucket_at >= since,
            counts.c.bucket_at < until,
            column > 0,
        )
    )
    return {row.bucket_at: row.number for row in rows}


def total(connection: sa.Connection, client_id: str, rule: str, *, since: datetime, until: datetime) -> int:
    """What the rule counts in [since, until), in all."""
    return (
        connection.execute(
            sa.select(sa.func.sum(COUNTED[rule])).where(
                counts.c.client_id == client_id, counts.c.bucket_at >= since, counts.c.bucket_at < until
            )
        ).scalar()
        or 0
    )


def episodes(
    connection: sa.Connection, client_id: str, rule: str, *, since: datetime, until: datetime
) -> list[tuple[datetime, datetime, timedelta]]:
    """Incidents of this client and rule that reach into [since, until): from, to, and the window that fired. An open one ends with it."""
    rows = connection.execute(
        sa.select(incidents.c.opened_at, incidents.c.resolved_at, incidents.c.evidence).where(
            incidents.c.client_id == client_id,
            incidents.c.rule == rule,
            incidents.c.opened_at < until,
            sa.or_(incidents.c.resolved_at.is_(None), incidents.c.resolved_at > since),
        )
    )
    return [
        (row.opened_at, row.resolved_at or until, timedelta(hours=row.evidence.get("window_h", 0)))
        for row in rows
    ]
