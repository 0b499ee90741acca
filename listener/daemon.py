"""One machine: a short tick that starts what is due, a watchdog over the tick, and an end that loses nothing."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import FrameType

from listener.alerting.evaluate import evaluate
from listener.domain.client import Client
from listener.jobs import backfill
from listener.jobs.deliveries import deliver
from listener.jobs.plan import Plan
from listener.jobs.polls import Polls
from listener.jobs.prune import prune
from listener.jobs.telling import tell_in_time
from listener.notify.contract import Post
from listener.store import progress
from listener.store.engine import Database
from listener.store.errors import StoreError
from listener.telemetry import LOG, metrics, say

TICK_S = 0.5
DRAIN_S = 20.0
WOKEN_AFTER_S = 3.0
STALLED_S = 600.0
EVALUATE_EVERY = timedelta(seconds=10)  # by so much the telling of an incident may be late
PRUNE_EVERY = timedelta(hours=6)
LEARN_EVERY = timedelta(minutes=5)
RECHECK_EVERY = timedelta(hours=1)  # the terms of places count in days
JUMP = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """A trigger of APScheduler: so long after now, whenever that is.

    Its own interval makes up a list of all the times that were missed: a clock set ahead by ten years makes 600 million.
    """

    every: timedelta

    def get_next_fire_time(self, _: datetime | None, now: datetime) -> datetime:
        return now + self.every


@dataclass(slots=True, kw_only=True)
class Daemon:
    """The running daemon. `reload(asked)` returns a new plan where the configuration or a model changed, else None; it never raises.

    `asked` is True after a SIGHUP. `learn(clients)` learns from corrections where enough new ones came. `recheck(plan)` asks places what has become
    of stored items, where their terms have us ask. `clock` is the wall clock, `elapsed` how much of its time has really gone by (it never jumps).
    """

    database: Database
    polls: Polls
    plan: Plan
    post: Post
    clock: Callable[[], datetime]
    elapsed: Callable[[], timedelta]
    reload: Callable[[bool], Plan | None]
    learn: Callable[[Sequence[Client]], object]
    recheck: Callable[[Plan], object]
    lead_lost: Callable[[], bool]
    tick_s: float = TICK_S
    stopping: threading.Event = field(default_factory=threading.Event)
    hung_up: threading.Event = field(default_factory=threading.Event)
    ticked_at: float = field(default_factory=time.monotonic)
    turned_at: float = field(default_factory=time.monotonic)
    exit_code: int = 0
    _lanes: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(7, thread_name_prefix="lane")
    )
    _busy: dict[str, Future[None]] = field(default_factory=dict)
    _evaluated_at: datetime | None = None
    _pruned_at: datetime | None = None
    _learned_at: datetime | None = None
    _rechecked_at: datetime | None = None
    _asked_back: Plan | None = None
    _offset: timedelta | None = None
    _trouble: str = ""

    @property
    def round_age_s(self) -> float:
        """Real seconds since a tick last did all that it had to."""
        return time.monotonic() - self.ticked_at

    @property
    def stuck_for_s(self) -> float:
        """Real seconds since a tick last came to its end, be it in trouble: a full disk is waited for, a hung loop is not."""
        return time.monotonic() - self.turned_at

    def run(self) -> int:
        """Tick until told to stop, then drain; returns the exit code."""
        from apscheduler.schedulers.background import BackgroundScheduler
        from apscheduler.triggers.base import BaseTrigger

        BaseTrigger.register(Onward)
        onward = Onward(every=timedelta(seconds=self.tick_s))
        scheduler = BackgroundScheduler(timezone="UTC")
        job = scheduler.add_job(
            self._tick_safely, onward, max_instances=1, coalesce=True, misfire_grace_time=None
        )
        with _signals(self.stopping, self.hung_up):
            scheduler.start()
            say("started", targets=len(self.plan.targets), clients=len(self.plan.clients))
            self._watch(wake=lambda: job.reschedule(onward))
            scheduler.shutdown(wait=True)
            self._drain()
        return self.exit_code

    def tick(self) -> None:
        """Start what is due and write what ended; the slow jobs run beside it, one of each at a time."""
        now = self.clock()
        self._notice_jump(now)
        self._lane("reload", self._reload)
        written = self.polls.write_ended(self.plan)
        self.polls.start_due(self.plan)
        news = any(ended.stored.matches for ended in written)
        due = self._evaluated_at is None or abs(now - self._evaluated_at) >= EVALUATE_EVERY
        if (news or due) and self._lane("evaluate", self._evaluate):
            self._evaluated_at = now
        self._lane("deliver", self._deliver)
        if self._pruned_at is None or abs(now - self._pruned_at) >= PRUNE_EVERY:
            self._pruned_at = now
            self._lane("prune", lambda: prune(self.database, now=self.clock()))
        if self._learned_at is None or abs(now - self._learned_at) >= LEARN_EVERY:
            self._learned_at = now
            self._lane("learn", lambda: self.learn(self.plan.clients))
        if self._rechecked_at is None or abs(now - self._rechecked_at) >= RECHECK_EVERY:
            self._rechecked_at = now
            self._lane("recheck", lambda: self.recheck(self.plan))
        if self._asked_back is not self.plan:
            self._lane("backfill", self._ask_back)

    def _tick_safely(self) -> None:
        """The loop that must not die: trouble with the database is said once, and tried again at the next tick."""
        try:
            self.tick()
        except StoreError as error:
            self.turned_at = time.monotonic()
            if str(error) != self._trouble:
                say("database-trouble", level=logging.ERROR, reason=error)
            self._trouble = str(error)
            return
        except Exception:  # noqa: BLE001 - with its traceback in the log
            LOG.exception("tick-fault")
            return
        if self._trouble:
            say("database-fine-again")
            self._trouble = ""
        self.ticked_at = self.turned_at = time.monotonic()

    def _watch(self, *, wake: Callable[[], object]) -> None:
        """Wait for the end; a loop that stalled for ten minutes, or a lost lead, ends the process so that it is started anew.

        A scheduler that was told a time that is now far ahead, because the wall clock was set back, is woken.
        """
        while not self.stopping.wait(1.0):
            if self.stuck_for_s > WOKEN_AFTER_S:
                wake()
            if self.lead_lost():
                say("lead-lost", level=logging.ERROR)
                self.exit_code = 1
                return
            if self.stuck_for_s > STALLED_S:
                say("stalled", level=logging.CRITICAL, seconds=round(self.stuck_for_s))
                os._exit(1)

    def _drain(self) -> None:
        """Polls and jobs under way share DRAIN_S to end in; whatever does not is done again after the next start."""
        ends_at = time.monotonic() + DRAIN_S
        say("stopping", under_way=self.polls.under_way)
        self._lanes.shutdown(wait=False, cancel_futures=True)
        try:
            self.polls.drain(self.plan, deadline_s=DRAIN_S)
        except StoreError as error:
            say("not-drained", level=logging.ERROR, reason=error)
        wait(self._busy.values(), timeout=max(0.0, ends_at - time.monotonic()))
        say("stopped")

    def _lane(self, name: str, job: Callable[[], object]) -> bool:
        """Run a job beside the tick unless it still runs; what it raised the last time is said now."""
        last = self._busy.get(name)
        if last is not None and not last.done():
            return False
        if last is not None and (fault := last.exception()) is not None:
            say("job-failed", level=logging.ERROR, job=name, reason=fault)
        self._busy[name] = self._lanes.submit(lambda: (job(), None)[1])
        return True

    def _evaluate(self) -> None:
        changed = evaluate(self.database, self.plan.watched, now=self.clock())
        metrics().incidents.labels("opened").inc(changed.opened)
        metrics().incidents.labels("resolved").inc(changed.resolved)
        tell_in_time(self.database, self.plan, now=self.clock())

    def _deliver(self) -> None:
        done = deliver(self.database, self.plan, self.post, now=self.clock())
        for end, number in (("sent", done.sent), ("retried", done.retried), ("dead", done.dead)):
            metrics().notifications.labels(end).inc(number)

    def _ask_back(self) -> None:
        """One page; when none waits any more, nobody looks again before the plan changes."""
        plan = self.plan
        if not backfill.step(self.database, plan):
            self._asked_back = plan

    def _reload(self) -> None:
        asked = self.hung_up.is_set()
        self.hung_up.clear()
        plan = self.reload(asked)
        if plan is not None:
            self.plan = plan

    def _notice_jump(self, now: datetime) -> None:
        """A wall clock that was set by over a minute: plan again, instead of catching up or waiting for the old time."""
        offset = timedelta(seconds=now.timestamp()) - self.elapsed()
        if self._offset is not None and abs(offset - self._offset) > JUMP:
            say("clock-jumped", level=logging.WARNING, by=offset - self._offset)
            with self.database.write() as connection:
                progress.replan(connection, now=now)
        self._offset = offset


@contextmanager
def _signals(stopping: threading.Event, hung_up: threading.Event) -> Iterator[None]:
    """SIGTERM and SIGINT ask for the end, a second one is the end; SIGHUP asks for the configuration to be read again."""

    def asked(number: int, _: FrameType | None) -> None:
        if stopping.is_set():
            os._exit(128 + number)
        stopping.set()

    before = {number: signal.signal(number, asked) for number in (signal.SIGTERM, signal.SIGINT)}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, lambda _number, _frame: hung_up.set())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
