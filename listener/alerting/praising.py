"""The rule good_news of one client: more people praise than chance explains. A notice, and then a day of none."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.alerting import incident_telling, wording
from listener.alerting.looking import GOOD_NEWS, Known
from listener.alerting.proving import prove
from listener.alerting.tell import tell
from listener.domain.crowd import Crowd, crowd
from listener.domain.planned import factors
from listener.domain.rules import Watched, budget
from listener.domain.spike import Spike, find_spike
from listener.store import evidence, rule_states
from listener.store.engine import Database
from listener.telemetry import say

STILL_FOR = timedelta(hours=24)
"""Praise of so long after a notice belongs to it."""


def tell_good_news(database: Database, known: Known, *, now: datetime) -> bool:
    """Whether a notice was told. While a big incident goes on it is muted, and counted there."""
    told_at = _told_at(known)
    if told_at is not None and told_at <= now < told_at + STILL_FOR:
        return False
    spike = _spike(known, told_at, now=now)
    if spike is None:
        return False
    watched, number = known.watched, known.notice.get("number", 0) + 1
    with database.read() as connection:
        people = _people(connection, watched, spike)
        proof = prove(connection, watched, spike, people, known.usual_praise, now=now, label="positive")
    message = wording.good_news(watched, proof, episode=number, now=now)
    with database.write() as connection:
        muted = incident_telling.mute(connection, watched.client.id, GOOD_NEWS, len(spike.voices))
        if not muted:
            tell(connection, message, watched.told(message.severity), now=now, watched=watched)
        rule_states.put(
            connection,
            watched.client.id,
            GOOD_NEWS,
            last_match_id=max(voice.match for voice in spike.voices),
            state={"told_at": now.isoformat(), "number": number},
        )
    say("good-news", client=watched.client.name, muted=muted, proof=message.headline)
    return not muted


def _told_at(known: Known) -> datetime | None:
    told_at = known.notice.get("told_at")
    return datetime.fromisoformat(told_at) if told_at else None


def _spike(known: Known, told_at: datetime | None, *, now: datetime) -> Spike | None:
    watched, rule = known.watched, known.watched.rules.good_news
    if rule is None or known.usual_praise is None:
        return None
    still_until = told_at + STILL_FOR if told_at is not None and told_at <= now else None
    return find_spike(
        [voice for voice in known.praise if still_until is None or voice.at > still_until],
        known.usual_praise,
        budget=budget(rule, clients=watched.list_size),
        at_least=rule.at_least,
        now=now,
        factors=factors(watched.events),
    )


def _people(connection: sa.Connection, watched: Watched, spike: Spike) -> Crowd:
    """Who praises in the window of the spike, and who says there what has no label."""
    since, until = spike.ends_at - spike.window, spike.ends_at
    told = evidence.praise(connection, watched.client.id, since=since, until=until)
    unknown = evidence.unlabelled(connection, watched.client.id, since=since, until=until)
    return crowd(told, unknown=unknown)
