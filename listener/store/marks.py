"""One number and one time by name: where a recurring job stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from listener.store.tables import marks
from listener.store.upsert import upsert


def get(connection: sa.Connection, name: str) -> int | None:
    """The number under this name, None where there is none yet."""
    return connection.execute(sa.select(marks.c.number).where(marks.c.name == name)).scalar()


def at(connection: sa.Connection, name: str) -> datetime | None:
    """The time under this name, None where there is none yet."""
    return connection.execute(sa.select(marks.c.at).where(marks.c.name == name)).scalar()


def named(connection: sa.Connection, beginning: str) -> dict[str, datetime]:
    """The times under all names that begin so."""
    query = sa.select(marks.c.name, marks.c.at).where(marks.c.name.startswith(beginning, autoescape=True))
    return {row.name: row.at for row in connection.execute(query) if row.at is not None}


def drop(connection: sa.Connection, names: Collection[str]) -> None:
    """Forget what stands under these names."""
    connection.execute(sa.delete(marks).where(marks.c.name.in_(names)))


def put(
    connection: sa.Connection, name: str, *, number: int | None = None, at: datetime | None = None
) -> None:
    """Set both; what is not given is emptied."""
    connection.execute(upsert(connection, marks, keys=("name",)), {"name": name, "number": number, "at": at})
