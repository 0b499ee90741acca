"""Who did what: added to, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.store.tables import audit


def add(
    connection: sa.Connection, *, who: str, what: str, detail: Mapping[str, Any] | None = None, now: datetime
) -> None:
    """`what` is a short verb phrase ("resolved incident"); `detail` survives JSON and holds no secret."""
    connection.execute(sa.insert(audit).values(at=now, who=who, what=what, detail=dict(detail or {})))


def newest(connection: sa.Connection, *, limit: int = 100) -> list[sa.Row[Any]]:
    """The newest entries first, each with at, who, what and detail."""
    entries = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
    return list(connection.execute(entries).all())


def last(connection: sa.Connection, what: str) -> sa.Row[Any] | None:
    """The newest entry of this kind, with id, at, who, what and detail."""
    entry = sa.select(audit).where(audit.c.what == what).order_by(audit.c.id.desc()).limit(1)
    return connection.execute(entry).one_or_none()
