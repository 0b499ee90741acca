"""Work on untrusted bytes, in a child process that can be killed and is let go when idle.

The child is spawned, never forked: a forked one keeps our database's lock when we are killed. A fork server starts its
children no faster (both import what the work needs) and stays behind with 7 MB when they are let go.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from time import monotonic
from typing import TYPE_CHECKING, Protocol, TypeVar

from listener.connector.child import perform, settle
from listener.connector.contract import TryLater

if TYPE_CHECKING:
    from pebble import ProcessPool

T = TypeVar("T")

TASKS_A_CHILD = 2_000
"""After so many a child is replaced, so that what leaks in a parser does not add up."""
GRACE_S = 10.0
"""Beyond a deadline before we stop believing in pebble's own: it measures by the wall clock, which may be set back."""
QUEUE_S = 60.0
MEGABYTE = 2**20
FOR_ANY_S, FOR_A_MEGABYTE_S = 5.0, 4.0
"""A feed of ten thousand entries has nearly 3 MB and takes 3 to 6 s: with the same 5 s for all it was never read."""
STARVED = 4.0
"""So many times its deadline may go by on the wall: a busy machine gives a child its time only slowly."""


def time_for(*args: object) -> float:
    """How many whole seconds of work a run over these bytes may take."""
    size = sum(len(one) for one in args if isinstance(one, bytes))
    return round(FOR_ANY_S + FOR_A_MEGABYTE_S * size / MEGABYTE)


class Runner(Protocol):
    """Runs a pure, importable function over untrusted bytes (contract.Http.apart)."""

    def run(self, work: Callable[..., T], *args: object, deadline_s: float | None = None) -> T: ...

    def close(self) -> None: ...


class Inline:
    """Runs at once and here: for tests and small tools whose bytes are trusted."""

    def run(self, work: Callable[..., T], *args: object, deadline_s: float | None = None) -> T:  # noqa: ARG002 - the contract
        return work(*args)

    def close(self) -> None: ...


class Apart:
    """A pool of killable children, for many threads.

    A run may take `deadline_s` of a processor's time (whole seconds, begun ones count), STARVED times that of real time, and
    `memory_mb` of address space. Children start with the first run and are
    let go after `idle_s` without one.
    """

    def __init__(
        self, *, workers: int = 1, deadline_s: float = FOR_ANY_S, memory_mb: int = 512, idle_s: float = 60.0
    ) -> None:
        self._workers = workers
        self._deadline_s = deadline_s
        self._memory = memory_mb * MEGABYTE
        self._idle_s = idle_s
        self._places = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._pool: ProcessPool | None = None
        self._running = 0
        self._tasks: set[Future[bytes]] = set()
        self._rested_at = 0.0

    def run(self, work: Callable[..., T], *args: object, deadline_s: float | None = None) -> T:
        """Gives back what `work` gives back, raises what it raises, and TryLater where the child had to be killed."""
        payload = pickle.dumps((work, args), pickle.HIGHEST_PROTOCOL)
        limit_s = self._deadline_s if deadline_s is None else deadline_s
        if not self._places.acquire(timeout=QUEUE_S):
            raise TryLater("The parsers have been busy for a minute: this is read again later.")
        try:
            outcome = self._attempt(payload, limit_s, tries=2)
        finally:
            self._places.release()
        value, raised = pickle.loads(outcome)  # noqa: S301 - written by our own child
        if raised is not None:
            raise raised
        return value  # type: ignore[no-any-return]

    def _attempt(self, payload: bytes, limit_s: float, *, tries: int) -> bytes:
        from pebble import ProcessExpired

        pool = self._take()
        try:
            return self._result(pool, payload, limit_s)
        except (ProcessExpired, TimeoutError) as end:
            if isinstance(end, ProcessExpired) and end.exitcode != -signal.SIGXCPU:
                raise TryLater("What came brought its parser down: it is read again later.") from None
            raise TryLater(
                f"What came could not be parsed within {limit_s:g} s: it is read again later."
            ) from None
        except (BrokenProcessPool, CancelledError, RuntimeError):
            self._drop(pool)  # it is the pool that came to an end: what the work raises comes as a value
            if tries <= 1 or self._closed.is_set():
                raise TryLater("The parsers are being restarted: this is read again later.") from None
            return self._attempt(payload, limit_s, tries=tries - 1)
        finally:
            self._give_back()

    def _result(self, pool: ProcessPool, payload: bytes, limit_s: float) -> bytes:
        real_s = limit_s * STARVED
        task: Future[bytes] = pool.schedule(perform, args=(payload, limit_s), timeout=real_s)
        self._tasks.add(task)
        try:
            if self._closed.is_set():
                task.cancel()
            return task.result(timeout=real_s + GRACE_S)
        finally:
            self._tasks.discard(task)
            if not task.done():
                self._drop(pool)

    def _take(self) -> ProcessPool:
        with self._lock:
            if self._closed.is_set():
                raise TryLater("Listener is stopping: this is read at the next start.")
            if self._pool is None:
                self._pool = _pool(self._workers, self._memory)
                threading.Thread(
                    target=self._let_go_when_idle, args=(self._pool,), name="apart-idle", daemon=True
                ).start()
            self._running += 1
            return self._pool

    def _give_back(self) -> None:
        with self._lock:
            self._running -= 1
            self._rested_at = monotonic()

    def _let_go_when_idle(self, pool: ProcessPool) -> None:
        while not self._closed.wait(self._idle_s / 2):
            with self._lock:
                if self._pool is not pool:
                    return
                idle = self._running == 0 and monotonic() - self._rested_at >= self._idle_s / 2
                if idle:
                    self._pool = None
            if idle:
                _end(pool)
                return

    def _drop(self, pool: ProcessPool) -> None:
        """Whoever takes a pool out of its place ends it; a pool can be ended only once."""
        with self._lock:
            if self._pool is not pool:
                return
            self._pool = None
        threading.Thread(target=_end, args=(pool,), name="apart-end", daemon=True).start()

    def close(self) -> None:
        """Kills what still runs: its caller gets TryLater."""
        with self._lock:
            self._closed.set()
            pool, self._pool = self._pool, None
        for task in tuple(self._tasks):
            task.cancel()
        if pool is not None:
            _end(pool)


def _pool(workers: int, memory: int) -> ProcessPool:
    from pebble import CONSTS, ProcessPool

    CONSTS.term_timeout = 0.0  # our children ignore SIGTERM: kill at once
    return ProcessPool(
        max_workers=workers,
        max_tasks=TASKS_A_CHILD,
        initializer=settle,
        initargs=(memory,),
        context=multiprocessing.get_context("spawn"),
    )


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble types all but this
    try:
        pool.join()
    except (RuntimeError, OSError):
        pass  # the pool was broken already: its children are dead or die with us
