"""Which queries have been asked of all that was stored before them, and how far those have come that have not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b

import sqlalchemy as sa

from listener.store import marks
from listener.store.tables import clients
from listener.store.tables import marks as rows
from listener.store.upsert import upsert

Waiting = Mapping[str, datetime]
"""Client ids with since when each is asked by its query: another query is another time."""

_DONE = "asked back/"
_UNDER_WAY = "asking back/"


def waiting(connection: sa.Connection) -> dict[str, datetime]:
    """The clients whose query has not been asked of all that is stored."""
    done = sa.and_(rows.c.name == sa.literal(_DONE) + clients.c.id, rows.c.at == clients.c.asked_at)
    found = connection.execute(
        sa.select(clients.c.id, clients.c.asked_at)
        .outerjoin(rows, done)
        .where(clients.c.active, rows.c.name.is_(None))
    )
    return {row.id: row.asked_at for row in found}


def reached(connection: sa.Connection, those: Waiting) -> int:
    """The last mention that these, and no others, were asked of together; 0 where they have not begun."""
    return marks.get(connection, _name(those)) or 0


def move(connection: sa.Connection, those: Waiting, mention_id: int) -> None:
    """They have been asked of everything up to this mention."""
    marks.put(connection, _name(those), number=mention_id)


def finish(connection: sa.Connection, those: Waiting) -> None:
    """They have been asked of everything."""
    connection.execute(
        upsert(connection, rows, keys=("name",)),
        [{"name": _DONE + client, "number": None, "at": at} for client, at in sorted(those.items())],
    )
    connection.execute(sa.delete(rows).where(rows.c.name.startswith(_UNDER_WAY, autoescape=True)))


def _name(those: Waiting) -> str:
    """One name for each set of queries: where one more is added, all begin anew."""
    named = "\n".join(f"{client}\t{at.isoformat()}" for client, at in sorted(those.items()))
    return _UNDER_WAY + blake2b(named.encode(), digest_size=16).hexdigest()
