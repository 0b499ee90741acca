"""INSERT … ON CONFLICT in the dialect at hand: SQLite and PostgreSQL say it alike, SQLAlchemy types them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def insert(connection: sa.Connection, table: sa.Table) -> Insert:
    """The dialect's own insert, which knows ON CONFLICT."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def insert_new(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose keys are not there yet; the others stay as they are."""
    if rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), list(rows))


def upsert(connection: sa.Connection, table: sa.Table, *, keys: Sequence[str]) -> Insert:
    """A statement for rows that are inserted, or overwrite all but keys and id of the row that has their keys."""
    statement = insert(connection, table)
    changed = {
        column.name: statement.excluded[column.name] for column in table.c if column.name not in {*keys, "id"}
    }
    return statement.on_conflict_do_update(index_elements=list(keys), set_=changed)
