"""One poll of one target: pages fetched, judged, and each stored in one transaction with the cursor that it paid for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from listener.connector import Gone, Page, Trouble, TryLater, UsedUp
from listener.connector.apart import Runner
from listener.connector.folder import InboxHere
from listener.connector.inbox import Inbox
from listener.connector.ledger import Ledger, LedgerHere
from listener.connector.purse import purse_for
from listener.connector.robots import RobotsMemory
from listener.connector.target import Target
from listener.connector.visit import Visit
from listener.domain import cadence
from listener.domain.cadence import Brought, Cadence
from listener.domain.health import Change, Failure, Health, after_failure, after_success, has_moved
from listener.door.door import Door
from listener.door.errors import Busy, Paced
from listener.polling import revising
from listener.polling.intake import Intake
from listener.polling.revising import Revised
from listener.store import mentions, quarantine, targets
from listener.store.engine import Database
from listener.store.mentions import Stored
from listener.store.targets import Claim, LeaseLost
from listener.telemetry import REDACTION, boundary, say

LATE = timedelta(hours=1)
"""What was published so long before the last poll is no news of what its source brings now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a poll works with; shared by all polls of a process. The ledger is that of the database, but for who keeps nothing."""

    database: Database
    door: Door
    apart: Runner
    robots: RobotsMemory
    ledger: Ledger = field(default_factory=LedgerHere)
    inbox: Inbox = field(default_factory=InboxHere)
    deadline_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a poll ended. `change` is None where it did not come to pass: the host was busy (`again_at`), or the lease was lost.

    `heard` says that the target was read to its end. `held` are hosts that asked us to wait, and until when. By `every` the next
    poll is planned, and `cadence` is what is known of it; None where nothing was learned.
    """

    claim: Claim
    at: datetime
    every: timedelta = timedelta()
    change: Change | None = None
    again_at: datetime | None = None
    heard: bool = False
    validators: Mapping[str, Any] | None = None
    held: Mapping[str, datetime] = field(default_factory=dict)
    not_before_at: datetime | None = None
    stored: Stored = field(default_factory=Stored)
    cadence: Cadence | None = None


def poll(
    target: Target, claim: Claim, intake: Intake, means: Means, *, now: datetime, urgent: bool = False
) -> Ended:
    """Poll a claimed target once. Raises nothing that its connector may raise; a bug in a connector is its caller's to catch.

    `urgent`: for a client with an open incident; it may spend what is kept back, and is polled again soon.
    """
    backfill = intake.backfill(target, claim)
    visit = Visit(
        means.door,
        now=now,
        validators=_validators(claim, fresh=bool(backfill)),
        robots=means.robots,
        apart=means.apart,
        fresh=bool(backfill),
        purse=purse_for(target.connector, target.options, now=now, ledger=means.ledger, urgent=urgent),
        inbox=means.inbox,
        deadline_s=means.deadline_s,
    )
    health = Health.from_json(claim.health)
    run = _Run(
        target=target, claim=claim, intake=intake, means=means, visit=visit, now=now, backfill=backfill,
        urgent=urgent, known=Cadence.from_json(claim.cadence),
    )  # fmt: skip
    try:
        run.read_pages()
    except LeaseLost:
        say("lease-lost", target=claim.target_id, kind=target.kind)
        return Ended(claim=claim, at=now, stored=run.stored)
    except Busy as busy:
        put_off = cadence.put_off(run.known, busy.until) if isinstance(busy, Paced) else None
        return Ended(claim=claim, at=now, again_at=busy.until, stored=run.stored, cadence=put_off)
    except Trouble as trouble:
        return run.failed(health, trouble)
    return run.succeeded(health)


