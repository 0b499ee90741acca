"""What happened to an incident: who did what, when and why. Added to, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.chart import Chart
from listener.store.alert_tables import incident_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`what` is opened, joined, told, taken, noted, escalated or closed, `detail` what else is known of it; `who` is None where we did it ourselves."""

    at: datetime
    who: str | None
    what: str
    why: str
    detail: dict[str, Any]


def add(
    connection: sa.Connection,
    incident_id: int,
    *,
    what: str,
    now: datetime,
    who: str | None = None,
    why: str = "",
    detail: Mapping[str, Any] | None = None,
) -> int:
    """In the transaction that makes it true; the number of the change."""
    row = {"incident_id": incident_id, "at": now, "who": who, "what": what, "why": why}
    added = sa.insert(incident_changes).values(**row, detail=dict(detail or {}))
    return int(connection.execute(added.returning(incident_changes.c.id)).scalar_one())


def chart(connection: sa.Connection, incident_id: int, number: int) -> Chart | None:
    """The counts that were told of this incident by the change of this number; None where there is none, or it told none."""
    wanted = (incident_changes.c.id == number, incident_changes.c.incident_id == incident_id)
    detail = connection.scalar(sa.select(incident_changes.c.detail).where(*wanted))
    drawn = (detail or {}).get("chart")
    return Chart.from_json(drawn) if drawn else None


def of(connection: sa.Connection, incident_id: int) -> list[Change]:
    """All that happened to this incident, in order."""
    columns = [incident_changes.c[name] for name in Change.__dataclass_fields__]
    query = sa.select(*columns).where(incident_changes.c.incident_id == incident_id)
    rows = connection.execute(query.order_by(incident_changes.c.id)).mappings()
    return [Change(**row) for row in rows]
