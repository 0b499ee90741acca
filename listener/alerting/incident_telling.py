"""What is told of an incident while it goes on: domain/telling.py decides, this writes it into the outbox with its change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from listener.alerting import incident_words as words
from listener.alerting.incident_links import with_links
from listener.alerting.proving import lately
from listener.alerting.tell import tell
from listener.alerting.wording import Lately
from listener.domain.crowd import Crowd, crowd
from listener.domain.health import in_words
from listener.domain.incident import Graded, Weight, fastest, graded, greater
from listener.domain.message import Message
from listener.domain.quiet import quiet_until
from listener.domain.rules import Watched
from listener.domain.telling import Standing, Tell, Told, after, decide, escalates, mutes
from listener.domain.usual import Usual
from listener.store import changes, evidence, incidents, withheld
from listener.store.incidents import Incident
from listener.store.reach import reach
from listener.telemetry import say

SEVERAL = 3
"""So many people make a story one that is told by several."""

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """All who complained since the first voice of an incident."""

    people: Crowd
    stories: frozenset[int]
    graded: Graded
    match: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """An incident on its way: for whom, how it stands, what was told."""

    watched: Watched
    incident: Incident
    so_far: SoFar
    told: Told
    usual: Usual | None = None

    @property
    def standing(self) -> Standing:
        return Standing(
            state=self.incident.state,
            opened_at=self.incident.opened_at,
            people=self.so_far.people.people,
            severity=self.incident.severity,
            stories=self.so_far.stories,
            match=self.so_far.match,
        )


def weighed(
    connection: sa.Connection, client_id: str, *, first_at: datetime, usual: int, now: datetime
) -> SoFar:
    """Who complained from the first voice on, and how severe that is; `usual` is the most that is usual in the window."""
    since = first_at - _INSTANT
    told = evidence.complaints(connection, client_id, since=since, until=now)
    people = crowd(told)
    times = [
        one.at - first_at for one in evidence.voices(connection, client_id, since=first_at) if one.at <= now
    ]
    weight = Weight(
        people=people.people,
        usual=usual,
        reach=reach(connection, client_id, since=since, until=now),
        fastest=fastest(times),
    )
    return SoFar(
        people=people,
        stories=_told_by_several(told),
        graded=graded(weight),
        match=evidence.newest_match(connection),
    )


def _told_by_several(told: Iterable[tuple[str, int]]) -> frozenset[int]:
    tellers: dict[int, set[str]] = defaultdict(set)
    for witness, story in told:
        tellers[story].add(witness)
    return frozenset(story for story, people in tellers.items() if len(people) >= SEVERAL)


def begin(
    connection: sa.Connection,
    watched: Watched,
    incident: Incident,
    message: Message,
    *,
    now: datetime,
    end_groups: bool = False,
) -> None:
    """Keep the message of a new incident until its group wait is over, in the transaction that opens it."""
    told = Told(waiting=replace(message, severity=incident.severity).to_json())
    incidents.tell(connection, incident, told.to_json())
    go_on(connection, watched, incident.id, now=now, end_groups=end_groups)


def go_on(
    connection: sa.Connection,
    watched: Watched,
    incident_id: int,
    *,
    now: datetime,
    end_groups: bool = False,
    usual: Usual | None = None,
) -> Tell | None:
    """Tell what of an incident is to be told now, and raise its severity where it grew; what was told.

    `usual` is drawn beside the counts, where it is known.
    """
    incident = incidents.get(connection, incident_id)
    if incident is None or incident.state == "closed":
        return None
    so_far = _so_far(connection, incident, now=now)
    incident = _grown(connection, incident, so_far, now=now)
    told = Told.from_json(incident.telling)
    course = _Course(watched=watched, incident=incident, so_far=so_far, told=told, usual=usual)
    due = decide(course.standing, course.told, watched.telling, now=now, end_groups=end_groups)
    if due is not None:
        course = _tell(connection, course, due, now=now)
    _escalate(connection, course, now=now)
    return due


def before_end(connection: sa.Connection, watched: Watched, incident: Incident, *, now: datetime) -> None:
    """An incident that ends before it was told is told first: no alert is lost."""
    if Told.from_json(incident.telling).first_at is None:
        go_on(connection, watched, incident.id, now=now, end_groups=True)


def send(
    connection: sa.Connection,
    message: Message,
    watched: Watched,
    *,
    now: datetime,
    to: Sequence[str] = (),
    change: int | None = None,
) -> None:
    """Into the outbox, each with links of its own: `to` these, else for all who hear of this severity.

    `change` is the number of the change that tells it.
    """
    for receiver in to or watched.told(message.severity):
        linked = with_links(connection, message, watched, receiver, now=now, change=change)
        tell(connection, linked, [receiver], now=now, watched=watched)


def hearers(watched: Watched, incident: Incident) -> tuple[str, ...]:
    """Where it is told what becomes of an incident: to all who hear of its severity, and to the second person once asked."""
    to = watched.escalation
    was_asked = to is not None and Told.from_json(incident.telling).escalated_at is not None
    second = to.receivers if to is not None and was_asked else ()
    return tuple(dict.fromkeys((*watched.told(incident.severity), *second)))


def mute(connection: sa.Connection, client_id: str, rule: str, number: int) -> bool:
    """Whether an incident of this client keeps its smaller rules quiet now; it counts what they do not tell."""
    for one in incidents.of_client(connection, client_id):
        if mutes(one.state, one.severity):
            told = Told.from_json(one.telling)
            muted = {**told.muted, rule: told.muted.get(rule, 0) + number}
            return not number or incidents.tell(connection, one, replace(told, muted=muted).to_json())
    return False


def _so_far(connection: sa.Connection, incident: Incident, *, now: datetime) -> SoFar:
    usual = incident.evidence["usual"][1]
    return weighed(connection, incident.client_id, first_at=_first_at(incident), usual=usual, now=now)


def _first_at(incident: Incident) -> datetime:
    return datetime.fromisoformat(incident.evidence["first_at"])


def _grown(connection: sa.Connection, incident: Incident, so_far: SoFar, *, now: datetime) -> Incident:
    """The incident, more severe where it has become so."""
    severity = greater(incident.severity, so_far.graded.severity)
    if severity == incident.severity:
        return incident
    why = "; ".join(so_far.graded.reasons)
    return incidents.join(connection, incident, severity=severity, why=why, now=now) or incident


def _tell(connection: sa.Connection, course: _Course, due: Tell, *, now: datetime) -> _Course:
    """What was told after it; the same as before where somebody took or closed it in the meantime."""
    incident, message = course.incident, _message(connection, course, due, now=now)
    known = after(course.told, due, course.standing, now=now, words=message.words)
    if not incidents.tell(connection, incident, known.to_json(), untaken=due.kind == "still"):
        return course
    detail = {"kind": due.kind, "number": due.number, "people": course.so_far.people.people}
    detail |= _drawn(message)
    change = changes.add(connection, incident.id, what="told", why=due.why, detail=detail, now=now)
    send(connection, message, course.watched, now=now, change=change)
    say("incident-told", client=course.watched.client.name, incident=incident.id, kind=due.kind, why=due.why)
    return replace(course, told=known)


def _message(connection: sa.Connection, course: _Course, due: Tell, *, now: datetime) -> Message:
    incident, people = course.incident, course.so_far.people
    if due.kind == "firing" and course.told.waiting is not None:
        return words.firing(Message.from_json(course.told.waiting), incident, people)
    if due.kind == "still":
        whole = _lately(connection, course, now=now)
        return words.still(course.watched, incident, people, name=due.name, now=now, lately=whole)
    said = evidence.said_since(
        connection,
        incident.client_id,
        after=course.told.match,
        up_to=course.so_far.match,
        negative_only=True,
        since=_first_at(incident),
    )
    return words.joined(
        course.watched,
        incident,
        people,
        said,
        name=due.name,
        why=due.why,
        now=now,
        lately=_lately(connection, course, after=course.told.match, now=now),
        told=course.told.words,
    )


def _asleep_until(
    connection: sa.Connection, watched: Watched, incident: Incident, *, now: datetime
) -> datetime | None:
    """When the owner's quiet hours end, where they hold back the opening of this incident from everybody."""
    openings = withheld.openings(connection, incident.id)
    told = [one for one in watched.told(incident.severity) if one not in openings]
    if not openings or told or any(one.silence is not None for one in openings.values()):
        return None
    return quiet_until(watched.quiet, now=now, zone=watched.timezone)


