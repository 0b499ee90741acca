"""When an incident is told, told again, and told to somebody else: group wait, group interval and repeat interval as in
Alertmanager. Pure: what was told and what is so now in, what to tell with its reason out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Literal

from listener.domain.incident import State, at_least
from listener.domain.message import Severity
from listener.domain.quiet import QuietHours

GROWN = 1.5
"""So many times the people that were told are worth telling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a list wants incidents to be told.

    group_wait      so long the first telling waits for what comes with it
    group_interval  the least time between two tellings of one incident
    repeat_every    so often an incident is told again that is unchanged and that nobody took
    """

    group_wait: timedelta = timedelta(seconds=30)
    group_interval: timedelta = timedelta(minutes=5)
    repeat_every: timedelta = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Who else is told where nobody takes an incident of this severity within so long of its first telling.

    `receivers` are those that reach this person; without any it is those of the client. The person's own `quiet` hours, by
    the clocks of `timezone`, hold back what asks them.
    """

    after: timedelta
    to: str
    slack: str | None = None
    receivers: tuple[str, ...] = ()
    severity: Severity = "minor"
    quiet: QuietHours | None = None
    timezone: tzinfo = UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an incident stands: `stories` are those that several people tell, `match` is the newest there is."""

    state: State
    opened_at: datetime
    people: int
    severity: Severity
    stories: frozenset[int] = frozenset()
    match: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What of an incident was told. It is kept with the incident, as JSON.

    first_at, last_at  when it was told first and last; None before
    number             how many times so far
    match              the last match that was there when it was told last
    people, severity, stories  as they were told last
    words              those that were told as new
    escalated_at       when a second person was told
    waiting            the message that the group wait holds back
    muted              mentions that the client's smaller rules did not tell meanwhile, by rule
    """

    first_at: datetime | None = None
    last_at: datetime | None = None
    number: int = 0
    match: int = 0
    people: int = 0
    severity: Severity = "minor"
    stories: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()
    escalated_at: datetime | None = None
    waiting: Mapping[str, Any] | None = None
    muted: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        times = {name: at.isoformat() if (at := getattr(self, name)) else None for name in _TIMES}
        return {**asdict(self), **times, "stories": sorted(self.stories), "words": list(self.words)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Told:
        """As it was kept; {} is an incident of which nothing was told."""
        times = {name: datetime.fromisoformat(data[name]) for name in _TIMES if data.get(name)}
        known = {name: value for name, value in data.items() if name not in _TIMES}
        stories, words = frozenset(data.get("stories", ())), tuple(data.get("words", ()))
        return cls(**{**known, **times, "stories": stories, "words": words})


_TIMES = ("first_at", "last_at", "escalated_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """What is told now, and why. `number` tells it from the others of its incident."""

    kind: Literal["firing", "joined", "still"]
    number: int
    why: str

    @property
    def name(self) -> str:
        """The last part of the alert's id."""
        words = {"firing": "firing", "joined": f"joined-{self.number}", "still": f"repeat-{self.number}"}
        return words[self.kind]


def decide(
    stands: Standing, told: Told, settings: Telling, *, now: datetime, end_groups: bool = False
) -> Tell | None:
    """What of an incident is to be told now, if anything.

    Times count by their distance, so that a clock that was ahead for a while holds nothing back for longer than one
    that was not. `end_groups` ends the group wait.
    """
    if stands.state == "closed":
        return None
    if told.last_at is None:
        waited = end_groups or abs(now - stands.opened_at) >= settings.group_wait
        return Tell(kind="firing", number=1, why="it opened") if waited else None
    since = abs(now - told.last_at)
    if since >= settings.group_interval and (why := _news(stands, told)):
        return Tell(kind="joined", number=told.number + 1, why=why)
    if stands.state == "open" and since >= max(settings.repeat_every, settings.group_interval):
        return Tell(kind="still", number=told.number + 1, why="nobody has taken it")
    return None


def _news(stands: Standing, told: Told) -> str | None:
    """What is new enough to be told."""
    if stands.severity != told.severity and at_least(stands.severity, told.severity):
        return f"it is {stands.severity} now"
    if stands.people > told.people and stands.people >= told.people * GROWN:
        return f"{stands.people} people instead of {told.people}"
    if stands.stories - told.stories:
        return "a further story is told by several people"
    return None


def after(told: Told, tell: Tell, stands: Standing, *, now: datetime, words: Iterable[str] = ()) -> Told:
    """What was told, once this is; `words` are those that it tells of as new."""
    return replace(
        told,
        first_at=told.first_at or now,
        last_at=now,
        number=tell.number,
        match=stands.match,
        people=stands.people,
        severity=stands.severity,
        stories=told.stories | stands.stories,
        words=tuple(dict.fromkeys((*told.words, *words))),
        waiting=None,
    )


def escalates(stands: Standing, told: Told, escalation: Escalation | None, *, now: datetime) -> bool:
    """Whether the second person is told now: once an incident, where it was told long enough ago and nobody took it."""
    return (
        escalation is not None
        and stands.state == "open"
        and told.first_at is not None
        and told.escalated_at is None
        and at_least(stands.severity, escalation.severity)
        and abs(now - told.first_at) >= escalation.after
    )


def mutes(state: State, severity: Severity) -> bool:
    """Whether an incident keeps the smaller rules of its client quiet."""
    return state != "closed" and at_least(severity, "major")
