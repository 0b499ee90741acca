"""How polls ended, written together: health, gaps, since when a client is heard, and the news of what broke or recovered."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.alerting import wording
from listener.alerting.tell import tell
from listener.domain.cadence import Cadence
from listener.domain.health import gap_before
from listener.polling.poll import Ended
from listener.store import gaps, hosts, targets
from listener.store.engine import Database
from listener.store.targets import PollEnd
from listener.telemetry import REDACTION, boundary, say

NOT_RUNNING = "nobody listened: the program was not running"
SPREAD_THIN = "its budget lets it be asked less than once a day: raise it"


def write(database: Database, ended: Sequence[Ended], receivers: Sequence[str], *, now: datetime) -> None:
    """One transaction for all of them. Whoever lost its lease meanwhile writes nothing.

    That a place broke of which only best effort can be had is logged, and told to nobody.
    """
    with database.write() as connection:
        held = targets.finish(connection, [_poll_end(one) for one in ended])
        ours = [one for one in ended if one.claim.target_id in held and one.change is not None]
        for one in ours:
            _gaps(connection, one)
            if one.heard and (new := [name for name, since in one.claim.since.items() if since is None]):
                targets.heard(connection, one.claim.target_id, new, one.at)
        for origin, until in {origin: until for one in ended for origin, until in one.held.items()}.items():
            hosts.hold(connection, origin, until)
        news = _news(ours)
        for shared, sentences in _news([one for one in ours if not one.claim.best_effort]).items():
            key = f"health/{shared or f'{now.isoformat()}/{ours[0].claim.target_id}'}"
            tell(connection, wording.health(sentences, key=key, now=now), receivers, now=now)
    boundary("polls-ended")
    for sentence in [sentence for sentences in news.values() for sentence in sentences]:
        say("source", level=logging.WARNING, says=sentence)


def _poll_end(one: Ended) -> PollEnd:
    claim, change = one.claim, one.change
    known = None if one.cadence is None else one.cadence.to_json()
    if change is None:
        return PollEnd.postponed(claim, next_poll_at=one.again_at or one.at, cadence=known)
    return PollEnd(
        target_id=claim.target_id,
        token=claim.token,
        state=change.health.state,
        health=change.health.to_json(),
        next_poll_at=one.at + change.next_poll_in,
        not_before_at=one.not_before_at,
        last_poll_at=one.at,
        success=change.health.state == "ok",
        complete=one.heard,
        validators=one.validators,
        cadence=claim.cadence if known is None else known,
        cadence_s=claim.cadence_s if known is None else round(one.every.total_seconds()),
    )


def _gaps(connection: sa.Connection, one: Ended) -> None:
    """A failed poll opens a gap that began with the last success, else with the first failure; a success ends it, or finds
    that nobody had listened.
    """
    claim, change = one.claim, one.change
    if change is None:
        return
    if change.health.state != "ok":
        failing_since = datetime.fromisoformat(change.health.failing_since or one.at.isoformat())
        since = claim.last_success_at or failing_since
        gaps.open_gap(connection, claim.target_id, since, change.health.reason)
        return
    if claim.health.get("failing_since") and gaps.close_gap(connection, claim.target_id, one.at):
        return
    planned = Cadence.from_json(claim.cadence)
    silent_since = gap_before(
        last_success_at=claim.last_success_at,
        every=timedelta(seconds=claim.cadence_s or claim.every_s),
        planned_at=datetime.fromisoformat(planned.planned_at) if planned.planned_at else None,
        now=one.at,
    )
    if silent_since is not None:
        reason = SPREAD_THIN if planned.paced else NOT_RUNNING
        gaps.add(connection, claim.target_id, silent_since, one.at, reason)


def _news(ended: Sequence[Ended]) -> dict[str, list[str]]:
    """The sentences for a person, by what they are told once for; under "" those of one source each."""
    news: dict[str, list[str]] = {}
    for one in ended:
        if one.change is None or not one.change.tell:
            continue
        shared = one.change.told_once
        if shared and shared in news:
            continue
        claim = one.claim
        key = f" with the key {claim.credential}" if claim.credential else ""
        who = f"{claim.kind}{key}" if shared else wording.address(claim.kind, claim.scope)
        news.setdefault(shared, []).append(REDACTION.hide(f"{who} {one.change.tell}"))
    return news
