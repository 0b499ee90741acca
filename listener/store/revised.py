"""What has become of stored items at their place: those that read otherwise now, and those that their authors took back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.found import Found
from listener.store.alert_tables import incidents, outbox, withheld
from listener.store.chunks import chunks
from listener.store.tables import authors, identities, matches, mentions, quarantine

DELETED = "[deleted by its author]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An item as it is stored, and the scorers of its matches by match and client. `gone`: nothing of its text is left."""

    mention_id: int
    title: str | None
    text: str
    rating: float | None
    edited_at: datetime | None
    gone: bool
    matches: Mapping[tuple[int, str], str]


def standing(connection: sa.Connection, hashes: Iterable[bytes]) -> dict[bytes, Standing]:
    """Those of these items that are stored."""
    names = ("id", "title", "text", "rating", "edited_at", "gone_at")
    columns = [mentions.c[name] for name in names]
    query = sa.select(identities.c.hash, *columns).join(mentions, mentions.c.id == identities.c.mention_id)
    rows = [
        row
        for some in chunks(list(dict.fromkeys(hashes)))
        for row in connection.execute(query.where(identities.c.hash.in_(some)))
    ]
    scorers = _scorers(connection, [row.id for row in rows])
    return {
        bytes(row.hash): Standing(
            mention_id=row.id,
            title=row.title,
            text=row.text,
            rating=row.rating,
            edited_at=row.edited_at,
            gone=row.gone_at is not None,
            matches=scorers.get(row.id, {}),
        )
        for row in rows
    }


def _scorers(connection: sa.Connection, ids: list[int]) -> dict[int, dict[tuple[int, str], str]]:
    found: dict[int, dict[tuple[int, str], str]] = {}
    columns = (matches.c.id, matches.c.mention_id, matches.c.client_id, matches.c.scorer)
    for some in chunks(ids):
        for row in connection.execute(sa.select(*columns).where(matches.c.mention_id.in_(some))):
            found.setdefault(row.mention_id, {})[row.id, row.client_id] = row.scorer
    return found


def rewrite(connection: sa.Connection, mention_id: int, found: Found) -> None:
    """Let the mention read as the item does now; when and by whom it was written stays."""
    connection.execute(
        sa.update(mentions)
        .where(mentions.c.id == mention_id, mentions.c.gone_at.is_(None))
        .values(
            title=found.title,
            text=found.text,
            edited_at=found.edited_at,
            links=list(found.links),
            rating=found.rating,
            engagement=dict(found.engagement),
            raw=dict(found.raw),
        )
    )


def erase(connection: sa.Connection, hashes: Iterable[bytes], *, now: datetime) -> int:
    """Erase text, title, address, author and payload of these items, and where messages quote them; returns how many were stored.

    That it was said, when, and with which label, stays: a count that was told is not untold. Its author is a witness for two
    days more, so that nobody counts anew who deletes and writes again; `forget_witnesses` ends that.
    """
    rows = [
        row
        for some in chunks(list(dict.fromkeys(hashes)))
        for row in connection.execute(
            sa.select(mentions)
            .join(identities, mentions.c.id == identities.c.mention_id)
            .where(identities.c.hash.in_(some), mentions.c.gone_at.is_(None))
        )
    ]
    if not rows:
        return 0
    ids = list(dict.fromkeys(row.id for row in rows))
    for some in chunks(ids):
        _blank(connection, some, now=now)
    for row in rows:
        connection.execute(
            sa.delete(quarantine).where(
                quarantine.c.target_id == row.target_id, quarantine.c.external_id == row.external_id
            )
        )
    _unquote(connection, {row.url for row in rows if row.url}, since=min(row.fetched_at for row in rows))
    _forget_authors(connection, {row.author_id for row in rows if row.author_id is not None})
    return len(ids)


def by_authors(connection: sa.Connection, kind: str, keys: Iterable[str]) -> list[bytes]:
    """What stands for the items of these authors that are stored and not erased; `kind` as authors are kept under it."""
    return [
        bytes(found)
        for some in chunks(list(dict.fromkeys(keys)))
        for found in connection.scalars(
            sa.select(identities.c.hash)
            .join(mentions, mentions.c.id == identities.c.mention_id)
            .join(authors, authors.c.id == mentions.c.author_id)
            .where(authors.c.kind == kind, authors.c.key.in_(some), mentions.c.gone_at.is_(None))
        )
    ]


def _blank(connection: sa.Connection, ids: Sequence[int], *, now: datetime) -> None:
    connection.execute(
        sa.update(mentions)
        .where(mentions.c.id.in_(ids))
        .values(
            text="",
            title=None,
            url=None,
            author_id=None,
            links=[],
            engagement={},
            raw={},
            gone_at=now,
        )
    )
    connection.execute(
        sa.update(matches)
        .where(matches.c.mention_id.in_(ids))
        .values(explanation=None, reasons=["its author has deleted it since"])
    )


def _forget_authors(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Those of whom nothing else is stored."""
    speaks = sa.exists().where(mentions.c.author_id == authors.c.id)
    for some in chunks(sorted(ids)):
        connection.execute(sa.delete(authors).where(authors.c.id.in_(some), ~speaks))


_QUOTING = ((outbox, outbox.c.message, outbox.c.created_at), (withheld, withheld.c.message, withheld.c.at))


def _unquote(connection: sa.Connection, urls: set[str], *, since: datetime) -> None:
    """Take quotes of these addresses out of what was sent, waits to be sent, or is kept with an incident."""
    if not urls:
        return
    for table, column, at in _QUOTING:
        rows = connection.execute(sa.select(table.c.id, column.label("told")).where(at >= since)).all()
        _put_back(connection, table, column, rows, urls)
    rows = connection.execute(
        sa.select(incidents.c.id, incidents.c.telling.label("told")).where(
            sa.or_(incidents.c.resolved_at.is_(None), incidents.c.resolved_at >= since)
        )
    ).all()
    _put_back(connection, incidents, incidents.c.telling, rows, urls)


def _put_back(
    connection: sa.Connection,
    table: sa.Table,
    column: sa.Column[Any],
    rows: Sequence[sa.Row[Any, Any]],
    urls: set[str],
) -> None:
    for row in rows:
        cleaned = _without(row.told, urls)
        if cleaned != row.told:
            connection.execute(sa.update(table).where(table.c.id == row.id).values({column.name: cleaned}))


def _without(told: Any, urls: set[str]) -> Any:  # noqa: ANN401 - JSON in, JSON out
    if isinstance(told, list):
        return [_without(one, urls) for one in told]
    if not isinstance(told, dict):
        return told
    if told.get("url") in urls and "text" in told:
        blank = {"text": DELETED, "title": None, "url": None, "author": "unnamed"}
        return {name: blank.get(name, value) for name, value in told.items()}
    return {name: _without(value, urls) for name, value in told.items()}


def forget_witnesses(connection: sa.Connection, *, before: datetime) -> int:
    """Let those go who testified in items that were erased before then; each item is its own witness from there on."""
    nobody = sa.literal("item:") + sa.cast(mentions.c.id, sa.Text)
    return connection.execute(
        sa.update(mentions)
        .where(mentions.c.gone_at < before, mentions.c.witness != nobody)
        .values(witness=nobody)
    ).rowcount
