"""How a source is doing, when it is polled next, and when a person hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Literal

State = Literal["new", "ok", "backing off", "used up", "needs attention", "gone"]
Failure = Literal["try later", "used up", "needs attention", "gone"]

TELL_AFTER = timedelta(hours=1)  # a source that fails for shorter mends itself and wakes nobody
TELL_AFTER_FAILURES = 3
LONGEST_BACKOFF = timedelta(hours=1)
ATTENTION_EVERY = timedelta(hours=1)
GONE_POLLS, GONE_FOR = 3, timedelta(days=7)
GONE_EVERY = timedelta(days=2)
STOPPED_FOR = timedelta(days=30)
MOVED_POLLS, MOVED_FOR = 3, timedelta(days=1)
SHORTEST_SLACK, LONGEST_SLACK = timedelta(hours=1), timedelta(hours=6)
LONGEST_PLANNED = timedelta(hours=26)

LONGEST_PAUSES: Mapping[State, timedelta] = {
    "new": timedelta(),
    "ok": timedelta(),
    "backing off": LONGEST_BACKOFF,
    "used up": timedelta(days=31),
    "needs attention": GONE_EVERY,
    "gone": STOPPED_FOR,
}
"""The most that a target in each state rests beyond its cadence; what is planned later was planned by a clock that jumped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the polls so far say. Times are ISO 8601 in UTC so that it survives JSON.

    `moved_*` count the polls in a row that were answered by the same permanent redirect. `account` names what is used up, the
    same for all sources that share it.
    """

    state: State = "new"
    reason: str = ""
    failing_since: str | None = None
    failures: int = 0
    told: bool = False
    gone_polls: int = 0
    moved_to: str | None = None
    moved_since: str | None = None
    moved_polls: int = 0
    account: str = ""

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _FIELDS}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Health:
        return cls(**data)


_FIELDS = tuple(one.name for one in fields(Health))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one poll made of a source's health. `tell` is the sentence for a person, once when it breaks or recovers.

    What is `told_once` under some name is no news of this source alone: of all sources that share it the first one tells it.
    """

    health: Health
    next_poll_in: timedelta
    tell: str | None = None
    told_once: str = ""


def after_success(health: Health, *, every: timedelta, now: datetime, moved_to: str | None = None) -> Change:
    """It could hear: polled again after its cadence; told if the trouble had been told."""
    tell = None
    if health.told and health.failing_since is not None:
        deaf_for = now - datetime.fromisoformat(health.failing_since)
        tell = f"hears again after {in_words(deaf_for)}"
    again = f"{health.account}/again" if health.account else ""
    fine = Health(state="ok")
    if moved_to is not None:
        same = health.moved_to == moved_to
        fine = replace(
            fine,
            moved_to=moved_to,
            moved_since=health.moved_since if same else now.isoformat(),
            moved_polls=health.moved_polls + 1 if same else 1,
            reason=f"moved to {moved_to}: put the new address into the configuration",
        )
    return Change(health=fine, next_poll_in=every, tell=tell, told_once=again if tell else "")


def has_moved(health: Health, *, now: datetime) -> bool:
    """Whether the new address may be asked directly: three polls in a row over a day said the same."""
    return (
        health.moved_polls >= MOVED_POLLS
        and health.moved_since is not None
        and now - datetime.fromisoformat(health.moved_since) >= MOVED_FOR
    )


def after_failure(
    health: Health,
    *,
    failure: Failure,
    reason: str,
    every: timedelta,
    now: datetime,
    after: timedelta | None = None,
    account: str = "",
) -> Change:
    """It could not hear. It is tried again always: soon at first, then more seldom, never before `after`.

    A budget that is `used up` for an hour or more is told at once, in the name of its `account` and the time when there is more.
    """
    if failure == "used up" and (after is None or after < TELL_AFTER):
        failure = "try later"
    since = health.failing_since or now.isoformat()
    failures = health.failures + 1
    gone_polls = health.gone_polls + 1 if failure == "gone" else 0
    failing_for = now - datetime.fromisoformat(since)
    state: State = "needs attention"
    if failure == "try later":
        state = "backing off"
    elif failure == "used up":
        state = "used up"
    elif gone_polls >= GONE_POLLS and failing_for >= GONE_FOR:
        state = "gone"
    lasting = failing_for >= TELL_AFTER and failures >= TELL_AFTER_FAILURES
    tell_now = (failure != "try later" or lasting) and not health.told
    just_stopped = state == "gone" and health.state != "gone"
    changed = Health(
        state=state,
        reason=reason,
        failing_since=since,
        failures=failures,
        told=health.told or tell_now,
        gone_polls=gone_polls,
        account=_account(health, account, now + (after or timedelta())) if state == "used up" else "",
    )
    pause = _pause(state, failure, failures, every)
    tell = f"cannot hear: {reason}" if tell_now else None
    if just_stopped:
        tell = f"is gone for good: {reason} It is asked once a month from now on; take it out of the configuration."
    wait = after if failure == "used up" and after else max(pause, after or timedelta())
    return Change(health=changed, next_poll_in=wait, tell=tell, told_once=changed.account if tell else "")


def _account(health: Health, account: str, until: datetime) -> str:
    """What is used up until when, to the hour: sources that share it notice it a few seconds apart."""
    if health.state == "used up" and health.account:
        return health.account
    return f"{account}/{until:%Y-%m-%dT%H}" if account else ""


def _pause(state: State, failure: Failure, failures: int, every: timedelta) -> timedelta:
    if state == "gone":
        return STOPPED_FOR
    if failure == "gone":
        return max(every, GONE_EVERY)
    if failure == "needs attention":
        return max(every, ATTENTION_EVERY)
    return max(every, min(every * (1 << min(failures - 1, 10)), LONGEST_BACKOFF))


def gap_before(
    *, last_success_at: datetime | None, every: timedelta, now: datetime, planned_at: datetime | None = None
) -> datetime | None:
    """Since when nobody listened, if a success comes so late that the time before it must be called a gap.

    It was planned for `planned_at`, or `every` after the last success; what was planned for over a day later than that is a gap
    for the rest. Two cadences more may pass unnoticed (an hour at least, six at the most): places show what is that young.
    """
    if last_success_at is None:
        return None
    due_at = last_success_at + every
    if planned_at is not None:
        due_at = max(due_at, min(planned_at, last_success_at + max(every, LONGEST_PLANNED)))
    slack = max(SHORTEST_SLACK, min(2 * every, LONGEST_SLACK))
    return due_at if now - due_at > slack else None


def in_words(span: timedelta) -> str:
    """A length of time as a person says it: "40 min", "3 h", "2 days"."""
    minutes = max(0, round(span.total_seconds() / 60))
    if minutes < 100:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 1440)} days"
