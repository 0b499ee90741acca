"""How the queries fared: which matched nothing though their sources could hear, and whose matches people take back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.domain.spans import Span, length
from listener.store.tables import clients, gaps, hearings, marked, matches, targets


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """Of `heard_count` mentions of a client, `wrong_count` were marked as not about it."""

    client_id: str
    wrong_count: int
    heard_count: int


def silent(connection: sa.Connection, *, since: datetime, now: datetime) -> list[str]:
    """The clients that are asked for by the same query since then, could be heard most of the time, and of whom nothing was stored."""
    heard = sa.select(matches.c.id).where(matches.c.client_id == clients.c.id, matches.c.counted_at >= since)
    rows = connection.execute(
        sa.select(clients.c.id, clients.c.watch_list)
        .where(clients.c.active, clients.c.asked_at <= since, ~heard.exists())
        .order_by(clients.c.id)
    ).all()
    if not rows:
        return []
    audible = _audible(connection, since=since, now=now)
    return [row.id for row in rows if audible & {f"list:{row.watch_list}", f"client:{row.id}"}]


def taken_back(connection: sa.Connection, *, since: datetime) -> list[TakenBack]:
    """What was marked since then, or since the query changed, as not about its client, with all that was said of it since then:
    much of what is marked in the first days was published before anybody asked for it.
    """
    begins = sa.case(
        (clients.c.asked_at > since, clients.c.asked_at), else_=sa.literal(since, clients.c.asked_at.type)
    )
    wrong = _counts(connection, marked, sa.and_(clients.c.active, ~marked.c.about, marked.c.at >= begins))
    those = sa.select(marked.c.client_id).where(~marked.c.about)
    kept = _counts(
        connection, matches, sa.and_(matches.c.counted_at >= since, matches.c.client_id.in_(those))
    )
    return [
        TakenBack(client_id=client, wrong_count=count, heard_count=count + kept.get(client, 0))
        for client, count in sorted(wrong.items())
    ]


def _counts(connection: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> dict[str, int]:
    """How many of these rows there are, by client."""
    rows = connection.execute(
        sa.select(table.c.client_id, sa.func.count().label("number"))
        .join(clients, clients.c.id == table.c.client_id)
        .where(where)
        .group_by(table.c.client_id)
    )
    return {row.client_id: row.number for row in rows}


def _audible(connection: sa.Connection, *, since: datetime, now: datetime) -> set[str]:
    """The audiences that a target was read for since then that was deaf for less than half of the time; best effort is no evidence."""
    deaf: dict[int, list[Span]] = defaultdict(list)
    open_or_late = sa.or_(gaps.c.to_at.is_(None), gaps.c.to_at > since)
    for row in connection.execute(
        sa.select(gaps.c.target_id, gaps.c.from_at, gaps.c.to_at).where(open_or_late)
    ):
        deaf[row.target_id].append((max(row.from_at, since), min(row.to_at or now, now)))
    listening = connection.execute(
        sa.select(hearings.c.target_id, hearings.c.audience)
        .join(targets, targets.c.id == hearings.c.target_id)
        .where(hearings.c.active, targets.c.active, hearings.c.since_at <= since)
        .where(sa.not_(targets.c.best_effort))
    )
    half: timedelta = (now - since) / 2
    return {row.audience for row in listening if length(deaf[row.target_id]) < half}
