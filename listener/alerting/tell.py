"""Into the outbox, in the transaction that made it true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from listener.domain.delivery import key
from listener.domain.message import Message
from listener.store import outbox


def tell(connection: sa.Connection, message: Message, receivers: Sequence[str], *, now: datetime) -> None:
    """Lay a message into the outbox, once for each receiver; what lies there already under its id stays."""
    for receiver in receivers:
        outbox.add(connection, key=key(message.id, receiver), receiver=receiver, message=message, now=now)
