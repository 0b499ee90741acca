"""The rule negative_spike of one client: its incident is opened, followed, and ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.alerting import incident_telling, incident_words, surges, wording
from listener.alerting.looking import SPIKE, Known
from listener.alerting.proving import prove
from listener.domain.crowd import Crowd, crowd
from listener.domain.listened import around
from listener.domain.planned import factors, sooner
from listener.domain.rules import SpikeRule, Watched, budget
from listener.domain.spike import LOOK_BACK, Spike, find_spikes, limit_at, over_threshold
from listener.domain.telling import Told
from listener.domain.usual import DAY
from listener.domain.voices import voices_in
from listener.domain.volume import CHANCE, Volume, volume
from listener.store import baselines, evidence, incidents, recent
from listener.store.engine import Database
from listener.store.incidents import Incident
from listener.telemetry import boundary, say

CALM_FOR = timedelta(hours=1)


def open_one(database: Database, known: Known, *, now: datetime, end_groups: bool) -> bool:
    """Whether an incident was opened: for the rarest window that the volume of talk does not explain."""
    watched = known.watched
    rule = watched.rules.negative_spike
    if rule is None or known.usual is None:
        return False
    spike = _unexplained(database, known, rule, now=now)
    if spike is None:
        return False
    with database.read() as connection:
        people = _people(connection, watched, spike)
        proof = prove(connection, watched, spike, people, known.usual, now=now)
    with database.write() as connection:
        graded = incident_telling.weighed(
            connection, watched.client.id, first_at=spike.voices[0].at, usual=spike.usual[1], now=now
        ).graded
        incident = incidents.open_incident(
            connection,
            client_id=watched.client.id,
            rule=SPIKE,
            now=now,
            evidence=wording.facts(proof),
            last_match_id=max(voice.match for voice in spike.voices),
            severity=graded.severity,
            why="; ".join(graded.reasons),
        )
        if incident is None:
            return False
        message = wording.firing(
            watched, proof, incident=incident.id, episode=incident.episode, reasons=graded.reasons, now=now
        )
        incident_telling.begin(connection, watched, incident, message, now=now, end_groups=end_groups)
    boundary("incident-opened")
    say("incident-opened", client=watched.client.name, incident=incident.id, proof=message.headline)
    return True


def _unexplained(database: Database, known: Known, rule: SpikeRule, *, now: datetime) -> Spike | None:
    """The rarest window that more people complain in than the volume alone explains; what it explains is noted."""
    explained: list[tuple[Spike, Volume]] = []
    for spike in _spikes(known, rule, now=now):
        with database.read() as connection:
            held = _held_against_volume(connection, known, spike, now=now)
        if not held.explains:
            return spike
        explained.append((spike, held))
    if explained:
        surges.note(database, known, *explained[0], now=now)
    return None


def _spikes(known: Known, rule: SpikeRule, *, now: datetime) -> Iterator[Spike]:
    watched = known.watched
    assert known.usual is not None
    return find_spikes(
        known.news,
        known.usual,
        budget=budget(rule, clients=watched.list_size, sooner=sooner(watched.events, now)),
        at_least=rule.at_least,
        now=now,
        factors=factors(watched.events),
    )


def _held_against_volume(connection: sa.Connection, known: Known, spike: Spike, *, now: datetime) -> Volume:
    client_id = known.watched.client.id
    starts_at = spike.ends_at - spike.window
    said = recent.spoke(connection, client_id, since=starts_at, until=spike.ends_at)
    complain = {one.witness for one in said if one.complains}
    others = [one for one in said if not one.complains and one.witness not in complain]
    since, until = spike.ends_at - LOOK_BACK, min(starts_at, spike.ends_at - DAY)
    past = around(baselines.episodes(connection, client_id, SPIKE, since=since, until=until))
    return volume(
        len(spike.voices),
        len(spike.voices) + voices_in(others),
        recent.share(connection, client_id, since=since, until=until, without=past),
        enough=CHANCE * sooner(known.watched.events, now),
    )


def _people(connection: sa.Connection, watched: Watched, spike: Spike) -> Crowd:
    """Who complains in the window of the spike, and who says there what has no label."""
    since, until = spike.ends_at - spike.window, spike.ends_at
    told = evidence.complaints(connection, watched.client.id, since=since, until=until)
    unknown = evidence.unlabelled(connection, watched.client.id, since=since, until=until)
    return crowd(told, unknown=unknown)


def follow(database: Database, known: Known, incident: Incident, *, now: datetime, end_groups: bool) -> bool:
    """Whether the incident ended: its voices have been under the threshold for an hour. While it goes on it is told on."""
    window = timedelta(hours=incident.evidence["window_h"])
    newest = max([incident.last_match_id, *(voice.match for voice in known.complaints)])
    limit = _limit(known, incident, window, now=now)
    over = over_threshold(known.complaints, window=window, limit=limit, now=now)
    calm_since = None if over else min(incident.calm_since_at or now, now)  # the clock may have been set back
    if calm_since is not None and now - calm_since >= CALM_FOR:
        return _end(database, known.watched, incident, newest, now=now)
    with database.write() as connection:
        if (calm_since, newest) != (incident.calm_since_at, incident.last_match_id):
            incidents.update(connection, incident.id, calm_since_at=calm_since, last_match_id=newest)
        told = incident_telling.go_on(
            connection, known.watched, incident.id, now=now, end_groups=end_groups, usual=known.usual
        )
    if told is not None:
        boundary("incident-told")
    return False


def _limit(known: Known, incident: Incident, window: timedelta, *, now: datetime) -> int:
    """What it would take to fire at this hour; what it took, where the rule is gone from the file."""
    watched = known.watched
    rule = watched.rules.negative_spike
    if rule is None or known.usual is None:
        return int(incident.evidence["limit"])
    return limit_at(
        known.usual,
        window,
        until=now,
        budget=budget(rule, clients=watched.list_size, sooner=sooner(watched.events, now)),
        at_least=rule.at_least,
        factors=factors(watched.events),
        voices=known.complaints,
    )


def _end(database: Database, watched: Watched, incident: Incident, newest: int, *, now: datetime) -> bool:
    """Close it and tell so, where no person was faster."""
    with database.write() as connection:
        incident_telling.before_end(connection, watched, incident, now=now)
        closed = incidents.resolve(connection, incident.id, now=now, last_match_id=newest)
        if closed is None:
            return False
        message = wording.resolved(
            watched,
            incident=closed.id,
            episode=closed.episode,
            opened_at=closed.opened_at,
            voices=_voices_in_all(connection, watched, closed, now=now),
            now=now,
        )
        muted = Told.from_json(closed.telling).muted
        message = incident_words.resolved(message, watched, closed, muted=muted)
        to = incident_telling.hearers(watched, closed)
        incident_telling.send(connection, message, watched, now=now, to=to)
    boundary("incident-resolved")
    say("incident-resolved", client=watched.client.name, incident=incident.id, proof=message.headline)
    return True


def _voices_in_all(connection: sa.Connection, watched: Watched, incident: Incident, *, now: datetime) -> int:
    first_at = datetime.fromisoformat(incident.evidence["first_at"])
    return sum(
        1 for voice in evidence.voices(connection, watched.client.id, since=first_at) if voice.at <= now
    )
