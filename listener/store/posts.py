"""What others post to us: kept in the transaction that answers them, read by its connector, let go a while later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal

import sqlalchemy as sa

from listener.connector.inbox import Posted
from listener.store.engine import Database
from listener.store.tables import posts
from listener.store.upsert import insert

Outcome = Literal["taken", "repeated", "another", "full"]
"""Whether it was taken, was here already, came under the key of something else, or too much waits to be read."""

MOST_WAITING = 5_000
"""Posts under one name that nobody has read yet."""
KEEP_READ = timedelta(days=7)
"""How long a key is remembered, and what was read stays for a client that is new."""
KEEP_UNREAD = timedelta(days=90)
"""What waits for a source that has left the configuration."""
_IN_TURN = 0x50_4F_53_54  # any number that no other advisory lock has


def take(connection: sa.Connection, name: str, *, key: str, body: bytes, now: datetime) -> Outcome:
    """Keep what was posted, once for each key."""
    if connection.dialect.name == "postgresql":  # so that a lower number is never seen after a higher one
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_IN_TURN)))
    digest = blake2b(body, digest_size=16).digest()
    known = connection.execute(
        sa.select(posts.c.hash).where(posts.c.name == name, posts.c.key == key)
    ).first()
    if known is not None:
        return "repeated" if bytes(known.hash) == digest else "another"
    waiting = sa.select(posts.c.id).where(posts.c.name == name, posts.c.read_at.is_(None))
    if connection.execute(waiting.offset(MOST_WAITING - 1).limit(1)).first() is not None:
        return "full"
    connection.execute(
        insert(connection, posts), {"name": name, "key": key, "hash": digest, "body": body, "at": now}
    )
    return "taken"


def following(connection: sa.Connection, name: str, number: int, *, most: int) -> list[Posted]:
    """What came under this name after that number, in the order in which it was taken."""
    rows = connection.execute(
        sa.select(posts.c.id, posts.c.body, posts.c.at)
        .where(posts.c.name == name, posts.c.id > number)
        .order_by(posts.c.id)
        .limit(most)
    )
    return [Posted(number=row.id, body=bytes(row.body), at=row.at) for row in rows]


def is_unread(connection: sa.Connection, name: str, number: int) -> bool:
    """Whether something up to that number does not say yet that it was read."""
    return (
        connection.execute(
            sa.select(posts.c.id)
            .where(posts.c.name == name, posts.c.id <= number, posts.c.read_at.is_(None))
            .limit(1)
        ).first()
        is not None
    )


def read(connection: sa.Connection, name: str, number: int, *, now: datetime) -> None:
    """Up to this number everything is stored as mentions, or belongs to nobody."""
    connection.execute(
        sa.update(posts)
        .where(posts.c.name == name, posts.c.id <= number, posts.c.read_at.is_(None))
        .values(read_at=now)
    )


def forget(connection: sa.Connection, *, now: datetime) -> int:
    """Let go what was read long enough ago, and what nobody reads; how many."""
    old = sa.or_(posts.c.read_at < now - KEEP_READ, posts.c.at < now - KEEP_UNREAD)
    return connection.execute(sa.delete(posts).where(old)).rowcount


class StoredPosts:
    """contract of connector.inbox.Posts over the database. Whoever asks for what comes after a number has stored the rest."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def posted(self, name: str, *, after: int, most: int) -> Sequence[Posted]:
        with self._database.read() as connection:
            found = following(connection, name, after, most=most)
            unread = is_unread(connection, name, after)
        if unread:
            with self._database.write() as connection:
                read(connection, name, after, now=self._clock())
        return found
