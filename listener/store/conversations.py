"""Where the messages of an incident stand at a receiver, so that the next one goes on there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.store.alert_tables import conversations, incidents
from listener.store.upsert import insert


def place(conn: sa.Connection, incident: int, receiver: str) -> Mapping[str, Any] | None:
    """What the receiver's notifier returned for the incident; None where nothing was told there, or nothing goes on."""
    query = sa.select(conversations.c.place).where(
        conversations.c.incident_id == incident, conversations.c.receiver == receiver
    )
    kept: Mapping[str, Any] | None = conn.scalar(query)
    return kept


def keep(
    conn: sa.Connection, incident: int, receiver: str, place: Mapping[str, Any], *, now: datetime
) -> None:
    """Go on here from now on. Of an incident that is no longer stored nothing is kept."""
    if conn.scalar(sa.select(incidents.c.id).where(incidents.c.id == incident)) is None:
        return
    row = {"incident_id": incident, "receiver": receiver, "place": dict(place), "at": now}
    statement = insert(conn, conversations).values(row)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["incident_id", "receiver"], set_={"place": row["place"], "at": now}
        )
    )
