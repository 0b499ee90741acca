"""Polls side by side: what is due is claimed together, polled in threads, and how it ended is written together."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from time import monotonic

from listener.domain import cadence
from listener.domain.health import Health, after_failure
from listener.jobs import ends
from listener.jobs.plan import Plan
from listener.polling.poll import Ended, Means, poll
from listener.store import incidents, progress, targets
from listener.store.errors import StoreError
from listener.store.targets import Claim
from listener.telemetry import metrics, say

THREADS = 32
LEASE = timedelta(minutes=5)
DATABASE_PAUSE = timedelta(seconds=30)
PLAN_PAUSE = timedelta(
    seconds=5
)  # a target that a changed file brought a moment before the plan that knows it


class Polls:
    """The polls under way of one process. `now` is asked when a poll begins, so that a long round does not share one time.

    `trouble` is why a poll could last not be stored: a daemon tries again, one round has then failed. What serves a client with an
    open incident is polled more often, and may spend what is kept back of a budget.
    """

    trouble: StoreError | None = None

    def __init__(
        self, means: Means, *, clock: Callable[[], datetime], lease: timedelta = LEASE, threads: int = THREADS
    ) -> None:
        self._means = means
        self._clock = clock
        self._lease = lease
        self._threads = threads
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="poll")
        self._under_way: dict[Future[Ended], Claim] = {}
        self._ended: list[Ended] = []
        self._urgent: frozenset[str] = frozenset()
        self._hastened: tuple[Plan | None, frozenset[str]] = (None, frozenset())

    @property
    def under_way(self) -> int:
        return len(self._under_way)

    def start_due(self, plan: Plan, *, everything: bool = False, ahead: timedelta | None = None) -> int:
        """Claim what is due, as much as there are free threads for, and begin to poll it.

        With `ahead`, all that falls due so soon; with `everything`, all that its place allows.
        """
        free = 100_000 if everything or ahead else 2 * self._threads - len(self._under_way)
        if free <= 0:
            return 0
        now = self._clock() + (ahead or timedelta())
        with self._means.database.read() as connection:
            self._urgent = incidents.clients_going_on(connection)
            due_at = progress.next_due_at(connection)
        if not everything and not self._hasten(plan) and (due_at is None or due_at > now):
            return 0
        with self._means.database.write() as connection:
            claims = targets.claim(connection, now=now, limit=free, lease=self._lease, everything=everything)
        for claim in claims:
            self._under_way[self._pool.submit(self._poll, plan, claim)] = claim
        return len(claims)

    def _hasten(self, plan: Plan) -> bool:
        """Poll sooner what serves clients whose incident has just begun; whether there was any."""
        before, known = self._hastened
        self._hastened = (plan, self._urgent)
        new = self._urgent if before is not plan else self._urgent - known
        least = {
            target.identity: cadence.floor(target.connector.least_interval)
            for target in (plan.targets.values() if new else ())
            if target.adapts and target.serves(new)
        }
        if least:
            with self._means.database.write() as connection:
                targets.hasten(connection, least, now=self._clock())
        return bool(least)

    def wait(self, *, at_most_s: float) -> None:
        """Until all polls under way have ended, or so long: what ends together is written together."""
        ends_at = monotonic() + at_most_s
        for future in reversed(
            self._under_way
        ):  # one by one: to wait for thousands at once costs at every call
            if not wait((future,), timeout=max(0.0, ends_at - monotonic())).done:
                return

    def write_ended(self, plan: Plan) -> list[Ended]:
        """Write how polls ended, all of them in one transaction; what could not be written waits for the next call."""
        done = [future for future in self._under_way if future.done()]
        for future in done:
            del self._under_way[future]
            self._ended.append(future.result())
        if not self._ended:
            return []
        written = self._ended
        self._means.ledger.write_heard()
        ends.write(self._means.database, written, plan.health_receivers, now=self._clock())
        self._ended = []
        for ended in written:
            metrics().polls.labels(
                ended.claim.kind, ended.change.health.state if ended.change else "postponed"
            ).inc()
            metrics().mentions.inc(ended.stored.mentions)
        return written

    def drain(self, plan: Plan, *, deadline_s: float) -> None:
        """Let polls under way end, write them, and start no more; what does not end in time is given back."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        unused = [self._under_way.pop(future) for future in tuple(self._under_way) if future.cancelled()]
        wait(self._under_way, timeout=deadline_s)
        self.write_ended(plan)
        unused += self._under_way.values()
        if unused:
            with self._means.database.write() as connection:
                targets.release(connection, unused)

    def _poll(self, plan: Plan, claim: Claim) -> Ended:
        now = self._clock()
        target = plan.targets.get((claim.kind, claim.scope, claim.credential))
        if target is None:
            return Ended(claim=claim, at=now, again_at=now + PLAN_PAUSE)
        try:
            urgent = target.serves(self._urgent)
            return poll(target, claim, plan.intake, self._means, now=now, urgent=urgent)
        except StoreError as error:  # not the source's fault: it is polled again when the database answers
            say("poll-not-stored", level=logging.ERROR, target=claim.target_id, reason=error)
            self.trouble = error
            return Ended(claim=claim, at=now, again_at=now + DATABASE_PAUSE)
        except Exception as fault:  # the loop that must not die: a bug in one connector costs one source
            logging.getLogger("listener").exception(
                "poll-fault kind=%s target=%s", claim.kind, claim.target_id
            )
            reason = (
                f"the connector {claim.kind} has a fault ({type(fault).__name__}); the log has the details."
            )
            change = after_failure(
                Health.from_json(claim.health),
                failure="try later",
                reason=reason,
                every=target.every,
                now=now,
            )
            return Ended(claim=claim, at=now, every=target.every, change=change)
