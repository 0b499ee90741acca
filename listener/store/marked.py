"""What people said of single mentions: about this client, or not. Their last word stands, and no poll undoes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.reading import whole
from listener.store.tables import marked, matches, mentions
from listener.store.upsert import upsert

MOST = 10_000
"""Stored matches that a proposal is made from: the newest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A stored mention as one text, title and all."""

    mention_id: int
    text: str


def put(
    connection: sa.Connection, *, mention_id: int, client_id: str, about: bool, who: str, now: datetime
) -> None:
    """Keep what somebody said; what was said before of the same mention and client gives way to it."""
    row = {"mention_id": mention_id, "client_id": client_id, "about": about, "who": who, "at": now}
    connection.execute(upsert(connection, marked, keys=("mention_id", "client_id")), [row])


def texts(connection: sa.Connection, client_id: str, *, most: int = MOST) -> list[Text]:
    """The newest stored matches of a client that a query brought, the oldest of them first."""
    query = (
        _TEXT.join(matches, matches.c.mention_id == mentions.c.id)
        .where(matches.c.client_id == client_id, matches.c.explanation.is_not(None))
        .order_by(matches.c.id.desc())
        .limit(most)
    )
    return [_text(row) for row in reversed(connection.execute(query).all())]


_TEXT = sa.select(mentions.c.id, mentions.c.title, mentions.c.text)


def _text(row: sa.Row[Any]) -> Text:
    return Text(mention_id=row.id, text=whole(row.title, row.text))
