"""PostgreSQL through psycopg 3: small pool, every wait bounded, errors told without secrets."""

from __future__ import annotations

import time
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg.abc import PQGen
from sqlalchemy import event

from listener.store import errors
from listener.store.backend import Backend
from listener.store.lead import SessionLead

RV = TypeVar("RV")

_POOL = 5
_CONNECT_S = 10
_STATEMENT_S = 90  # above the wait for a lock, so that Busy and Slow are told apart
_IDLE_S = 120
_ANSWER_S = _STATEMENT_S + 15
"""The server ends a statement after its own limit; one that has not answered so much later is not answering at all."""

# Sent once per connection. A machine that is gone is noticed by the kernel: unanswered data for 20 s breaks the link.
_LINK = {
    "connect_timeout": _CONNECT_S,
    "tcp_user_timeout": 20_000,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "application_name": "listener",
}


def backend(url: sa.URL, *, patience: float) -> Backend:
    """Connect to the database that `url` names. Nothing is sent before the first transaction."""
    where = url.set(query={}).render_as_string(hide_password=True)
    engine = _engine(url, statement_s=_STATEMENT_S, lock_s=patience)
    alone = _engine(url, statement_s=_STATEMENT_S, lock_s=patience, pool=sa.NullPool)
    return Backend(
        dialect="postgresql",
        where=where,
        writer=engine,
        reader=engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
        migrator=_engine(url, statement_s=None, lock_s=patience, pool=sa.NullPool),
        check=lambda: None,
        explain=lambda error: _explain(error, where=where, patience=patience),
        lead=lambda: SessionLead.take(alone.execution_options(isolation_level="AUTOCOMMIT"), where=where),
        patience=patience,
    )


class _Bounded(psycopg.Connection[Any]):
    """Waits for no answer for ever: a server that hangs keeps the link alive, so nothing below us would notice."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As psycopg's, but with an end; the connection is closed then, for nobody knows what the server still does."""
        ends_at = time.monotonic() + _ANSWER_S
        try:
            return super().wait(gen, interval=interval, timeout=_ANSWER_S if timeout is None else timeout)
        except psycopg.OperationalError:
            if time.monotonic() >= ends_at:
                self.pgconn.finish()
                raise psycopg.OperationalError(f"no answer for {_ANSWER_S:g} s") from None
            raise


def _engine(
    url: sa.URL, *, statement_s: float | None, lock_s: float, pool: type[sa.Pool] = sa.QueuePool
) -> sa.Engine:
    limits = (
        f"-c statement_timeout={round((statement_s or 0) * 1000)} -c lock_timeout={round(lock_s * 1000)}"
        f" -c idle_in_transaction_session_timeout={_IDLE_S * 1000} -c timezone=UTC"
    )
    given = url.query.get("options", "")
    options = f"{given if isinstance(given, str) else ' '.join(given)} {limits}".strip()
    sized = {"pool_size": _POOL, "max_overflow": _POOL, "pool_use_lifo": True} if pool is sa.QueuePool else {}
    engine = sa.create_engine(
        url.difference_update_query(["options"]),
        poolclass=pool,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={**_LINK, "options": options},
        **sized,
    )
    if statement_s is not None:
        event.listen(engine, "do_connect", _connect)
    return engine


def _connect(dialect: object, record: object, words: Any, named: Any) -> _Bounded:  # noqa: ANN401, ARG001 - the event's form
    return _Bounded.connect(*words, **named)


def _explain(error: sa.exc.DBAPIError, *, where: str, patience: float) -> errors.StoreError | None:
    cause = error.orig
    if not isinstance(cause, psycopg.Error):
        return None
    code = cause.sqlstate
    told = _TOLD.get(code, _TOLD.get(code[:2])) if code else _by_words(cause)
    if told is None:
        return None
    reason = _reason(cause)
    return told(where=where, seconds=round(patience), reason=reason, detail=reason)


def _by_words(cause: psycopg.Error) -> type[errors.StoreError] | None:
    """Without a code libpq speaks: no server answered, or it turned us away before it let us in."""
    if not isinstance(cause, psycopg.OperationalError):
        return None
    if any(words in str(cause) for words in ("authentication failed", "no password supplied")):
        return errors.AccessDenied
    return errors.Unreachable


# By SQLSTATE or its class, https://www.postgresql.org/docs/current/errcodes-appendix.html.
_TOLD: dict[str, type[errors.StoreError]] = {
    "08": errors.Unreachable,
    "25006": errors.ReadOnly,
    "25P03": errors.Slow,
    "28": errors.AccessDenied,
    "3D000": errors.Unreachable,
    "40P01": errors.Busy,
    "42501": errors.AccessDenied,
    "53": errors.Unreachable,
    "53100": errors.DiskFull,
    "55P03": errors.Busy,
    "57": errors.Unreachable,
    "57014": errors.Slow,
    "58": errors.Unreachable,
    "XX001": errors.Corrupt,
    "XX002": errors.Corrupt,
}


def _reason(cause: psycopg.Error) -> str:
    """The first line: host, port and user, never a password; the others say it again for each address."""
    lines = str(cause).strip().splitlines() or [type(cause).__name__]
    return lines[0].strip()