def _drawn(message: Message) -> dict[str, Any]:
    """The counts as they stand in a message, kept with what happened: the page shows them."""
    return {"chart": message.chart.to_json()} if message.chart else {}


def _lately(connection: sa.Connection, course: _Course, *, now: datetime, after: int = 0) -> Lately:
    first_at = _first_at(course.incident)
    return lately(connection, course.watched, course.usual, first_at=first_at, after=after, now=now)


def _escalate(connection: sa.Connection, course: _Course, *, now: datetime) -> None:
    watched, incident, told = course.watched, course.incident, course.told
    to = watched.escalation
    if to is None or told.first_at is None or not escalates(course.standing, told, to, now=now):
        return
    if not incidents.tell(connection, incident, replace(told, escalated_at=now).to_json(), untaken=True):
        return
    why = f"nobody took it within {in_words(to.after)}"
    people = course.so_far.people
    whole = _lately(connection, course, now=now)
    asleep_until = _asleep_until(connection, watched, incident, now=now)
    message = words.escalated(
        watched,
        incident,
        people,
        to,
        first_at=told.first_at,
        now=now,
        lately=whole,
        asleep_until=asleep_until,
    )
    detail = {"to": to.to, **_drawn(message)}
    change = changes.add(connection, incident.id, what="escalated", why=why, detail=detail, now=now)
    send(connection, message, watched, to=to.receivers, now=now, change=change)
    say("incident-escalated", client=watched.client.name, incident=incident.id, to=to.to)
