"""Facts for tests, said in one line; every default can be overridden."""

from datetime import UTC, datetime, timedelta
from itertools import count

import sqlalchemy as sa

from listener.domain.client import Client
from listener.domain.found import Author, Found
from listener.domain.identity import identity_hash
from listener.domain.sentiment import Score
from listener.store import tables
from listener.store.mentions import Incoming, Judged

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
_NUMBERS = count(1)


def found(text="Mills never sent my refund", **more):
    number = next(_NUMBERS)
    return Found(**{"external_id": f"id-{number}", "text": text, "published_at": NOW, **more})


def author(name="ann"):
    return Author(key=name, name=name.title(), handle=name)


def score(label="negative", value=-0.6):
    return Score(
        label=label, value=None if label == "unknown" else value, scorer="test-1", reasons=("because",)
    )


def judged(client="mills", label="negative", *, own=False):
    return Judged(client_id=client, score=score(label), own=own)


def incoming(
    item=None, *, by="author:ann", story=None, merge=(), clients=("mills",), label="negative", own=False
):
    item = item or found()
    return Incoming(
        found=item,
        identity=identity_hash("rss", "https://feeds.example/", item.external_id),
        witness=by,
        merge_keys=tuple(merge),
        story_keys=(story,) if story else (),
        judged=tuple(judged(client, label, own=own) for client in clients),
    )


def key(name):
    """A 16-byte key of a story or of a merge."""
    return name.encode().ljust(16, b".")


def client(name="mills", **more):
    return Client(**{"id": name, "name": name.title(), "watch_list": "key-accounts", "query": name, **more})


def add_client(connection, name="mills"):
    connection.execute(
        sa.insert(tables.clients).values(
            id=name,
            name=name.title(),
            watch_list="key-accounts",
            joined_at=NOW - timedelta(days=30),
            asked_at=NOW,
        )
    )


def add_target(connection, scope="https://feeds.example/", kind="rss", **more):
    """A target row; returns its id."""
    row = {"kind": kind, "scope": scope, "every_s": 900, "next_poll_at": NOW, **more}
    return connection.execute(
        sa.insert(tables.targets).values(row).returning(tables.targets.c.id)
    ).scalar_one()
