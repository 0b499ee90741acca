"""What was learned from corrections, per watch list: every training with its figures, and the content of what was taken over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.store.tables import models

Stamp = tuple[tuple[int, int], ...]
"""Which models count, by number and version."""

KEPT = 10
"""Contents of a list that are kept to go back to; of older models the figures stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """One training. `figures` survive JSON; `text` and `checksum` are None where it was not taken over, or is too old to go back to."""

    id: int
    watch_list: str
    version: int
    trained_at: datetime
    last_correction_id: int
    figures: Mapping[str, Any]
    active: bool
    text: str | None
    checksum: str | None


def add(
    connection: sa.Connection,
    *,
    watch_list: str,
    last_correction_id: int,
    figures: Mapping[str, Any],
    content: tuple[str, str] | None,
    now: datetime,
) -> int:
    """Keep a training; with a content (text and checksum) it takes the place of the active one. Returns its version."""
    top = sa.select(sa.func.coalesce(sa.func.max(models.c.version), 0)).where(
        models.c.watch_list == watch_list
    )
    version = int(connection.execute(top).scalar_one()) + 1
    if content is not None:
        _retire(connection, watch_list)
    text, checksum = content or (None, None)
    row = {
        "watch_list": watch_list,
        "version": version,
        "trained_at": now,
        "last_correction_id": last_correction_id,
        "figures": dict(figures),
        "active": content is not None,
        "checksum": checksum,
        "content": text,
    }
    connection.execute(sa.insert(models), [row])
    _thin(connection, watch_list)
    return version


def active(connection: sa.Connection) -> list[Trained]:
    """The models that count, one for a list at most."""
    query = sa.select(models).where(models.c.active).order_by(models.c.watch_list)
    return [_trained(row) for row in connection.execute(query)]


def stamp(connection: sa.Connection) -> Stamp:
    """Changes when another model counts: the numbers of those that do."""
    query = sa.select(models.c.id, models.c.version).where(models.c.active).order_by(models.c.id)
    return tuple((row.id, row.version) for row in connection.execute(query))


def newest(connection: sa.Connection, watch_list: str) -> Trained | None:
    """The last training of a list, taken over or not."""
    query = (
        sa.select(models).where(models.c.watch_list == watch_list).order_by(models.c.version.desc()).limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _trained(row)


def roll_back(connection: sa.Connection, watch_list: str) -> tuple[int | None, int | None]:
    """Let the model before the active one count, or none: the version that counted, and the one that does now."""
    query = sa.select(models.c.version).where(models.c.watch_list == watch_list, models.c.active)
    was = connection.execute(query).scalar_one_or_none()
    if was is None:
        return None, None
    _retire(connection, watch_list)
    before = sa.select(sa.func.max(models.c.version)).where(
        models.c.watch_list == watch_list, models.c.version < was, models.c.content.is_not(None)
    )
    now = connection.execute(before).scalar_one_or_none()
    if now is not None:
        connection.execute(
            sa.update(models)
            .where(models.c.watch_list == watch_list, models.c.version == now)
            .values(active=True)
        )
    return was, now


def _retire(connection: sa.Connection, watch_list: str) -> None:
    connection.execute(
        sa.update(models).where(models.c.watch_list == watch_list, models.c.active).values(active=False)
    )


def _thin(connection: sa.Connection, watch_list: str) -> None:
    with_content = (
        sa.select(models.c.version)
        .where(models.c.watch_list == watch_list, models.c.content.is_not(None))
        .order_by(models.c.version.desc())
        .offset(KEPT)
        .limit(1)
    )
    oldest = connection.execute(with_content).scalar_one_or_none()
    if oldest is not None:
        connection.execute(
            sa.update(models)
            .where(models.c.watch_list == watch_list, models.c.version <= oldest, sa.not_(models.c.active))
            .values(content=None, checksum=None)
        )


def _trained(row: sa.Row[Any]) -> Trained:
    return Trained(
        id=row.id,
        watch_list=row.watch_list,
        version=row.version,
        trained_at=row.trained_at,
        last_correction_id=row.last_correction_id,
        figures=row.figures,
        active=row.active,
        text=row.content,
        checksum=row.checksum,
    )
