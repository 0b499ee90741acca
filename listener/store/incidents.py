"""Incidents: one firing at a time for a client and a rule, opened once and resolved once, whoever races."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.store.alert_tables import incidents
from listener.store.upsert import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One episode. Voices up to `last_match_id` belong to it or to an earlier one.

    severity   minor, major or severe
    closed_by  who closed it; None where it is open, or ended by itself
    telling    what of it was last told, and when, and who was asked
    """

    id: int
    client_id: str
    rule: str
    episode: int
    state: str
    opened_at: datetime
    resolved_at: datetime | None
    calm_since_at: datetime | None
    last_match_id: int
    evidence: dict[str, Any]
    severity: str = "minor"
    taken_by: str | None = None
    taken_at: datetime | None = None
    closed_by: str | None = None
    telling: dict[str, Any] = field(default_factory=dict)


def open_incident(
    connection: sa.Connection,
    *,
    client_id: str,
    rule: str,
    now: datetime,
    evidence: Mapping[str, Any],
    last_match_id: int,
) -> Incident | None:
    """The new incident, or None where one is firing already, though another process had opened it a moment ago."""
    next_episode = sa.select(
        sa.literal(client_id),
        sa.literal(rule),
        sa.func.coalesce(sa.func.max(incidents.c.episode), 0) + 1,
        sa.literal("firing"),
        sa.literal(now, incidents.c.opened_at.type),
        sa.literal(last_match_id, incidents.c.last_match_id.type),
        sa.literal(dict(evidence), incidents.c.evidence.type),
    ).where(incidents.c.client_id == client_id, incidents.c.rule == rule)
    names = ["client_id", "rule", "episode", "state", "opened_at", "last_match_id", "evidence"]
    opened = connection.execute(
        insert(connection, incidents)
        .from_select(names, next_episode)
        .on_conflict_do_nothing()
        .returning(*incidents.c)
    )
    row = opened.mappings().first()
    return None if row is None else Incident(**row)


def update(
    connection: sa.Connection, incident_id: int, *, calm_since_at: datetime | None, last_match_id: int
) -> None:
    """What the last look at a firing incident found; one that is resolved stays as it is."""
    connection.execute(_firing(incident_id).values(calm_since_at=calm_since_at, last_match_id=last_match_id))


def resolve(connection: sa.Connection, incident_id: int, *, now: datetime, last_match_id: int) -> bool:
    """Whether it was we who resolved it."""
    ended = connection.execute(
        _firing(incident_id).values(state="resolved", resolved_at=now, last_match_id=last_match_id)
    )
    return ended.rowcount == 1


def _firing(incident_id: int) -> sa.Update:
    return sa.update(incidents).where(incidents.c.id == incident_id, incidents.c.state == "firing")


def firing(connection: sa.Connection) -> list[Incident]:
    """Those that go on, oldest first."""
    return _found(
        connection, sa.select(incidents).where(incidents.c.state == "firing").order_by(incidents.c.id)
    )


def last(connection: sa.Connection, client_id: str, rule: str) -> Incident | None:
    """The newest episode of this rule for this client, if there was one."""
    newest = (
        sa.select(incidents)
        .where(incidents.c.client_id == client_id, incidents.c.rule == rule)
        .order_by(incidents.c.episode.desc())
        .limit(1)
    )
    return next(iter(_found(connection, newest)), None)


def listing(connection: sa.Connection, *, since: datetime | None = None, limit: int = 100) -> list[Incident]:
    """The newest first; with `since` those that were still going on then or began later."""
    statement = (
        sa.select(incidents).order_by(incidents.c.opened_at.desc(), incidents.c.id.desc()).limit(limit)
    )
    if since is not None:
        statement = statement.where(
            sa.or_(incidents.c.resolved_at.is_(None), incidents.c.resolved_at >= since)
        )
    return _found(connection, statement)


def _found(connection: sa.Connection, statement: sa.Select[Any]) -> list[Incident]:
    return [Incident(**row) for row in connection.execute(statement).mappings()]
