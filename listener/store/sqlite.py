"""SQLite: one file, opened so that nothing is lost, nothing is made over, and writers queue."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event

from listener.store import errors
from listener.store.backend import Backend
from listener.store.lead import FileLead
from listener.store.schema import APPLICATION_ID, evidence

_READERS_KEPT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One file and who it was when we opened it."""

    path: Path
    device: int
    inode: int

    def check(self) -> None:
        """A file that vanished or was replaced under us takes no more writes: they would be lost with it."""
        try:
            seen = self.path.stat()
        except FileNotFoundError:
            raise errors.FileReplaced(where=self.path, what="it is gone") from None
        if (seen.st_dev, seen.st_ino) != (self.device, self.inode):
            raise errors.FileReplaced(where=self.path, what="another file stands in its place")


def backend(url: sa.URL, *, base: Path, create: bool, patience: float) -> Backend:
    """Open the file that `url` names, relative to `base`; a new one is readable by its owner only."""
    path = _path(url, base)
    if create and not path.exists():
        _make(path)
    file = _seen(path)
    _look(path)
    writer = _engine(path, begin="BEGIN IMMEDIATE", settings=("foreign_keys=ON",), keep=1, patience=patience)
    return Backend(
        dialect="sqlite",
        where=str(path),
        writer=writer,
        reader=_engine(
            path, begin="BEGIN", settings=("query_only=ON",), keep=_READERS_KEPT, patience=patience
        ),
        migrator=_engine(
            path, begin="BEGIN IMMEDIATE", settings=("foreign_keys=OFF",), keep=1, patience=patience
        ),
        check=file.check,
        explain=lambda error: _explain(error, where=str(path), patience=patience),
        lead=lambda: FileLead.take(path),
        patience=patience,
    )


def _path(url: sa.URL, base: Path) -> Path:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise errors.BadUrl(reason="a database in memory, which would forget everything at the end")
    return (base / Path(url.database).expanduser()).absolute()


def _make(path: Path) -> None:
    """An empty file, made by us so that its rights are ours to set (and never over one that is there)."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        pass
    except (FileNotFoundError, NotADirectoryError):
        raise errors.NoFolder(folder=path.parent) from None
    except OSError as error:
        raise _explain_os(error, where=str(path)) from None


def _explain_os(error: OSError, *, where: str) -> errors.StoreError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return errors.DiskFull(where=where)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return errors.ReadOnly(where=where)
    return errors.DiskTrouble(where=where, detail=error.strerror)


def _seen(path: Path) -> _File:
    try:
        seen = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise errors.NoDatabase(where=path) from None
    except OSError as error:
        raise _explain_os(error, where=str(path)) from None
    if not path.is_file():
        raise errors.NotAFile(where=path)
    return _File(path=path, device=seen.st_dev, inode=seen.st_ino)


def _look(path: Path) -> None:
    """Read the header before anything is set: a file that is not ours must stay as it is, to the byte."""
    try:
        conn = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        try:
            stamp = conn.execute("PRAGMA application_id").fetchone()[0]
            names = [row[0] for row in conn.execute("SELECT name FROM sqlite_master ORDER BY name")]
        finally:
            conn.close()
    except sqlite3.DatabaseError as error:
        told = _explain_code(error, where=str(path), patience=0)
        raise (told or errors.NotADatabase(where=path)) from error
    if stamp != APPLICATION_ID and (stamp or names):
        raise errors.ForeignDatabase(where=path, evidence=evidence(names, stamp))


def _engine(path: Path, *, begin: str, settings: tuple[str, ...], keep: int, patience: float) -> sa.Engine:
    """An engine whose transactions begin with `begin`; connections may go from thread to thread."""

    def connect() -> sqlite3.Connection:
        # mode=rw: a file that is not there is an error, never a new file
        conn = sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw",
            uri=True,
            timeout=patience,
            check_same_thread=False,
            isolation_level=None,  # the driver begins nothing by itself: we say when, and how
            cached_statements=256,
        )
        for setting in ("journal_mode=WAL", "synchronous=FULL", *settings):
            conn.execute(f"PRAGMA {setting}")
        return conn

    engine = sa.create_engine(
        "sqlite://",
        creator=connect,
        poolclass=sa.QueuePool,
        pool_size=keep,
        max_overflow=-1,
        pool_use_lifo=True,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _beginner(begin))
    return engine


def _beginner(begin: str) -> Callable[[sa.Connection], None]:
    def start(conn: sa.Connection) -> None:
        conn.exec_driver_sql(begin)

    return start


def _explain(error: sa.exc.DBAPIError, *, where: str, patience: float) -> errors.StoreError | None:
    if not isinstance(error.orig, sqlite3.Error):
        return None
    return _explain_code(error.orig, where=where, patience=patience)


def _explain_code(error: sqlite3.Error, *, where: str, patience: float) -> errors.StoreError | None:
    told = _TOLD.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return told if told is None else told(where=where, seconds=round(patience), detail=error)


# By primary result code, https://sqlite.org/rescode.html.
_TOLD: dict[int, type[errors.StoreError]] = {
    sqlite3.SQLITE_BUSY: errors.Busy,
    sqlite3.SQLITE_LOCKED: errors.Busy,
    sqlite3.SQLITE_READONLY: errors.ReadOnly,
    sqlite3.SQLITE_CANTOPEN: errors.ReadOnly,
    sqlite3.SQLITE_PERM: errors.ReadOnly,
    sqlite3.SQLITE_FULL: errors.DiskFull,
    sqlite3.SQLITE_IOERR: errors.DiskTrouble,
    sqlite3.SQLITE_CORRUPT: errors.Corrupt,
    sqlite3.SQLITE_NOTADB: errors.NotADatabase,
}
