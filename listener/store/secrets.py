"""Keys that this database made for itself: made once, whoever races, and kept for ever."""

from __future__ import annotations

import secrets as chance
from datetime import datetime

import sqlalchemy as sa

from listener.store.alert_tables import secrets
from listener.store.upsert import insert

BYTES = 32


def get(connection: sa.Connection, name: str) -> str | None:
    """The key of this name, None where none was made yet."""
    value: str | None = connection.scalar(sa.select(secrets.c.value).where(secrets.c.name == name))
    return value


def made(connection: sa.Connection, name: str, *, now: datetime) -> str:
    """The key of this name, made by chance where there is none."""
    if known := get(connection, name):
        return known
    row = {"name": name, "value": chance.token_hex(BYTES), "at": now}
    connection.execute(insert(connection, secrets).values(row).on_conflict_do_nothing())
    value: str = connection.execute(sa.select(secrets.c.value).where(secrets.c.name == name)).scalar_one()
    return value
