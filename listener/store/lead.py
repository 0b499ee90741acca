"""One daemon per database: a lock that dies with its holder, and on PostgreSQL a number that fences one cut off."""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from listener.store.errors import AlreadyRunning, LeadLost, ReadOnly
from listener.store.tables import marks

_KEY = 0x4C53544E
"""The advisory lock's number on PostgreSQL; locks are per database."""

MARK = "lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLead:
    """SQLite: flock on the file beside the database. The kernel gives it back however the process ends."""

    path: Path
    descriptor: int
    number: None = None

    @classmethod
    def take(cls, database: Path) -> FileLead:
        path = Path(f"{database.resolve()}.lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError:
            raise ReadOnly(where=path) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise AlreadyRunning(where=database, who=f" (process {holder})" if holder else "") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(path=path, descriptor=descriptor)

    def check(self) -> bool:
        """False where the lock file was deleted or replaced: then another could lock the new one."""
        try:
            seen, ours = self.path.stat(), os.fstat(self.descriptor)
        except OSError:
            return False
        return (seen.st_dev, seen.st_ino) == (ours.st_dev, ours.st_ino)

    def fence(self, conn: sa.Connection) -> None:
        """Nothing to ask: while we live, the lock is ours."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.descriptor)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLead:
    """PostgreSQL: an advisory lock held by a session of its own, and a number that every later lead exceeds.

    The server frees the lock when the session breaks, though we may live on: `fence` is what keeps us from writing then.
    """

    where: str
    session: sa.Connection
    number: int | None

    @classmethod
    def take(cls, engine: sa.Engine, *, where: str) -> SessionLead:
        """`engine` makes connections in autocommit, each its own session."""
        session = engine.connect()
        with ExitStack() as undo:
            undo.callback(session.close)
            _lock(session, where=where)
            number = _next_number(session)
            undo.pop_all()
        return cls(where=where, session=session, number=number)

    def check(self) -> bool:
        """Ask the session that holds the lock; a broken one holds nothing."""
        try:
            return bool(self.session.execute(sa.select(sa.true())).scalar_one())
        except sa.exc.DBAPIError:
            return False

    def fence(self, conn: sa.Connection) -> None:
        """Shares a lock on the number with `conn`'s transaction: nobody can take the lead until it has ended."""
        if self.number is None:
            return
        number = sa.select(marks.c.number).where(marks.c.name == MARK).with_for_update(read=True)
        if conn.execute(number).scalar() != self.number:
            raise LeadLost(where=self.where)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.invalidate()  # ends the session and with it the lock, broken or not
        self.session.close()


def _lock(session: sa.Connection, *, where: str) -> None:
    signature = f"listener {os.getpid()} on {socket.gethostname()}"[:63]  # PostgreSQL cuts longer names
    session.exec_driver_sql("SELECT set_config('application_name', %s, false)", (signature,))
    if not session.execute(sa.select(sa.func.pg_try_advisory_lock(_KEY))).scalar_one():
        raise AlreadyRunning(where=where, who=_holder(session))


def _holder(session: sa.Connection) -> str:
    holder = session.exec_driver_sql(
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) + objid::bigint = %s"
        " AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        (_KEY,),
    ).scalar()
    parts = (holder or "").split(" ", 1)
    return f" (process {parts[1]})" if len(parts) == 2 and parts[0] == "listener" else ""


def _next_number(session: sa.Connection) -> int | None:
    """None only before the first tables exist: whoever makes them holds the lock and nothing else to fence."""
    if not sa.inspect(session).has_table(marks.name):
        return None
    number = session.exec_driver_sql(
        "INSERT INTO marks (name, number) VALUES (%s, 1)"
        " ON CONFLICT (name) DO UPDATE SET number = marks.number + 1 RETURNING number",
        (MARK,),
    ).scalar_one()
    return int(number)
