"""What one receiver could not be told, another hears: the same alert under the same id, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from listener.domain.delivery import Notification, key
from listener.domain.message import Message
from listener.store import outbox

ENDS = {"resolved", "closed"}


def pass_on(
    conn: sa.Connection, undelivered: Iterable[Notification], *, to: str | None, reason: str, now: datetime
) -> int:
    """Lay what could not be delivered into the outbox for the fallback; how many it had not heard before.

    What it was told itself it is not told twice. What it cannot be told goes nowhere else. It keeps its age, so that what
    is old goes as one message.
    """
    if to is None:
        return 0
    wanted = {key(one.message.id, to): one for one in undelivered if one.receiver != to}
    new = wanted.keys() - outbox.known(conn, wanted)
    return sum(
        outbox.add(
            conn,
            key=name,
            receiver=to,
            message=_told(one, reason),
            now=now,
            created_at=min(one.created_at, now),
        )
        for name, one in wanted.items()
        if name in new
    )


def end_too(conn: sa.Connection, message: Message, *, to: str | None, now: datetime) -> bool:
    """Where the fallback had to be told of an incident, it is told of its end as well, though that was delivered."""
    if to is None or message.incident is None or message.kind not in ENDS:
        return False
    if not outbox.heard_of(conn, to, message.incident):
        return False
    why = "Told here because an earlier message of this incident could not be delivered."
    told = replace(message, lines=(why, *message.lines), place=None)
    return outbox.add(conn, key=key(message.id, to), receiver=to, message=told, now=now)


def _told(one: Notification, reason: str) -> Message:
    doubt = " It may have arrived there all the same." if one.in_doubt else ""
    why = f"Could not be delivered to {one.receiver}: {reason.removesuffix('.')}.{doubt}"
    return replace(one.message, lines=(why, *one.message.lines))
