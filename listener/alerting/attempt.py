"""One attempt: a claimed notification, or group of them, to its receiver, and what becomes of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from listener.alerting.fallback import end_too, pass_on
from listener.domain import delivery
from listener.domain.delivery import Notification
from listener.notify.contract import (
    AnyNotifier,
    Permanent,
    Place,
    Post,
    ReceiverOptions,
    Retryable,
    Undelivered,
)
from listener.notify.fingerprint import fingerprint
from listener.store import conversations, outbox
from listener.store import receivers as standing
from listener.store.engine import Database
from listener.store.outbox import Claim
from listener.telemetry import LOG, boundary

SPACING = timedelta(seconds=1)  # Slack takes a message a second; nobody needs more
LONGEST_HOLD = timedelta(minutes=1)  # for a receiver in trouble that named no time: one row may be to blame


class Receiver(Protocol):
    """A named destination of the configuration."""

    @property
    def name(self) -> str: ...

    @property
    def notifier(self) -> AnyNotifier: ...

    @property
    def options(self) -> ReceiverOptions: ...

    @property
    def off(self) -> str | None: ...


class Log(Protocol):
    """telemetry.say, or what stands for it in a test."""

    def __call__(self, event: str, *, level: int = ..., **facts: object) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of some notifications, and what a person should hear of it."""

    sent: int = 0
    retried: int = 0
    dead: int = 0
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How an attempt ended: why it failed (None where the message was taken) and when; `fallback` hears what is lost.

    `place` is where its conversation goes on.
    """

    failure: Undelivered | None
    at: datetime
    fallback: str | None = None
    place: Place | None = None


def attempt(
    database: Database,
    held: Claim,
    receiver: Receiver,
    *,
    now: datetime,
    post: Post,
    log: Log,
    fallback: str | None = None,
) -> Outcome:
    """Send what is held and record the outcome. The claim was committed before; the request is in no transaction."""
    boundary("outbox-sending")
    began = time.monotonic()
    known = _place(database, held)
    failure, place = _send(receiver, held, post, known)
    rest = None
    if isinstance(failure, Permanent) and not failure.receiver_dead and len(held.notifications) > 1:
        held, rest = _apart(held)  # it may be the group that is not understood: the oldest goes alone
        failure, place = _send(receiver, held, post, _place(database, held))
    boundary("outbox-answered")
    at = now + timedelta(seconds=time.monotonic() - began)
    end = End(failure=failure, at=at, fallback=fallback, place=None if place == known else place)
    with database.write() as conn:
        if rest is not None:
            outbox.retry(conn, rest, next_try_at=now, in_doubt=False, error="refused as part of a group")
        outcome = _record(conn, held, receiver, end, log=log)
    boundary("outbox-recorded")
    return outcome


def _apart(held: Claim) -> tuple[Claim, Claim]:
    first, *rest = held.notifications
    return replace(held, notifications=(first,)), replace(held, notifications=tuple(rest))


def _incident(held: Claim) -> int | None:
    """The incident that is spoken of; a group speaks of several."""
    return held.notifications[0].message.incident if len(held.notifications) == 1 else None


def _place(database: Database, held: Claim) -> Place | None:
    incident = _incident(held)
    if incident is None:
        return None
    with database.read() as conn:
        return conversations.place(conn, incident, held.receiver)


def _send(
    receiver: Receiver, held: Claim, post: Post, place: Place | None
) -> tuple[Undelivered | None, Place | None]:
    """Why it failed, if it did, and where the conversation goes on, if it does."""
    message = replace(delivery.outgoing(held.notifications), place=place)
    try:
        return None, receiver.notifier.deliver(post, message, receiver.options)
    except Undelivered as failure:
        return failure, None
    except Exception as mistake:  # noqa: BLE001 - delivery must not die of one message that a notifier cannot shape
        LOG.exception("notifier-failed receiver=%s", receiver.name)
        reason = f"our notifier failed ({type(mistake).__name__}); the log says where"
        return Retryable(reason, in_doubt=True), None


def _record(conn: sa.Connection, held: Claim, receiver: Receiver, end: End, *, log: Log) -> Outcome:
    failure = end.failure
    if failure is None:
        return _sent(conn, held, end, log=log)
    log(
        "notification-refused",
        level=logging.WARNING,
        receiver=receiver.name,
        count=len(held.notifications),
        reason=failure.reason,
    )
    if isinstance(failure, Retryable):
        return _retried(conn, held, failure, end, log=log)
    reason = failure.reason.removesuffix(".")
    if isinstance(failure, Permanent) and failure.receiver_dead:
        return _shut(conn, held, receiver, reason, end)
    outbox.dead(conn, held, error=reason)
    return given_up_of(conn, held.notifications, reason, end, log=log)


def _sent(conn: sa.Connection, held: Claim, end: End, *, log: Log) -> Outcome:
    ours = outbox.sent(conn, held, now=end.at)
    standing.hold(conn, held.receiver, until=end.at + SPACING)
    incident = _incident(held)
    if end.place is not None and incident is not None:
        conversations.keep(conn, incident, held.receiver, end.place, now=end.at)
    for each in held.notifications:
        if held.receiver != end.fallback:
            end_too(conn, each.message, to=end.fallback, now=end.at)
    if ours < len(held.notifications):
        log(
            "outbox-claim-lost",
            level=logging.WARNING,
            receiver=held.receiver,
            count=len(held.notifications) - ours,
        )
    log("notification-sent", receiver=held.receiver, id=held.notifications[0].message.id, count=ours)
    return Outcome(sent=ours)


def _retried(conn: sa.Connection, held: Claim, failure: Retryable, end: End, *, log: Log) -> Outcome:
    """Later, unless a day of trying is over. Who asks for a pause gets it for all that waits."""
    first, now = held.notifications[0], end.at
    wait = delivery.wait(attempt=first.attempt, key=first.key, asked=failure.after)
    lost = [each for each in held.notifications if delivery.given_up(each, now=now)]
    kept = [each for each in held.notifications if each not in lost]
    outbox.dead(conn, replace(held, notifications=tuple(lost)), error=failure.reason)
    outbox.retry(
        conn,
        replace(held, notifications=tuple(kept)),
        next_try_at=now + wait,
        in_doubt=failure.in_doubt,
        error=failure.reason,
    )
    hold = wait if failure.after is not None else min(wait, LONGEST_HOLD)
    standing.hold(conn, held.receiver, until=now + hold)
    reason = f"tried for more than a day; in the end: {failure.reason.removesuffix('.')}"
    return replace(given_up_of(conn, lost, reason, end, log=log), retried=len(kept))


def _shut(conn: sa.Connection, held: Claim, receiver: Receiver, reason: str, end: End) -> Outcome:
    """The destination is gone, the message is not to blame: it waits, with the others, for a changed configuration; the
    fallback hears it now.
    """
    outbox.retry(conn, held, next_try_at=end.at, in_doubt=False, error=reason)
    mark = fingerprint(receiver.notifier.kind, receiver.options)
    standing.kill(conn, receiver.name, reason=reason, fingerprint=mark)
    waiting = outbox.waiting(conn, receiver.name)
    passed = pass_on(conn, waiting, to=end.fallback, reason=reason, now=end.at)
    wait = "1 message waits" if len(waiting) == 1 else f"{len(waiting)} messages wait"
    told = f"Receiver {receiver.name} is shut: {reason}. {wait} for it until a day old."
    told += f" Meanwhile {end.fallback} hears what was meant for it." if passed else ""
    return Outcome(retried=len(held.notifications), told=(told,))


def given_up_of(
    conn: sa.Connection, lost: Sequence[Notification], reason: str, end: End, *, log: Log
) -> Outcome:
    """What was given up, passed on to the fallback and told in one sentence; news of health is not told, or its loss would
    make news for ever.
    """
    pass_on(conn, lost, to=end.fallback, reason=reason, now=end.at)
    for each in lost:
        log(
            "notification-dead",
            level=logging.ERROR,
            receiver=each.receiver,
            id=each.message.id,
            reason=reason,
        )
    worth = [each.message for each in lost if each.message.kind != "health"]
    if not worth:
        return Outcome(dead=len(lost))
    first = worth[0]
    what = f"“{first.client}: {first.headline}”" if first.client else f"“{first.headline}”"
    more = f" and {len(worth) - 1} more" if len(worth) > 1 else ""
    return Outcome(
        dead=len(lost), told=(f"Not delivered to {lost[0].receiver}: {what}{more}. Reason: {reason}.",)
    )
