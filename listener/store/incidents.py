"""Incidents: open → taken → closed. One goes on at a time for a client and a rule; whoever races, each change happens once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.incident import GOING_ON, State
from listener.domain.message import Severity
from listener.store import changes
from listener.store.alert_tables import incidents
from listener.store.tables import matches
from listener.store.upsert import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One episode. Voices up to `last_match_id` belong to it or to an earlier one.

    resolved_at  when it was closed, by whomever
    severity     minor, major or severe
    closed_by    who closed it; None where it goes on, or ended by itself
    telling      what of it was last told, and when: a `Told` of listener/domain/telling.py
    """

    id: int
    client_id: str
    rule: str
    episode: int
    state: State
    opened_at: datetime
    resolved_at: datetime | None
    calm_since_at: datetime | None
    last_match_id: int
    evidence: dict[str, Any]
    severity: Severity = "minor"
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
    severity: Severity = "minor",
    why: str = "",
) -> Incident | None:
    """The new incident, or None where one goes on already, though another process had opened it a moment ago."""
    next_episode = sa.select(
        sa.literal(client_id),
        sa.literal(rule),
        sa.func.coalesce(sa.func.max(incidents.c.episode), 0) + 1,
        sa.literal("open"),
        sa.literal(now, incidents.c.opened_at.type),
        sa.literal(last_match_id, incidents.c.last_match_id.type),
        sa.literal(dict(evidence), incidents.c.evidence.type),
        sa.literal(severity),
    ).where(incidents.c.client_id == client_id, incidents.c.rule == rule)
    names = ["client_id", "rule", "episode", "state", "opened_at", "last_match_id", "evidence", "severity"]
    opened = connection.execute(
        insert(connection, incidents)
        .from_select(names, next_episode)
        .on_conflict_do_nothing()
        .returning(*incidents.c)
    )
    row = opened.mappings().first()
    if row is None:
        return None
    changes.add(connection, row["id"], what="opened", why=why, detail={"severity": severity}, now=now)
    return Incident(**row)


def update(
    connection: sa.Connection, incident_id: int, *, calm_since_at: datetime | None, last_match_id: int
) -> None:
    """What the last look at an incident found; one that is closed stays as it is."""
    _change(connection, incident_id, GOING_ON, calm_since_at=calm_since_at, last_match_id=last_match_id)


def join(
    connection: sa.Connection,
    incident: Incident,
    *,
    severity: Severity,
    why: str,
    now: datetime,
    evidence: Mapping[str, Any] | None = None,
) -> Incident | None:
    """A later alert of the same client joins one that goes on; None where that was closed meanwhile."""
    values = {"severity": severity, "evidence": dict(evidence if evidence is not None else incident.evidence)}
    joined = _change(connection, incident.id, GOING_ON, **values)
    if joined is not None:
        changes.add(connection, incident.id, what="joined", why=why, detail={"severity": severity}, now=now)
    return joined


def tell(
    connection: sa.Connection, incident: Incident, told: Mapping[str, Any], *, untaken: bool = False
) -> bool:
    """Keep what is told of it; False where it was closed meanwhile, or, with `untaken`, where somebody took it."""
    states: Sequence[State] = ("open",) if untaken else GOING_ON
    return _change(connection, incident.id, states, telling=dict(told)) is not None


def take(connection: sa.Connection, incident_id: int, *, who: str, now: datetime) -> Incident | None:
    """The incident as `who` has it now; None where it was not open, so that of two one wins."""
    taken = _change(connection, incident_id, ("open",), state="taken", taken_by=who, taken_at=now)
    if taken is not None:
        changes.add(connection, incident_id, what="taken", who=who, now=now)
    return taken


