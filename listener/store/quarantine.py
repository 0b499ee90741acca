"""What could not be read, kept aside for replay: counted, shown, and the same poison once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

import sqlalchemy as sa

from listener.domain.found import Refused
from listener.store.tables import quarantine
from listener.store.upsert import insert

LARGEST_PAYLOAD = 64 * 1024
"""Bytes of one item that are kept; its hash is of all of them."""


def add(
    connection: sa.Connection, target_id: int, refused: Refused | Iterable[Refused], *, now: datetime
) -> int:
    """Set items of this target aside; how many of them were not aside already."""
    items = [refused] if isinstance(refused, Refused) else list(refused)
    statement = insert(connection, quarantine).on_conflict_do_nothing().returning(quarantine.c.id)
    return sum(
        connection.execute(statement, _row(target_id, item, now=now)).first() is not None for item in items
    )


def counts(connection: sa.Connection) -> dict[int, int]:
    """How many items lie aside, by target."""
    counted = sa.select(quarantine.c.target_id, sa.func.count().label("items")).group_by(
        quarantine.c.target_id
    )
    return {row.target_id: row.items for row in connection.execute(counted)}


def _row(target_id: int, item: Refused, *, now: datetime) -> dict[str, object]:
    known_by = f"{target_id}\n{item.external_id or ''}\n".encode() + item.payload
    return {
        "target_id": target_id,
        "hash": blake2b(known_by, digest_size=16).digest(),
        "at": now,
        "reason": item.reason,
        "external_id": item.external_id,
        "payload": item.payload[:LARGEST_PAYLOAD],
    }
