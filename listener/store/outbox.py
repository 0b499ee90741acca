"""Notifications on their way: pending → sending(token) → sent | dead, each step won by an UPDATE that counts its rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from listener.domain.delivery import Notification, choose
from listener.domain.message import Message
from listener.store.alert_tables import outbox, receivers
from listener.store.receivers import ready
from listener.store.upsert import insert

LONGEST_LEASE = timedelta(minutes=10)
_LOOK_AT = 500  # notifications of one receiver that are considered at a time
_FACTS = [outbox.c[field] for field in Notification.__dataclass_fields__]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one sender holds of one receiver's notifications: one, or several that go out as a group."""

    receiver: str
    token: str
    notifications: tuple[Notification, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the outbox as a person reads it."""

    notification: Notification
    state: str
    sent_at: datetime | None
    error: str | None


def add(
    conn: sa.Connection,
    *,
    key: str,
    receiver: str,
    message: Message,
    now: datetime,
    created_at: datetime | None = None,
) -> bool:
    """Put a message in the box; False where this key was there before, in whatever state it is now.

    `created_at` is for a message that is older than its row.
    """
    row = {
        "key": key,
        "receiver": receiver,
        "message": message.to_json(),
        "next_try_at": now,
        "created_at": created_at or now,
    }
    added = insert(conn, outbox).values(row).on_conflict_do_nothing().returning(outbox.c.id)
    return conn.execute(added).first() is not None


def known(conn: sa.Connection, keys: Iterable[str]) -> set[str]:
    """Those of these keys that are in the box, in whatever state."""
    wanted = list(keys)
    return set(conn.scalars(sa.select(outbox.c.key).where(outbox.c.key.in_(wanted)))) if wanted else set()


def heard_of(conn: sa.Connection, receiver: str, incident: int) -> bool:
    """Whether something of this incident lies in the box for this receiver, among the latest that do."""
    query = sa.select(outbox.c.message).where(outbox.c.receiver == receiver)
    latest = conn.scalars(query.order_by(outbox.c.id.desc()).limit(_LOOK_AT))
    return any(message.get("incident") == incident for message in latest)


def waiting(conn: sa.Connection, receiver: str) -> list[Notification]:
    """What waits for this receiver, oldest first."""
    query = sa.select(*_FACTS).where(outbox.c.receiver == receiver, outbox.c.state == "pending")
    return [_notification(row) for row in conn.execute(query.order_by(outbox.c.id).limit(_LOOK_AT))]


def awaited(conn: sa.Connection) -> set[str]:
    """The receivers for which something is pending or on its way."""
    unsent = outbox.c.state.in_(["pending", "sending"])
    return set(conn.scalars(sa.select(outbox.c.receiver).where(unsent).distinct()))


def claim(
    conn: sa.Connection, *, now: datetime, receivers: Collection[str], token: str, lease: timedelta
) -> list[Claim]:
    """Take the next notification of each receiver that may be written to now, or the group of what is old.

    Commit before the request is made. A receiver has one request on its way at a time.
    """
    claims = []
    for name in sorted(ready(conn, receivers, now=now) - _busy(conn)):
        chosen = choose(waiting(conn, name), now=now)
        until = now + min(lease, LONGEST_LEASE)
        taken = tuple(
            replace(each, attempt=each.attempt + 1)
            for each in chosen
            if _take(conn, each.id, token=token, until=until)
        )
        if taken:
            claims.append(Claim(receiver=name, token=token, notifications=taken))
    return claims


def _busy(conn: sa.Connection) -> set[str]:
    return set(conn.scalars(sa.select(outbox.c.receiver).where(outbox.c.state == "sending").distinct()))


def _take(conn: sa.Connection, notification_id: int, *, token: str, until: datetime) -> bool:
    taken = (
        sa.update(outbox)
        .where(outbox.c.id == notification_id, outbox.c.state == "pending")
        .values(state="sending", token=token, attempt=outbox.c.attempt + 1, claimed_until=until)
    )
    return conn.execute(taken).rowcount == 1


def sent(conn: sa.Connection, held: Claim, *, now: datetime) -> int:
    """It was taken. Like the two below: how many rows were still ours; fewer than held means another took over."""
    return _let_go(conn, held, state="sent", sent_at=now, error=None)


def retry(conn: sa.Connection, held: Claim, *, next_try_at: datetime, in_doubt: bool, error: str) -> int:
    """Try again later. Once in doubt, always in doubt."""
    doubt = sa.true() if in_doubt else outbox.c.in_doubt
    return _let_go(conn, held, state="pending", next_try_at=next_try_at, in_doubt=doubt, error=error)


def dead(conn: sa.Connection, held: Claim, *, error: str) -> int:
    """Given up, with the reason kept."""
    return _let_go(conn, held, state="dead", error=error)


def _let_go(conn: sa.Connection, held: Claim, **values: Any) -> int:  # noqa: ANN401 - column values
    ids = [each.id for each in held.notifications]
    ours = (outbox.c.id.in_(ids), outbox.c.state == "sending", outbox.c.token == held.token)
    return conn.execute(
        sa.update(outbox).where(*ours).values(**values, token=None, claimed_until=None)
    ).rowcount


def recover(conn: sa.Connection, *, now: datetime, orphaned: bool = False) -> int:
    """Put back what its sender never let go, in doubt; the count.

    A claim ends with its lease, or when it reaches further than any lease (then the clock jumped). With `orphaned` every
    claim ends: for a daemon that starts and holds the database alone, so that no sender can be alive.
    """
    until = outbox.c.claimed_until
    over = sa.true() if orphaned else sa.or_(until.is_(None), until < now, until > now + LONGEST_LEASE)
    back = {"state": "pending", "token": None, "claimed_until": None, "in_doubt": True}
    return conn.execute(sa.update(outbox).where(outbox.c.state == "sending", over).values(**back)).rowcount


def bury(
    conn: sa.Connection, receiver: str, *, error: str, older_than: datetime | None = None
) -> list[Notification]:
    """Give up what waits for a receiver that takes nothing; with `older_than` only what is older. What was given up."""
    lost = [outbox.c.receiver == receiver, outbox.c.state == "pending"]
    if older_than is not None:
        lost.append(outbox.c.created_at < older_than)
    update = sa.update(outbox).where(*lost).values(state="dead", error=error).returning(*_FACTS)
    return sorted((_notification(row) for row in conn.execute(update)), key=lambda each: each.id)


def oldest_unsent_at(conn: sa.Connection) -> datetime | None:
    """Since when the oldest message waits that somebody could take: a dead receiver's are told, not counted here."""
    takes = sa.or_(receivers.c.name.is_(None), receivers.c.dead_reason.is_(None))
    joined = outbox.outerjoin(receivers, receivers.c.name == outbox.c.receiver)
    unsent = outbox.c.state.in_(["pending", "sending"])
    oldest: datetime | None = conn.scalar(
        sa.select(sa.func.min(outbox.c.created_at)).select_from(joined).where(unsent, takes)
    )
    return oldest


def first_release_at(conn: sa.Connection) -> datetime | None:
    """When the first of the claims that are held now ends."""
    held = outbox.c.state == "sending"
    first: datetime | None = conn.scalar(sa.select(sa.func.min(outbox.c.claimed_until)).where(held))
    return first


def count_by_state(conn: sa.Connection) -> dict[str, int]:
    query = sa.select(outbox.c.state, sa.func.count().label("count_")).group_by(outbox.c.state)
    return {row.state: row.count_ for row in conn.execute(query)}


def newest(conn: sa.Connection, *, states: Iterable[str] = (), limit: int = 50) -> list[Entry]:
    """The latest rows of the box, newest first, for people to read."""
    query = sa.select(*_FACTS, outbox.c.state, outbox.c.sent_at, outbox.c.error)
    wanted = list(states)
    if wanted:
        query = query.where(outbox.c.state.in_(wanted))
    rows = conn.execute(query.order_by(outbox.c.id.desc()).limit(limit))
    return [
        Entry(notification=_notification(row), state=row.state, sent_at=row.sent_at, error=row.error)
        for row in rows
    ]


def _notification(row: Any) -> Notification:  # noqa: ANN401 - rows of several widths
    facts = {column.name: row._mapping[column] for column in _FACTS}  # noqa: SLF001 - SQLAlchemy's documented mapping
    return Notification(**{**facts, "message": Message.from_json(facts["message"])})
