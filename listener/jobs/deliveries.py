"""Deliveries of the outbox, and the news of those that were given up."""

from __future__ import annotations

from datetime import datetime

from listener.alerting import wording
from listener.alerting.deliver import Delivered, deliver_round
from listener.alerting.tell import tell
from listener.jobs.plan import Plan
from listener.notify.contract import Post
from listener.store.engine import Database


def deliver(database: Database, plan: Plan, post: Post, *, now: datetime) -> Delivered:
    """Try what is due, once a receiver; what was given up is told to `health.notify`, elsewhere than where it failed."""
    done = deliver_round(database, now=now, receivers=plan.receivers, post=post, fallback=plan.fallback)
    if done.told:
        news = wording.health(done.told, key=f"health/{now.isoformat()}/delivery", now=now)
        with database.write() as connection:
            tell(connection, news, plan.health_receivers, now=now)
    return done
