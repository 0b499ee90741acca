"""How a source is doing, when it is polled next, and when a person hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

State = Literal["new", "ok", "backing off", "needs attention", "gone"]
Failure = Literal["try later", "needs attention", "gone"]

TELL_AFTER = timedelta(hours=1)  # a source that fails for shorter mends itself and wakes nobody
TELL_AFTER_FAILURES = 3
LONGEST_BACKOFF = timedelta(hours=1)
ATTENTION_EVERY = timedelta(hours=1)
GONE_POLLS, GONE_FOR = 3, timedelta(days=7)
GONE_EVERY = timedelta(days=2)
STOPPED_FOR = timedelta(days=30)
MOVED_POLLS, MOVED_FOR = 3, timedelta(days=1)

LONGEST_PAUSES: Mapping[State, timedelta] = {
    "new": timedelta(),
    "ok": timedelta(),
    "backing off": LONGEST_BACKOFF,
    "needs attention": GONE_EVERY,
    "gone": STOPPED_FOR,
}
"""The most that a target in each state rests beyond its cadence; what is planned later was planned by a clock that jumped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What the polls so far say. Times are ISO 8601 in UTC so that it survives JSON.

    `moved_*` count the polls in a row that were answered by the same permanent redirect.
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

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Health:
        return cls(**data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one poll made of a source's health. `tell` is the sentence for a person, once when it breaks or recovers."""

    health: Health
    next_poll_in: timedelta
    tell: str | None = None


def after_success(health: Health, *, every: timedelta, now: datetime, moved_to: str | None = None) -> Change:
    """It could hear: polled again after its cadence; told if the trouble had been told."""
    tell = None
    if health.told and health.failing_since is not None:
        deaf_for = now - datetime.fromisoformat(health.failing_since)
        tell = f"hears again after {in_words(deaf_for)}"
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
    return Change(health=fine, next_poll_in=every, tell=tell)


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
) -> Change:
    """It could not hear. It is tried again always: soon at first, then more seldom, never before `after`."""
    since = health.failing_since or now.isoformat()
    failures = health.failures + 1
    gone_polls = health.gone_polls + 1 if failure == "gone" else 0
    failing_for = now - datetime.fromisoformat(since)
    state: State = "needs attention"
    if failure == "try later":
        state = "backing off"
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
    )
    pause = _pause(state, failure, failures, every)
    tell = f"cannot hear: {reason}" if tell_now else None
    if just_stopped:
        tell = f"is gone for good: {reason} It is asked once a month from now on; take it out of the configuration."
    return Change(health=changed, next_poll_in=max(pause, after or timedelta()), tell=tell)


def _pause(state: State, failure: Failure, failures: int, every: timedelta) -> timedelta:
    if state == "gone":
        return STOPPED_FOR
    if failure == "gone":
        return max(every, GONE_EVERY)
    if failure == "needs attention":
        return max(every, ATTENTION_EVERY)
    return max(every, min(every * (1 << min(failures - 1, 10)), LONGEST_BACKOFF))


def gap_before(*, last_success_at: datetime | None, every: timedelta, now: datetime) -> datetime | None:
    """Since when nobody listened, if a success comes so late that the time before it must be called a gap.

    Three cadences (at least an hour) may pass unnoticed: places show what is that young all the same.
    """
    if last_success_at is None or now - last_success_at <= max(3 * every, timedelta(hours=1)):
        return None
    return last_success_at + every


def spread(every: timedelta, *, seed: int) -> timedelta:
    """A shift of at most a tenth of the cadence, always the same for one seed, so that polls do not fall together."""
    share = (
        seed * 2654435761 % 2**32
    ) / 2**32 - 0.5  # Knuth's multiplicative hash: neighbours land far apart
    return every * (share * 0.2)


def in_words(span: timedelta) -> str:
    """A length of time as a person says it: "40 min", "3 h", "2 days"."""
    minutes = max(0, round(span.total_seconds() / 60))
    if minutes < 100:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 1440)} days"
