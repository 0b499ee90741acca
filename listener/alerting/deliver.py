"""One round of delivery: claim what is due, send it outside any transaction, record what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa

from listener.alerting.attempt import End, Log, Outcome, Receiver, attempt, given_up_of
from listener.alerting.fallback import pass_on
from listener.domain.delivery import GIVE_UP_AFTER, due, soonest
from listener.notify.contract import Post
from listener.notify.fingerprint import fingerprint
from listener.store import outbox
from listener.store import receivers as standing
from listener.store.engine import Database
from listener.telemetry import say

LEASE = timedelta(
    minutes=4
)  # longer than any attempt, with its second one where a group is refused, may take
AT_ONCE = 8  # receivers that are written to side by side, so that one that hangs holds up nobody else


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a round did, in notifications.

    told         sentences for `health.notify`: what was given up, and which receivers take nothing any more
    next_try_at  when another round can do something; None where nothing waits for anybody who takes it
    """

    sent: int = 0
    retried: int = 0
    dead: int = 0
    told: tuple[str, ...] = ()
    next_try_at: datetime | None = None


def deliver_round(
    database: Database,
    *,
    now: datetime,
    receivers: Mapping[str, Receiver],
    post: Post,
    fallback: str | None = None,
    log: Log = say,
) -> Delivered:
    """Try the next notification of each receiver, once. A receiver is written to at most once a second.

    What belongs to a receiver that is off or gone is given up; what belongs to one that takes nothing any more waits a
    day for a changed configuration. What is given up or waits like that is told to the receiver `fallback`.
    """
    end = End(failure=None, at=now, fallback=fallback)
    with database.read() as conn:
        awaited = outbox.awaited(conn)
    if not awaited:
        return Delivered()
    with database.write() as conn:
        outcomes = [_see_to(conn, name, receivers.get(name), end, log=log) for name in sorted(awaited)]
        _recover(conn, now=now, log=log)
        claims = outbox.claim(
            conn, now=now, receivers=awaited & set(receivers), token=uuid4().hex, lease=LEASE
        )
    if claims:
        with ThreadPoolExecutor(max_workers=min(len(claims), AT_ONCE)) as pool:
            tries = [
                pool.submit(
                    attempt,
                    database,
                    held,
                    receivers[held.receiver],
                    now=now,
                    post=post,
                    log=log,
                    fallback=fallback,
                )
                for held in claims
            ]
        outcomes += [each.result() for each in tries]
    with database.read() as conn:
        return replace(_summed(outcomes), next_try_at=_next_try_at(conn, receivers, now=now))


def _recover(conn: sa.Connection, *, now: datetime, log: Log) -> None:
    if count := outbox.recover(conn, now=now):
        log("outbox-recovered", count=count)


def _see_to(conn: sa.Connection, name: str, receiver: Receiver | None, end: End, *, log: Log) -> Outcome:
    """Give up what waits for a receiver that will not take it, and give a changed one its chance."""
    if receiver is None:
        return _buried(conn, name, f"receiver {name} is no longer in the configuration", end, log=log)
    if receiver.off:
        return _buried(conn, name, f"receiver {name} is off: {receiver.off}", end, log=log)
    known = standing.standings(conn).get(name)
    if known is None or known.dead_reason is None:
        return Outcome()
    if known.fingerprint != fingerprint(receiver.notifier.kind, receiver.options):
        standing.revive(conn, name)
        log("receiver-changed", receiver=name)
        return Outcome()
    if end.fallback is not None:
        pass_on(conn, outbox.waiting(conn, name), to=end.fallback, reason=known.dead_reason, now=end.at)
    return _buried(conn, name, known.dead_reason, end, older_than=end.at - GIVE_UP_AFTER, log=log)


def _buried(
    conn: sa.Connection, name: str, reason: str, end: End, *, log: Log, older_than: datetime | None = None
) -> Outcome:
    lost = outbox.bury(conn, name, error=reason, older_than=older_than)
    return given_up_of(conn, lost, reason, end, log=log)


def _summed(outcomes: Sequence[Outcome]) -> Delivered:
    return Delivered(
        sent=sum(each.sent for each in outcomes),
        retried=sum(each.retried for each in outcomes),
        dead=sum(each.dead for each in outcomes),
        told=tuple(sentence for each in outcomes for sentence in each.told),
    )


def _next_try_at(conn: sa.Connection, receivers: Mapping[str, Receiver], *, now: datetime) -> datetime | None:
    known = standing.standings(conn)
    times = [outbox.first_release_at(conn)]
    for name in outbox.awaited(conn) & set(receivers):
        at, stands = soonest(outbox.waiting(conn, name)), known.get(name, standing.Standing())
        if at is not None and stands.dead_reason is None:
            at = max(at, stands.not_before_at or at)
            times.append(now if due(at, now=now) else at)
    return min((at for at in times if at is not None), default=None)
