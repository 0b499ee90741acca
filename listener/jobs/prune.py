"""What is let go after a while, so that a small disk lasts for years. Mentions, matches, counts and incidents stay."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.store import posts, revised, sketches
from listener.store.alert_tables import outbox, withheld
from listener.store.engine import Database
from listener.store.tables import quarantine
from listener.telemetry import say

KEEP_SENT = timedelta(days=180)
KEEP_QUARANTINE = timedelta(days=90)
KEEP_WITNESSES = timedelta(days=2)
"""How long who wrote a deleted item is known: twice as long as one witness is one voice."""
KEEP_SKETCHES = timedelta(days=30)
"""How long after a story was last told a near copy of it is still looked for. Papers copy within days; what comes later is looking back."""

SKETCHES_AT_ONCE = 500
"""Each takes its 42 bands along: so many that pages which wait for their turn to be stored hardly notice."""


def prune(database: Database, *, now: datetime) -> int:
    """Delete notifications sent or told after they were held back, items set aside, sketches of stories told, witnesses of deleted items, and what was posted and read, that long ago; returns and says how many rows."""
    with database.write() as connection:
        gone = connection.execute(
            sa.delete(outbox).where(outbox.c.state == "sent", outbox.c.sent_at < now - KEEP_SENT)
        ).rowcount
        gone += connection.execute(sa.delete(withheld).where(withheld.c.told_at < now - KEEP_SENT)).rowcount
        gone += posts.forget(connection, now=now)
        gone += revised.forget_witnesses(connection, before=now - KEEP_WITNESSES)
        gone += connection.execute(
            sa.delete(quarantine).where(quarantine.c.at < now - KEEP_QUARANTINE)
        ).rowcount
    gone += _forget_sketches(database, before=now - KEEP_SKETCHES)
    if gone:
        say("pruned", rows=gone)
    return gone


def _forget_sketches(database: Database, *, before: datetime) -> int:
    gone = 0
    while True:
        with database.write() as connection:
            some = sketches.forget(connection, before=before, most=SKETCHES_AT_ONCE)
        gone += some
        if some < SKETCHES_AT_ONCE:
            return gone
