"""One round of everything, for `run --once`: poll what is due, evaluate, deliver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from listener.alerting.deliver import Delivered
from listener.alerting.evaluate import Round, evaluate
from listener.jobs import backfill
from listener.jobs.deliveries import deliver
from listener.jobs.plan import Plan
from listener.jobs.polls import Polls
from listener.jobs.telling import tell_in_time
from listener.notify.contract import Post
from listener.polling.poll import Ended
from listener.store.engine import Database

WAIT_S = 0.2
SOON = timedelta(seconds=45)  # new targets are spread over half a minute; one round is for all of them
LONGEST_S = 600.0
PATIENCE = timedelta(seconds=3)
NEXT_TURN = timedelta(
    seconds=30
)  # a turn at a busy host is waited for so long; a longer wait is one that the host asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one round did. `states` counts the polled targets by how they are doing now."""

    polled: int
    states: Counter[str]
    mentions: int
    alerts: Round
    delivered: Delivered


def once(
    database: Database,
    plan: Plan,
    polls: Polls,
    post: Post,
    *,
    clock: Callable[[], datetime],
    monotonic: Callable[[], float],
    sleep: Callable[[float], None],
    everything: bool,
) -> Report:
    """Poll what is due (or all), evaluate, end groups at once, tell what is told at its time, deliver what can be
    delivered now; then ask new queries of what is stored.

    A host that wants requests spaced is waited for; ten minutes are the end of it in any case.
    Raises StoreError where a poll could not be stored: it is polled again by the next round.
    """
    ends_at = monotonic() + LONGEST_S
    states: Counter[str] = Counter()
    mentions = 0
    again_at: dict[int, datetime] = {}
    polls.start_due(plan, everything=everything, ahead=SOON)
    while monotonic() < ends_at and (polls.under_way or _has_turn(again_at, clock())) and not polls.trouble:
        if polls.under_way:
            polls.wait(at_most_s=WAIT_S)
        else:
            sleep(WAIT_S)
        for ended in polls.write_ended(plan):
            _note(again_at, ended)
            if ended.change is not None:
                states[ended.change.health.state] += 1
            mentions += ended.stored.mentions
        polls.start_due(plan)
    polls.drain(plan, deadline_s=max(0.0, ends_at - monotonic()))
    if polls.trouble is not None:
        raise polls.trouble
    alerts = evaluate(database, plan.watched, now=clock(), end_groups=True)
    tell_in_time(database, plan, now=clock())
    delivered = _deliver_all(database, plan, post, clock=clock, sleep=sleep)
    while monotonic() < ends_at and backfill.step(database, plan):
        pass
    return Report(polled=states.total(), states=states, mentions=mentions, alerts=alerts, delivered=delivered)


def _note(again_at: dict[int, datetime], ended: Ended) -> None:
    """Keep in mind which targets could not be polled yet, and when it is their turn."""
    again_at.pop(ended.claim.target_id, None)
    if ended.again_at is not None:
        again_at[ended.claim.target_id] = ended.again_at


def _has_turn(again_at: Mapping[int, datetime], now: datetime) -> bool:
    return any(at - now <= NEXT_TURN for at in again_at.values())


def _deliver_all(
    database: Database,
    plan: Plan,
    post: Post,
    *,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> Delivered:
    """Deliver until nothing more is to be tried within a few seconds: a receiver takes a message a second."""
    done = deliver(database, plan, post, now=clock())
    while done.next_try_at is not None and done.next_try_at - clock() <= PATIENCE:
        sleep(max(0.05, (done.next_try_at - clock()).total_seconds()))
        more = deliver(database, plan, post, now=clock())
        done = replace(
            more, sent=done.sent + more.sent, retried=done.retried + more.retried, dead=done.dead + more.dead
        )
        if not (more.sent or more.dead):
            break
    return done
