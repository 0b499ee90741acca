"""How far the polling has come: what health is judged by, and how the schedule is planned again."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.domain.health import LONGEST_PAUSES
from listener.store.columns import EPOCH, MICROSECOND
from listener.store.tables import matches, mentions, quarantine, targets

LONGEST_FORBIDDEN = timedelta(days=1)  # as the door reads Retry-After


def states(connection: sa.Connection) -> dict[str, int]:
    """How many active targets are in each state."""
    rows = connection.execute(
        sa.select(targets.c.state, sa.func.count().label("number"))
        .where(targets.c.active)
        .group_by(targets.c.state)
    )
    return {row.state: row.number for row in rows}


def next_due_at(connection: sa.Connection) -> datetime | None:
    """When the first active target that nobody holds is due, allowed by its place."""
    due_at = sa.case(
        (targets.c.not_before_at > targets.c.next_poll_at, targets.c.not_before_at),
        else_=targets.c.next_poll_at,
    )
    return connection.execute(
        sa.select(sa.func.min(due_at, type_=targets.c.next_poll_at.type)).where(
            targets.c.active, targets.c.claimed_until.is_(None)
        )
    ).scalar()


def last_poll_at(connection: sa.Connection) -> datetime | None:
    """When a poll last ended, whatever came of it."""
    return connection.execute(sa.select(sa.func.max(targets.c.last_poll_at))).scalar()


def set_aside(connection: sa.Connection) -> int:
    """How many items could not be read and lie aside."""
    return connection.execute(sa.select(sa.func.count()).select_from(quarantine)).scalar() or 0


def unjudged_since(connection: sa.Connection, after_match: int) -> datetime | None:
    """When the first mention was fetched that was stored after this match, None where there is none."""
    return connection.execute(
        sa.select(mentions.c.fetched_at)
        .join(matches, matches.c.mention_id == mentions.c.id)
        .where(matches.c.id > after_match)
        .order_by(matches.c.id)
        .limit(1)
    ).scalar()


def replan(connection: sa.Connection, *, now: datetime) -> int:
    """After the wall clock was set back: what is planned for later than any pause from now reaches is due now.

    Returns how many targets that were. What is overdue after a jump ahead is simply due, once. Targets in trouble keep
    their pause, and what a place forbade it forbade for a day at most.
    """
    connection.execute(
        sa.update(targets).where(targets.c.not_before_at > now + LONGEST_FORBIDDEN).values(not_before_at=None)
    )
    planned_at = sa.type_coerce(targets.c.next_poll_at, sa.BigInteger)
    planned_s = sa.case(
        (targets.c.cadence_s > targets.c.every_s, targets.c.cadence_s), else_=targets.c.every_s
    )
    every = sa.cast(planned_s, sa.BigInteger) * 1_000_000
    count = 0
    for state, pause in LONGEST_PAUSES.items():
        longest = pause // MICROSECOND
        latest = (now - EPOCH) // MICROSECOND + sa.case((every > longest, every), else_=longest)
        late = sa.update(targets).where(planned_at > latest, targets.c.state == state)
        count += connection.execute(late.values(next_poll_at=now)).rowcount
    return count
