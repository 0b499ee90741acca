"""Is it alive? Judged by progress: rounds that finish, polls that end, alerts that leave; never by an open port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from listener.alerting.evaluate import EVALUATED
from listener.domain.health import in_words
from listener.store import incidents, marks, outbox, progress
from listener.store.engine import Database
from listener.store.errors import StoreError
from listener.telemetry import metrics

STALLED_AFTER_S = 30.0
OVERDUE_AFTER = timedelta(minutes=15)
UNSENT_AFTER = timedelta(minutes=30)
UNJUDGED_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What /healthz says. `troubles` are sentences; none means healthy."""

    troubles: tuple[str, ...]
    facts: Mapping[str, object]

    @property
    def healthy(self) -> bool:
        return not self.troubles


def status(database: Database, *, now: datetime, round_age_s: float) -> Status:
    """Ask the database how it goes; `round_age_s` are real seconds since the daemon finished a round."""
    troubles = []
    if round_age_s > STALLED_AFTER_S:
        troubles.append(f"no round has finished for {round_age_s:.0f} s: the loop is stalled")
    try:
        with database.read() as connection:
            sources = progress.states(connection)
            unsent_at = outbox.oldest_unsent_at(connection)
            due_at = progress.next_due_at(connection)
            last_poll_at = progress.last_poll_at(connection)
            open_incidents = len(incidents.going_on(connection))
            set_aside = progress.set_aside(connection)
            notifications = outbox.count_by_state(connection)
            unjudged_at = progress.unjudged_since(connection, marks.get(connection, EVALUATED) or 0)
    except StoreError as error:
        return Status(troubles=(*troubles, str(error)), facts={"round_age_s": round(round_age_s, 1)})
    if due_at is not None and now - due_at > OVERDUE_AFTER:
        troubles.append(f"a source has been due for {in_words(now - due_at)} and was not polled")
    if unsent_at is not None and now - unsent_at > UNSENT_AFTER:
        troubles.append(f"a notification has been waiting for {in_words(now - unsent_at)}")
    if unjudged_at is not None and now - unjudged_at > UNJUDGED_AFTER:
        troubles.append(
            f"mentions have been waiting to be judged for {in_words(now - unjudged_at)}: see the log"
        )
    _show(sources, notifications, set_aside, unsent_at, last_poll_at, now=now)
    return Status(
        troubles=tuple(troubles),
        facts={
            "round_age_s": round(round_age_s, 1),
            "sources": dict(sources),
            "last_poll_at": last_poll_at.isoformat() if last_poll_at else None,
            "oldest_unsent_at": unsent_at.isoformat() if unsent_at else None,
            "open_incidents": open_incidents,
            "notifications": notifications,
            "set_aside": set_aside,
        },
    )


def _show(
    sources: Mapping[str, int],
    notifications: Mapping[str, int],
    set_aside: int,
    unsent_at: datetime | None,
    last_poll_at: datetime | None,
    *,
    now: datetime,
) -> None:
    shown = metrics()
    for state, number in sources.items():
        shown.sources.labels(state).set(number)
    for state, number in notifications.items():
        shown.outbox.labels(state).set(number)
    shown.quarantined.set(set_aside)
    shown.oldest_unsent.set((now - unsent_at).total_seconds() if unsent_at else 0)
    if last_poll_at is not None:
        shown.last_poll.set(last_poll_at.timestamp())
