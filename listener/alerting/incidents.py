"""What a person does about an incident: take, close, note. Who races is told who was faster; whoever heard of it hears this."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from listener.alerting import incident_words as words
from listener.alerting.incident_telling import before_end, hearers, send
from listener.domain.rules import Watched
from listener.domain.telling import Told
from listener.store import changes, incidents
from listener.store.engine import Database
from listener.store.incidents import Incident
from listener.telemetry import boundary, say

LONGEST_NAME, LONGEST_TEXT = 100, 2000

ByClient = Mapping[str, Watched]


class NotDone(Exception):  # noqa: N818 - its text is the sentence that is shown
    """It could not be done; the text says why, and what stands."""


def take(database: Database, watched: ByClient, incident_id: int, *, who: str, now: datetime) -> Incident:
    """Whoever takes an open incident has it. Raises NotDone where somebody else does, or it is over."""
    who = named(who)
    with database.write() as connection:
        taken = incidents.take(connection, incident_id, who=who, now=now)
        if taken is None:
            raise NotDone(_stands(connection, incident_id))
        if (client := watched.get(taken.client_id)) is not None:
            message = words.taken(client, taken, now=now)
            send(connection, message, client, now=now, to=hearers(client, taken))
    _done("taken", taken)
    return taken


def close(
    database: Database, watched: ByClient, incident_id: int, *, who: str, why: str, now: datetime
) -> Incident:
    """End an incident, whatever the counts say. Raises NotDone where it is over already."""
    who, why = named(who), _text(why, "say why it is closed")
    with database.write() as connection:
        before = incidents.get(connection, incident_id)
        client = watched.get(before.client_id) if before is not None else None
        if before is not None and client is not None:
            before_end(connection, client, before, now=now)
        closed = incidents.close(connection, incident_id, who=who, why=why, now=now)
        if closed is None:
            raise NotDone(_stands(connection, incident_id))
        if client is not None:
            muted = Told.from_json(closed.telling).muted
            message = words.closed(client, closed, why=why, muted=muted, now=now)
            send(connection, message, client, now=now, to=hearers(client, closed))
    _done("closed", closed)
    return closed


def note(
    database: Database, watched: ByClient, incident_id: int, *, who: str, text: str, now: datetime
) -> Incident:
    """Keep a person's word on an incident, over or not. Raises NotDone where there is none of this number."""
    who, text = named(who), _text(text, "write the note")
    with database.write() as connection:
        incident = incidents.get(connection, incident_id)
        if incident is None:
            raise NotDone(_stands(connection, incident_id))
        number = changes.add(connection, incident_id, what="noted", who=who, why=text, now=now)
        if (client := watched.get(incident.client_id)) is not None:
            message = words.noted(client, incident, who=who, text=text, number=number, now=now)
            send(connection, message, client, now=now, to=hearers(client, incident))
    _done("noted", incident)
    return incident


def named(who: str) -> str:
    """A name on one line. Raises NotDone where there is none."""
    name = " ".join(who.split())
    if not name or not name.isprintable():
        raise NotDone("say who you are: a name on one line")
    return name[:LONGEST_NAME]


def _text(text: str, ask: str) -> str:
    said = text.strip()
    if not said:
        raise NotDone(f"{ask}: it is kept with the incident")
    if len(said) > LONGEST_TEXT:
        raise NotDone(f"this is too long: write {LONGEST_TEXT:,} characters or less")
    return said


def _stands(connection: sa.Connection, incident_id: int) -> str:
    """How an incident stands that could not be changed."""
    one = incidents.get(connection, incident_id)
    if one is None:
        return f"there is no incident {incident_id}: `listener incidents` has their numbers"
    if one.state == "closed":
        by = f"by {one.closed_by}" if one.closed_by else "by itself: the rate is back to normal"
        return f"incident {incident_id} was closed {by}, {one.resolved_at:%Y-%m-%d %H:%M} UTC"
    return f"{one.taken_by} has incident {incident_id} already, since {one.taken_at:%Y-%m-%d %H:%M} UTC"


def _done(what: str, incident: Incident) -> None:
    boundary("incident-answered")
    say(f"incident-{what}", client=incident.client_id, incident=incident.id)
