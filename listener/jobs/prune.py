"""What is let go after a while, so that a small disk lasts for years. Mentions, matches, counts and incidents stay."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.store.engine import Database
from listener.store.tables import outbox, quarantine
from listener.telemetry import say

KEEP_SENT = timedelta(days=180)
KEEP_QUARANTINE = timedelta(days=90)


def prune(database: Database, *, now: datetime) -> int:
    """Delete notifications sent, and items set aside, that long ago; returns and says how many rows."""
    with database.write() as connection:
        gone = connection.execute(
            sa.delete(outbox).where(outbox.c.state == "sent", outbox.c.sent_at < now - KEEP_SENT)
        ).rowcount
        gone += connection.execute(
            sa.delete(quarantine).where(quarantine.c.at < now - KEEP_QUARANTINE)
        ).rowcount
    if gone:
        say("pruned", rows=gone)
    return gone
