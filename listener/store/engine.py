"""Opening the database, and the two ways into it: `read()` sees one moment, `write()` is one transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from listener.store import schema
from listener.store.backend import Backend, Lead
from listener.store.errors import BadUrl, Busy, StoreError
from listener.telemetry import boundary

PATIENCE_S = 60.0
"""How long a transaction waits for another program's lock before it gives up with Busy."""


class Database:
    """An open database. Safe to share between threads; its transactions are not to be nested."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._turn = threading.Lock()
        self._writing: int | None = None

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        return self._backend.dialect

    @property
    def where(self) -> str:
        """What a person calls this database; holds no secret."""
        return self._backend.where

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Yields a connection that sees one moment and cannot write. Never waits for a writer."""
        with self._told():
            self._backend.check()
            with self._backend.reader.begin() as conn:
                yield conn

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Yields the one writing connection of this process; committed at the end, rolled back on any exception."""
        with self._alone(), self._told():
            self._backend.check()
            with self._backend.writer.begin() as conn:
                yield conn
                boundary("store.commit")
            boundary("store.committed")

    @contextmanager
    def migrate(self) -> Iterator[sa.Connection]:
        """As `write()`, for changes of the tables themselves."""
        with self._alone(), self._told():
            self._backend.check()
            with self._backend.migrator.begin() as conn:
                yield conn
                boundary("store.migrate")

    def lead(self) -> Lead:
        """Take the lead: one daemon or upgrade at a time. Raises AlreadyRunning; give it back with `with`."""
        with self._told():
            self._backend.check()
            return self._backend.lead()

    def close(self) -> None:
        """Give every connection back. Transactions in flight elsewhere end first."""
        for engine in (self._backend.reader, self._backend.migrator, self._backend.writer):
            engine.dispose()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer per process: threads that race for the database's own lock are slower than those that queue."""
        if self._writing == threading.get_ident():
            raise RuntimeError("write() inside write(): pass the connection on instead")
        if not self._turn.acquire(timeout=self._backend.patience):
            raise Busy(where=self.where, seconds=round(self._backend.patience))
        self._writing = threading.get_ident()
        try:
            yield
        finally:
            self._writing = None
            self._turn.release()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.TimeoutError as error:
            raise Busy(where=self.where, seconds=round(self._backend.patience)) from error
        except sa.exc.DBAPIError as error:
            told = self._backend.explain(error)
            if told is None:
                raise
            raise told from error


def open_database(
    url: str,
    *,
    base: Path | None = None,
    create: bool = True,
    current: bool = True,
    patience: float = PATIENCE_S,
) -> Database:
    """Open the database that `url` names; an empty one gets its tables at once.

    A relative SQLite path starts at `base`. With `create=False` a missing or empty database is NoDatabase. With
    `current=False` an older schema is let through, for the one who is about to upgrade it. Raises StoreError.
    """
    database = Database(_backend(url, base=base, create=create, patience=patience))
    try:
        schema.ensure(database, create=create, current=current)
    except StoreError:
        database.close()
        raise
    return database


def _backend(url: str, *, base: Path | None, create: bool, patience: float) -> Backend:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise BadUrl(reason="not a URL") from None  # the text may hold a password: it is not repeated
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        from listener.store import sqlite

        return sqlite.backend(parsed, base=base or Path(), create=create, patience=patience)
    if parsed.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        from listener.store import postgres

        return postgres.backend(parsed.set(drivername="postgresql+psycopg"), patience=patience)
    raise BadUrl(reason=f"for {parsed.drivername!r}, which Listener does not speak")
