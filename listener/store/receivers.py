"""What a receiver asked of us: to wait, or never to write again until the configuration changes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from listener.domain.delivery import due
from listener.store.alert_tables import receivers
from listener.store.upsert import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a receiver stands. `fingerprint` is that of the options with which it was found dead."""

    not_before_at: datetime | None = None
    dead_reason: str | None = None
    fingerprint: str | None = None


def standings(conn: sa.Connection) -> Mapping[str, Standing]:
    """Every receiver that ever asked for something; the others simply take messages."""
    columns = (receivers.c.name, receivers.c.not_before_at, receivers.c.dead_reason, receivers.c.fingerprint)
    return {
        name: Standing(not_before_at=not_before_at, dead_reason=dead_reason, fingerprint=fingerprint)
        for name, not_before_at, dead_reason, fingerprint in conn.execute(sa.select(*columns))
    }


def ready(conn: sa.Connection, names: Collection[str], *, now: datetime) -> set[str]:
    """Those of these receivers that may be written to now."""
    known = standings(conn)
    return {name for name in names if _open(known.get(name, Standing()), now=now)}


def _open(standing: Standing, *, now: datetime) -> bool:
    until = standing.not_before_at
    return standing.dead_reason is None and (until is None or due(until, now=now))


def hold(conn: sa.Connection, name: str, *, until: datetime) -> None:
    """Write to it no earlier than this."""
    _keep(conn, name, not_before_at=until)


def kill(conn: sa.Connection, name: str, *, reason: str, fingerprint: str) -> None:
    """It takes nothing any more, as long as its options have this fingerprint."""
    _keep(conn, name, dead_reason=reason, fingerprint=fingerprint)


def revive(conn: sa.Connection, name: str) -> None:
    """Try it again: its options have changed, or a person says that it works."""
    _keep(conn, name, not_before_at=None, dead_reason=None, fingerprint=None)


def _keep(conn: sa.Connection, name: str, **values: datetime | str | None) -> None:
    statement = insert(conn, receivers).values(name=name, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
