"""Which schema a database has and which this version needs, told without loading Alembic."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from listener.store.errors import AlreadyRunning, ForeignDatabase, NewerSchema, NoDatabase, OlderSchema

if TYPE_CHECKING:
    from listener.store.engine import Database

VERSION_TABLE = "listener_schema"
APPLICATION_ID = 0x4C53544E
"""Stands in the header of every SQLite file that is ours: "LSTN"."""

WAIT_FOR_FIRST_S = 30.0
"""How long to wait for another process that is making the first tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """`found` is None where the database is empty."""

    found: str | None
    newest: str

    @property
    def is_current(self) -> bool:
        return self.found == self.newest

    @property
    def is_newer(self) -> bool:
        return self.found is not None and self.found not in known_versions()


def migrations_folder() -> Path:
    """Where the migrations are: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


@cache
def known_versions() -> tuple[str, ...]:
    """The revisions this version brings, oldest first: the leading number of each file's name."""
    files = (migrations_folder() / "versions").glob("[0-9]*_*.py")
    return tuple(sorted(file.name.partition("_")[0] for file in files))


def status(database: Database) -> Status:
    """What the database has beside what is needed. Raises ForeignDatabase where it is somebody else's."""
    with database.read() as conn:
        return Status(found=_found(conn, where=database.where), newest=known_versions()[-1])


def ensure(database: Database, *, create: bool, current: bool) -> None:
    """Refuse what this version cannot work with; give an empty database its tables."""
    seen = status(database)
    if seen.found is None:
        if not create:
            raise NoDatabase(where=database.where)
        _make_tables(database)
    elif seen.is_newer:
        raise NewerSchema(where=database.where, found=seen.found, newest=seen.newest)
    elif current and not seen.is_current:
        raise OlderSchema(where=database.where, found=seen.found, newest=seen.newest)


def _make_tables(database: Database) -> None:
    """Two processes may find the same empty database: the second waits until the first has made the tables."""
    from listener.store.migrate import upgrade

    deadline = time.monotonic() + WAIT_FOR_FIRST_S
    while status(database).found is None:
        try:
            upgrade(database)
        except AlreadyRunning:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _found(conn: sa.Connection, *, where: str) -> str | None:
    names = set(sa.inspect(conn).get_table_names())
    stamp = _stamp(conn)
    if stamp in {None, APPLICATION_ID} and VERSION_TABLE in names:
        return conn.execute(sa.select(sa.column("version_num")).select_from(sa.table(VERSION_TABLE))).scalar()
    if names or stamp not in {None, 0}:
        raise ForeignDatabase(where=where, evidence=evidence(names, stamp))
    return None


def _stamp(conn: sa.Connection) -> int | None:
    """The application id in a SQLite file's header, 0 where nobody set one; PostgreSQL has none."""
    if conn.dialect.name != "sqlite":
        return None
    return int(conn.exec_driver_sql("PRAGMA application_id").scalar_one())


def evidence(names: Collection[str], stamp: int | None) -> str:
    """What shows that a database is somebody else's."""
    shown = sorted(names)[:3]
    return f"the tables {', '.join(shown)}" if shown else f"the application id {stamp}"