def close(
    connection: sa.Connection, incident_id: int, *, who: str, why: str, now: datetime
) -> Incident | None:
    """The incident as `who` closed it; None where it was closed. What was said until now opens no other."""
    newest = sa.select(sa.func.coalesce(sa.func.max(matches.c.id), 0)).scalar_subquery()
    values = {"state": "closed", "closed_by": who, "resolved_at": now, "last_match_id": newest}
    closed = _change(connection, incident_id, GOING_ON, **values)
    if closed is not None:
        changes.add(connection, incident_id, what="closed", who=who, why=why, now=now)
    return closed


def resolve(
    connection: sa.Connection,
    incident_id: int,
    *,
    now: datetime,
    last_match_id: int,
    why: str = "the rate is back to normal",
) -> Incident | None:
    """The incident as it ended by itself; None where it was closed before."""
    values = {"state": "closed", "resolved_at": now, "last_match_id": last_match_id}
    ended = _change(connection, incident_id, GOING_ON, **values)
    if ended is not None:
        changes.add(connection, incident_id, what="closed", why=why, now=now)
    return ended


def _change(
    connection: sa.Connection,
    incident_id: int,
    states: Sequence[State],
    **values: Any,  # noqa: ANN401 - column values
) -> Incident | None:
    """The row after the change, None where its state was none of these."""
    changed = (
        sa.update(incidents)
        .where(incidents.c.id == incident_id, incidents.c.state.in_(states))
        .values(**values)
        .returning(*incidents.c)
    )
    row = connection.execute(changed).mappings().first()
    return None if row is None else Incident(**row)


def get(connection: sa.Connection, incident_id: int) -> Incident | None:
    """The incident of this number, if there is one."""
    return next(iter(_found(connection, sa.select(incidents).where(incidents.c.id == incident_id))), None)


def going_on(connection: sa.Connection) -> list[Incident]:
    """Those that are not closed, oldest first."""
    query = sa.select(incidents).where(incidents.c.state.in_(GOING_ON)).order_by(incidents.c.id)
    return _found(connection, query)


def clients_going_on(connection: sa.Connection) -> frozenset[str]:
    """The clients of whom an incident is not closed."""
    query = sa.select(incidents.c.client_id).where(incidents.c.state.in_(GOING_ON)).distinct()
    return frozenset(connection.scalars(query))


def of_client(connection: sa.Connection, client_id: str) -> list[Incident]:
    """Those of this client that go on, oldest first."""
    query = sa.select(incidents).where(incidents.c.state.in_(GOING_ON), incidents.c.client_id == client_id)
    return _found(connection, query.order_by(incidents.c.id))


def last(connection: sa.Connection, client_id: str, rule: str) -> Incident | None:
    """The newest episode of this rule for this client, if there was one."""
    newest = (
        sa.select(incidents)
        .where(incidents.c.client_id == client_id, incidents.c.rule == rule)
        .order_by(incidents.c.episode.desc())
        .limit(1)
    )
    return next(iter(_found(connection, newest)), None)


def listing(
    connection: sa.Connection, *, since: datetime | None = None, limit: int | None = 100
) -> list[Incident]:
    """The newest first, all with `limit=None`; with `since` those that were still going on then or began later."""
    statement = (
        sa.select(incidents).order_by(incidents.c.opened_at.desc(), incidents.c.id.desc()).limit(limit)
    )
    if since is not None:
        statement = statement.where(
            sa.or_(incidents.c.resolved_at.is_(None), incidents.c.resolved_at >= since)
        )
    return _found(connection, statement)


def shown(connection: sa.Connection, *, limit: int | None) -> tuple[list[Incident], int]:
    """Those that go on, then those that are over, of both the newest first; at most so many, and how many there are in all."""
    is_over = sa.case((incidents.c.state == "closed", 1), else_=0)
    ranked = sa.select(incidents).order_by(is_over, incidents.c.opened_at.desc(), incidents.c.id.desc())
    number: int = connection.execute(sa.select(sa.func.count()).select_from(incidents)).scalar_one()
    return _found(connection, ranked.limit(limit)), number


def _found(connection: sa.Connection, statement: sa.Select[Any]) -> list[Incident]:
    return [Incident(**row) for row in connection.execute(statement).mappings()]
