"""What was said before: texts that the words of a window are held against."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.sentiment import Label
from listener.domain.wordshift import Voiced
from listener.store.tables import clients, matches, mentions

CLIENT_MOST, LIST_MOST = 2_000, 1_000
LENGTH_MOST = 600
"""Characters of each text: enough to know which words are usual."""

_LOOKED_THROUGH = 50_000
"""Matches, newest first, among which those of a list are looked for."""


def of_client(connection: sa.Connection, client_id: str, *, since: datetime, until: datetime) -> list[Voiced]:
    """What others said of a client in [since, until), the newest 2,000 texts; copies of one story are one voice."""
    query = _TEXTS.where(
        matches.c.client_id == client_id,
        matches.c.counted_at >= since,
        matches.c.counted_at < until,
        sa.not_(matches.c.own),
    )
    return _voiced(
        connection.execute(
            query.order_by(matches.c.counted_at.desc(), matches.c.id.desc()).limit(CLIENT_MOST)
        )
    )


def of_list(
    connection: sa.Connection, watch_list: str, label: Label, *, since: datetime, until: datetime
) -> list[Voiced]:
    """What others said with this label of any client of a list in [since, until), the newest 1,000 texts."""
    newest = sa.select(sa.func.max(matches.c.id)).scalar_subquery()
    query = (
        _TEXTS.join(clients, clients.c.id == matches.c.client_id)
        .where(
            matches.c.id > newest - _LOOKED_THROUGH,
            clients.c.watch_list == watch_list,
            matches.c.label == label,
            matches.c.counted_at >= since,
            matches.c.counted_at < until,
            sa.not_(matches.c.own),
        )
        .order_by(matches.c.id.desc())
        .limit(LIST_MOST)
    )
    return _voiced(connection.execute(query))


_TEXTS = sa.select(
    mentions.c.story_id,
    sa.func.substr(mentions.c.title, 1, LENGTH_MOST).label("title"),
    sa.func.substr(mentions.c.text, 1, LENGTH_MOST).label("text"),
).join(matches, matches.c.mention_id == mentions.c.id)


def _voiced(rows: Iterable[sa.Row[Any]]) -> list[Voiced]:
    return [
        Voiced(voice=str(row.story_id), text=f"{row.title}. {row.text}" if row.title else row.text)
        for row in rows
    ]
