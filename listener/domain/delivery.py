"""When a notification is tried, tried again, told together with others, and given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from listener.domain.message import Message

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)  # a place that comes back is noticed within minutes
SHORTEST_ASKED, LONGEST_ASKED = timedelta(seconds=1), timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=24)
GIVE_UP_ATTEMPTS = 20  # a day asleep, or a clock that jumped, is no day of trying
OLD_AFTER = timedelta(hours=1)
GROUP_FROM, GROUP_MOST = 3, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to one receiver, as it stands in the outbox. `attempt` counts the tries begun so far."""

    id: int
    key: str
    receiver: str
    message: Message
    attempt: int
    in_doubt: bool
    next_try_at: datetime
    created_at: datetime


def key(alert: str, receiver: str) -> str:
    """What is unique in the outbox: an alert is told to a receiver once, whoever lays it there."""
    return f"{alert}@{receiver}"


def due(at: datetime, *, now: datetime) -> bool:
    """Whether a planned time has come. One further off than any wait we give was planned by a clock that jumped."""
    return at <= now or at > now + 2 * LONGEST_ASKED


def wait(*, attempt: int, key: str, asked: timedelta | None = None) -> timedelta:
    """How long after a failed attempt the next one follows: what the place asked, within bounds; else doubling.

    The spread of a quarter to either side comes from the key, so that many rows do not knock in step.
    """
    if asked is not None:
        return min(max(asked, SHORTEST_ASKED), LONGEST_ASKED)
    plain = min(FIRST_WAIT * (1 << min(max(attempt - 1, 0), 12)), LONGEST_WAIT)
    digest = blake2b(f"{key}:{attempt}".encode(errors="backslashreplace"), digest_size=2).digest()
    return plain * 3 / 4 + plain / 2 * int.from_bytes(digest) // 65536


def given_up(notification: Notification, *, now: datetime) -> bool:
    """Whether it has been tried for a day, and often enough for the day to have been one of trying."""
    old = now - notification.created_at >= GIVE_UP_AFTER
    return old and notification.attempt >= GIVE_UP_ATTEMPTS


def choose(waiting: Sequence[Notification], *, now: datetime) -> tuple[Notification, ...]:
    """What goes out next to one receiver, of all that wait for it, oldest first.

    The first that is due; once that one is old, all that is old goes with it if there are several. What is in doubt is
    grouped apart, so that the same rows make the same group again. No message overtakes an earlier one of its incident.
    """
    first = _first_due(waiting, now=now)
    if first is None:
        return ()
    group = _old_with(first, waiting, now=now)
    return tuple(group[:GROUP_MOST]) if len(group) >= GROUP_FROM else (first,)


def _first_due(waiting: Sequence[Notification], *, now: datetime) -> Notification | None:
    held: set[int | None] = set()
    for each in waiting:
        if due(each.next_try_at, now=now) and each.message.incident not in held:
            return each
        held.add(each.message.incident)
        held.discard(None)
    return None


def _old_with(first: Notification, waiting: Sequence[Notification], *, now: datetime) -> list[Notification]:
    """What is as old and as doubtful as the first; a row whose own time has not come joins it."""
    if now - first.created_at <= OLD_AFTER:
        return []
    group: list[Notification] = []
    passed: set[int | None] = set()
    for each in waiting:
        alike = now - each.created_at > OLD_AFTER and each.in_doubt == first.in_doubt
        if alike and each.message.incident not in passed:
            group.append(each)
        else:
            passed.add(each.message.incident)
            passed.discard(None)
    return group


def soonest(waiting: Sequence[Notification]) -> datetime | None:
    """When the first of these, oldest first, may be tried; None where nothing waits."""
    after: dict[int, datetime] = {}
    times = []
    for each in waiting:
        at, incident = each.next_try_at, each.message.incident
        if incident is not None:
            at = after[incident] = max(at, after.get(incident, at))
        times.append(at)
    return min(times, default=None)


def outgoing(chosen: Sequence[Notification]) -> Message:
    """The message that carries what was chosen: itself, or one that tells them all and holds each for machines."""
    repeat = any(each.in_doubt for each in chosen)
    if len(chosen) == 1:
        return replace(chosen[0].message, repeat=repeat)
    messages = [replace(each.message, repeat=each.in_doubt) for each in chosen]
    digest = blake2b("\n".join(each.key for each in chosen).encode(errors="backslashreplace"), digest_size=8)
    return Message(
        id=f"group:{digest.hexdigest()}",
        kind="group",
        headline=f"{len(messages)} messages that could not be delivered when they were new",
        at=messages[-1].at,
        lines=tuple(_line(message) for message in messages),
        facts={"grouped": [message.to_json() for message in messages]},
        repeat=repeat,
    )


def _line(message: Message) -> str:
    when = f"{datetime.fromisoformat(message.at):%Y-%m-%d %H:%M} UTC" if message.at else ""
    said = f"{message.client}: {message.headline}" if message.client else message.headline
    incident = f"incident {message.incident}" if message.incident is not None else ""
    doubt = f"possible repeat of {message.id}" if message.repeat else ""
    return " · ".join(part for part in (when, said, incident, doubt) if part)
