"""What is told at its time, whatever happens meanwhile: the end of silences and of quiet hours, and digests."""

from __future__ import annotations

from datetime import datetime

from listener.alerting import digest, hush
from listener.jobs.plan import Plan
from listener.store.engine import Database


def tell_in_time(database: Database, plan: Plan, *, now: datetime) -> int:
    """Lay into the outbox what is due; the number of messages."""
    ended = hush.end(database, plan.watched, zone=plan.timezone, now=now)
    return ended + digest.tell_due(database, plan.digests, plan.watched, now=now)
