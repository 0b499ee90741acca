"""From stored voices to incidents: each client with news or with an open incident is judged, and the outcome written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from listener.alerting import gather, incident_telling, incident_words, wording
from listener.alerting.proving import prove
from listener.alerting.usual import baseline
from listener.alerting.wording import Proof
from listener.domain.crowd import Crowd, crowd
from listener.domain.rules import SpikeRule, Watched
from listener.domain.spike import (
    STILL_NEWS,
    WINDOWS,
    Budget,
    Spike,
    find_spike,
    limit_at,
    over_threshold,
)
from listener.domain.telling import Told
from listener.store import evidence, incidents, marks
from listener.store.engine import Database
from listener.store.errors import StoreError
from listener.store.incidents import Incident
from listener.telemetry import LOG, boundary, say

RULE = "negative_spike"
CALM_FOR = timedelta(hours=1)
EVALUATED = "evaluated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one evaluation changed; the incident messages also go to the log."""

    opened: int = 0
    resolved: int = 0
    gathered: int = 0


def evaluate(
    database: Database, watched: Mapping[str, Watched], *, now: datetime, end_groups: bool = False
) -> Round:
    """Judge what is new since the last round. A crash in between is harmless: every write is made once by the database.

    Clients without news, without an open incident and without a group that ends cost nothing. `end_groups` tells what has
    been gathered at once. A client that cannot be judged holds up no other: it is judged again in the next round.
    """
    with database.read() as connection:
        newest = evidence.newest_match(connection)
        done = marks.get(connection, EVALUATED) or 0
        news = set(evidence.clients_with_news(connection, after=done, up_to=newest))
        open_incidents = {row.client_id: row for row in incidents.going_on(connection) if row.rule == RULE}
        ending = gather.clients_due(connection, now=now, end_groups=end_groups)
    _let_go(database, [one for client, one in open_incidents.items() if client not in watched], now=now)
    judge = partial(_judge, database, up_to=newest, now=now, end_groups=end_groups)
    rounds = [
        _safely(judge, one, open_incidents.get(client_id))
        for client_id in sorted(news | set(open_incidents) | ending)
        if (one := watched.get(client_id)) is not None  # who left has a history, and nobody to be told
    ]
    if newest != done and None not in rounds:
        with database.write() as connection:
            marks.put(connection, EVALUATED, number=newest, at=now)
    judged = [one for one in rounds if one is not None]
    return Round(
        opened=sum(one.opened for one in judged),
        resolved=sum(one.resolved for one in judged),
        gathered=sum(one.gathered for one in judged),
    )


def _let_go(database: Database, left: Sequence[Incident], *, now: datetime) -> None:
    """End the incidents of clients that left the configuration: nobody is told, for nobody asked to be."""
    if not left:
        return
    with database.write() as connection:
        for one in left:
            why = "the client left the configuration"
            incidents.resolve(connection, one.id, now=now, last_match_id=one.last_match_id, why=why)
    say("incidents-let-go", clients=", ".join(one.client_id for one in left))


def _safely(
    judge: Callable[[Watched, Incident | None], Round], watched: Watched, incident: Incident | None
) -> Round | None:
    """None where this client could not be judged, with the traceback in the log."""
    try:
        return judge(watched, incident)
    except StoreError:
        raise
    except Exception:  # noqa: BLE001 - a fault over one client silences no other; its traceback is in the log
        LOG.exception("evaluate-fault client=%s", watched.client.id)
        return None


def _judge(
    database: Database,
    watched: Watched,
    incident: Incident | None,
    *,
    up_to: int,
    now: datetime,
    end_groups: bool,
) -> Round:
    opened = resolved = False
    if incident is not None:
        resolved = _follow(database, watched, incident, now=now, end_groups=end_groups)
    else:
        opened = _look(database, watched, now=now, end_groups=end_groups)
    gathered = gather.tell(database, watched, up_to=up_to, now=now, end_groups=end_groups)
    return Round(opened=opened, resolved=resolved, gathered=gathered)


