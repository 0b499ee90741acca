"""Bringing the tables to what this version needs: all in one transaction, under the lead."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import sqlalchemy as sa

from listener.store import schema
from listener.store.backend import Lead
from listener.store.errors import Corrupt, NewerSchema
from listener.store.schema import APPLICATION_ID, VERSION_TABLE, Status, status

if TYPE_CHECKING:
    from alembic.config import Config

    from listener.store.engine import Database

__all__ = ["Status", "config", "status", "upgrade"]


def upgrade(database: Database, *, lead: Lead | None = None) -> Status:
    """Bring the schema up to this version and tell what was found before.

    Whoever holds the lead passes it; else it is taken for the time, and AlreadyRunning is raised beside a running
    daemon. Killed in the middle, nothing has changed.
    """
    with nullcontext() if lead is not None else database.lead():
        before = status(database)
        if before.is_newer:
            raise NewerSchema(where=database.where, found=before.found, newest=before.newest)
        if not before.is_current:
            _run(database)
        return before


def _run(database: Database) -> None:
    from alembic import command

    with database.migrate() as conn:
        if database.dialect == "sqlite":
            conn.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        command.upgrade(config(conn), "head")
        _check_references(conn, database)


def config(conn: sa.Connection) -> Config:
    """Alembic's settings for one connection, without an ini file."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(schema.migrations_folder()).replace("%", "%%"))
    settings.attributes["connection"] = conn
    settings.attributes["version_table"] = VERSION_TABLE
    return settings


def _check_references(conn: sa.Connection, database: Database) -> None:
    """SQLite rebuilds tables with foreign keys off: before the commit, none may point to nothing."""
    if database.dialect == "sqlite" and (lost := conn.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise Corrupt(where=database.where, detail=f"a row of {lost[0]} refers to nothing")