@dataclass(slots=True, kw_only=True)
class _Run:
    """One poll under way."""

    target: Target
    claim: Claim
    intake: Intake
    means: Means
    visit: Visit
    now: datetime
    backfill: frozenset[str]
    known: Cadence
    urgent: bool = False
    shown: int | None = None
    ids: list[str] = field(default_factory=list)
    stored: Stored = field(default_factory=Stored)
    truncated: bool = False

    def read_pages(self) -> None:
        cursor = self.claim.cursor
        for page in self.target.connector.fetch(self.visit, self.target.options, cursor):
            self.truncated = page.truncated
            self._note(page)
            incoming = self.intake.judge(self.means.database, self.target, page.found)
            rewritten = revising.edited(self.means.database, self.intake, self.target, page.found)
            if (
                incoming
                or rewritten
                or page.refused
                or page.gone
                or page.gone_authors
                or page.cursor != cursor
            ):
                self._keep(page, incoming, rewritten)
            cursor = page.cursor

    def _note(self, page: Page) -> None:
        """What is news, and how much was shown; what a search shows late or once more is no reason to ask it more often."""
        if page.shown is not None:
            self.shown = page.shown + (self.shown or 0)
        since = self.claim.last_success_at
        self.ids += [
            found.external_id
            for found in page.found
            if page.shown is not None
            or since is None
            or found.published_at is None
            or found.published_at > since - LATE
        ]

    def _keep(self, page: Page, incoming: list[mentions.Incoming], rewritten: list[Revised]) -> None:
        with self.means.database.write() as connection:
            stored = mentions.add(
                connection,
                incoming,
                target_id=self.claim.target_id,
                kind=self.target.family,
                backfill=self.backfill,
                now=self.now,
            )
            erased = revising.keep(
                connection, self.target, rewritten, page.gone, page.gone_authors, now=self.now
            )
            for refused in page.refused:
                quarantine.add(connection, self.claim.target_id, refused, now=self.now)
            targets.keep(
                connection,
                self.claim,
                cursor=page.cursor,
                validators=self.visit.validators,
                next_poll_at=self.now + self.pause(self.target.every),
                stored_count=stored.mentions,
                last_found_at=self.now if stored.mentions else None,
                truncated=page.truncated,
            )
            boundary("page-storing")
        boundary("page-stored")
        if erased or rewritten:
            say("revised", kind=self.target.kind, edited=len(rewritten), erased=erased)
        self.stored = Stored(
            mentions=self.stored.mentions + stored.mentions,
            matches=self.stored.matches + stored.matches,
            voices=self.stored.voices + stored.voices,
        )

    def pause(self, span: timedelta) -> timedelta:
        """A pause, shifted a little, so that polls do not fall together."""
        seed = (self.claim.target_id, self.claim.polls_count)
        return cadence.jittered(span, least=self.target.connector.least_interval, seed=seed)

    def succeeded(self, health: Health) -> Ended:
        moved_to = next(iter(self.visit.moved.values()), None)
        known = self._learned()
        every = self._every(known)
        # What a page limit cut off is read on as soon as the place allows.
        wait = self.pause(self.target.connector.least_interval if self.truncated else every)
        change = after_success(health, every=wait, now=self.now, moved_to=moved_to)
        return Ended(
            claim=self.claim,
            at=self.now,
            every=every,
            change=change,
            cadence=replace(known, planned_at=(self.now + wait).isoformat()),
            heard=not self.truncated,
            validators=self._new_validators(change.health),
            stored=self.stored,
        )

    def _learned(self) -> Cadence:
        brought = Brought(
            ids=tuple(self.ids),
            shown=self.shown,
            settled=not self.backfill and self.claim.complete_from_at is not None,
        )
        return cadence.learned(
            self.known,
            brought,
            start=self.target.every,
            least=self.target.connector.least_interval,
            since=self.claim.last_success_at,
            now=self.now,
        )

    def _every(self, known: Cadence) -> timedelta:
        """A person's word, where there is one; else what the source has taught."""
        if not self.target.adapts:
            return self.target.every
        least = self.target.connector.least_interval
        return cadence.every(known, start=self.target.every, least=least, urgent=self.urgent, now=self.now)

    def failed(self, health: Health, trouble: Trouble) -> Ended:
        after = trouble.after if isinstance(trouble, TryLater) else None
        change = after_failure(
            health,
            failure=_failure(trouble),
            reason=REDACTION.hide(trouble.reason),
            every=self.pause(self.target.every),
            now=self.now,
            after=after,
            account=trouble.account if isinstance(trouble, UsedUp) else "",
        )
        forbidden = trouble.forbidden if isinstance(trouble, UsedUp) else True
        return Ended(
            claim=self.claim,
            at=self.now,
            every=self.target.every,
            change=change,
            held=self.visit.held,
            not_before_at=self.now + after if after is not None and forbidden else None,
            stored=self.stored,
        )

    def _new_validators(self, health: Health) -> Mapping[str, Any]:
        """What the next poll asks with; an address that has moved for long enough is asked at its new place."""
        validators = dict(self.visit.validators)
        if has_moved(health, now=self.now):
            for asked, moved_to in self.visit.moved.items():
                validators[asked] = {"moved_to": moved_to}
        return validators


def _validators(claim: Claim, *, fresh: bool) -> Mapping[str, Any]:
    """Those of the last stored poll; none while a client is new here, so that the whole body is served and read for it."""
    if fresh:
        return {url: known for url, known in claim.validators.items() if "moved_to" in known}
    return claim.validators


def _failure(trouble: Trouble) -> Failure:
    if isinstance(trouble, UsedUp):
        return "used up"
    if isinstance(trouble, TryLater):
        return "try later"
    return "gone" if isinstance(trouble, Gone) else "needs attention"