def _look(database: Database, watched: Watched, *, now: datetime, end_groups: bool) -> bool:
    rule = watched.rules.negative_spike
    if rule is None:
        return False
    with database.read() as connection:
        proof = _proof(connection, watched, rule, now=now)
    if proof is None:
        return False
    spike = proof.spike
    with database.write() as connection:
        graded = incident_telling.weighed(
            connection, watched.client.id, first_at=spike.voices[0].at, usual=spike.usual[1], now=now
        ).graded
        incident = incidents.open_incident(
            connection,
            client_id=watched.client.id,
            rule=RULE,
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


def _people(connection: sa.Connection, watched: Watched, spike: Spike) -> Crowd:
    """Who complains in the window of the spike, and who says there what has no label."""
    since, until = spike.ends_at - spike.window, spike.ends_at
    told = evidence.complaints(connection, watched.client.id, since=since, until=until)
    unknown = evidence.unlabelled(connection, watched.client.id, since=since, until=until)
    return crowd(told, unknown=unknown)


def _proof(connection: sa.Connection, watched: Watched, rule: SpikeRule, *, now: datetime) -> Proof | None:
    """The proof of a spike; None where there is none."""
    since = now - STILL_NEWS - max(WINDOWS)
    last = incidents.last(connection, watched.client.id, RULE)
    told = last.last_match_id if last is not None else 0
    voices = evidence.voices(connection, watched.client.id, since=since, after_match=told)
    if len(voices) < rule.at_least:
        return None
    usual = baseline(connection, watched.client, now)
    spike = find_spike(voices, usual, budget=_budget(watched, rule), at_least=rule.at_least, now=now)
    if spike is None:
        return None
    return prove(connection, watched, spike, _people(connection, watched, spike), usual, now=now)


def _budget(watched: Watched, rule: SpikeRule) -> Budget:
    return Budget(false_alarms=rule.false_alarms, per=rule.per, clients=watched.list_size)


def _follow(
    database: Database, watched: Watched, incident: Incident, *, now: datetime, end_groups: bool
) -> bool:
    """Whether the incident ended: its voices have been under the threshold for an hour. While it goes on it is told on."""
    window = timedelta(hours=incident.evidence["window_h"])
    with database.read() as connection:
        voices = evidence.voices(connection, watched.client.id, since=now - STILL_NEWS - max(WINDOWS))
        newest = max([incident.last_match_id, *(voice.match for voice in voices)])
        limit = _limit(connection, watched, incident, window, now=now)
    over = over_threshold(voices, window=window, limit=limit, now=now)
    calm_since = None if over else min(incident.calm_since_at or now, now)  # the clock may have been set back
    if calm_since is not None and now - calm_since >= CALM_FOR:
        return _end(database, watched, incident, newest, now=now)
    with database.write() as connection:
        if (calm_since, newest) != (incident.calm_since_at, incident.last_match_id):
            incidents.update(connection, incident.id, calm_since_at=calm_since, last_match_id=newest)
        told = incident_telling.go_on(connection, watched, incident.id, now=now, end_groups=end_groups)
    if told is not None:
        boundary("incident-told")
    return False


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
        incident_telling.send(connection, message, watched, now=now)
    boundary("incident-resolved")
    say("incident-resolved", client=watched.client.name, incident=incident.id, proof=message.headline)
    return True


def _limit(
    connection: sa.Connection, watched: Watched, incident: Incident, window: timedelta, *, now: datetime
) -> int:
    """What it would take to fire at this hour; what it took, where the rule is gone from the file."""
    rule = watched.rules.negative_spike
    if rule is None:
        return int(incident.evidence["limit"])
    usual = baseline(connection, watched.client, now)
    return limit_at(usual, window, until=now, budget=_budget(watched, rule), at_least=rule.at_least)


def _voices_in_all(connection: sa.Connection, watched: Watched, incident: Incident, *, now: datetime) -> int:
    first_at = datetime.fromisoformat(incident.evidence["first_at"])
    return sum(
        1 for voice in evidence.voices(connection, watched.client.id, since=first_at) if voice.at <= now
    )
