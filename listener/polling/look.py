"""A look at what the sources show at this moment: fetched politely through the one door, and nothing of it kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import TypeVar
from urllib.parse import urlsplit

from listener.connector import Trouble
from listener.connector.apart import Runner
from listener.connector.folder import InboxHere
from listener.connector.inbox import Inbox
from listener.connector.ledger import Ledger, LedgerHere
from listener.connector.purse import purse_for
from listener.connector.robots import Robots
from listener.connector.target import Target
from listener.connector.visit import Visit
from listener.domain.found import Found
from listener.door.door import Door
from listener.door.errors import Busy
from listener.telemetry import LOG, REDACTION

T = TypeVar("T")
NO_TIME = "there was no time left to ask it: try fewer clients at once."
GRACE_S = 10.0
MOST_PAGES = 5
THREADS = 16
LOOK_S = 60.0
TOGETHER_S = 300.0
PATIENCE_S = 45.0
"""A turn at a host that many sources share is waited for; who asks us to wait longer is left alone."""


class RobotsHere(dict[str, Robots]):
    """robots.txt files remembered for as long as this process lives (contract of connector.robots.RobotsMemory)."""

    def put(self, origin: str, robots: Robots) -> None:
        self[origin] = robots


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one target showed. `trouble` says why it could not be read, or not to its end; `more` that it has further pages."""

    target: Target
    found: tuple[Found, ...] = ()
    refused: int = 0
    more: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """What a look is made with: the door, the killable children, and what hosts said of robots since we began.

    `ledger` counts what is spent; without one of a database a look knows of no budget but its own. What is `asked_by_a_person`
    one by one need not wait for its turn of a budget.
    """

    door: Door
    apart: Runner
    robots: RobotsHere = field(default_factory=RobotsHere)
    ledger: Ledger = field(default_factory=LedgerHere)
    asked_by_a_person: bool = False
    inbox: Inbox = field(default_factory=InboxHere)


def look_at_all(
    targets: Sequence[Target], eyes: Eyes, *, now: datetime, together_s: float = TOGETHER_S
) -> Iterator[Looked]:
    """Each target once, side by side, as they come in; those that were not reached in time say so."""

    def work(target: Target, left_s: float) -> Looked:
        return _read(target, visit(target, eyes, now=now, left_s=left_s))

    def failed(target: Target, why: str) -> Looked:
        return Looked(target=target, trouble=why)

    return side_by_side(targets, work, failed, together_s=together_s)


def side_by_side(
    targets: Sequence[Target],
    work: Callable[[Target, float], T],
    failed: Callable[[Target, str], T],
    *,
    together_s: float,
) -> Iterator[T]:
    """What `work` makes of each target and the seconds that are left, or `failed` of it and the sentence that says why.

    Sources at different hosts are asked by turns, so that the many of one host hold up no other. A bug in one connector costs
    one source, and so does one that does not end.
    """
    ends_at = monotonic() + together_s

    def timed(target: Target) -> T:
        left_s = ends_at - monotonic()
        return work(target, left_s) if left_s > 0 else failed(target, NO_TIME)

    pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="look")
    try:
        waiting = {pool.submit(timed, one): one for one in by_turns(targets)}
        while waiting and monotonic() < ends_at + GRACE_S:
            done, _ = wait(waiting, timeout=1.0, return_when="FIRST_COMPLETED")
            for future in done:
                yield _outcome(future, waiting.pop(future), failed)
        for target in waiting.values():
            yield failed(target, NO_TIME)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def by_turns(targets: Sequence[Target]) -> list[Target]:
    """The first of each host, then the second of each, and so on."""
    seen: Counter[str] = Counter()
    turns = []
    for number, target in enumerate(targets):
        host = urlsplit(target.scope).hostname or target.kind
        turns.append((seen[host], number, target))
        seen[host] += 1
    return [target for _, _, target in sorted(turns, key=lambda turn: turn[:2])]


def _outcome(future: Future[T], target: Target, failed: Callable[[Target, str], T]) -> T:
    try:
        return future.result()
    except Exception as fault:  # noqa: BLE001 - a bug in one connector costs one source; its traceback is in the log
        LOG.exception("look-fault kind=%s", target.kind)
        return failed(target, f"the connector {target.kind} has a fault ({type(fault).__name__}).")


def visit(target: Target, eyes: Eyes, *, now: datetime, left_s: float) -> Visit:
    """The way out of one look, for who never asked before."""
    return Visit(
        eyes.door,
        now=now,
        validators={},
        robots=eyes.robots,
        apart=eyes.apart,
        fresh=True,
        purse=purse_for(
            target.connector, target.options, now=now, ledger=eyes.ledger, urgent=eyes.asked_by_a_person
        ),
        inbox=eyes.inbox,
        deadline_s=min(LOOK_S, left_s),
        patience_s=min(PATIENCE_S, left_s),
    )


def _read(target: Target, visit: Visit) -> Looked:
    """Up to MOST_PAGES of what it shows to somebody who never asked before."""
    found: list[Found] = []
    refused, more, trouble = 0, False, ""
    try:
        for number, page in enumerate(target.connector.fetch(visit, target.options, None), start=1):
            found += page.found
            refused += len(page.refused)
            more = page.truncated
            if number == MOST_PAGES:
                more = True
                break
    except (Trouble, Busy) as error:
        trouble = REDACTION.hide(error.reason)
    return Looked(target=target, found=tuple(found), refused=refused, more=more, trouble=trouble)
