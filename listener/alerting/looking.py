"""What there is to know of many clients before they are judged, read at once: each statement serves hundreds of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from listener.alerting.ration import Ration
from listener.alerting.usual import usual_for
from listener.domain.enough import may_fire
from listener.domain.planned import factors
from listener.domain.rules import Watched
from listener.domain.spike import STILL_NEWS, WINDOWS, Voice
from listener.domain.usual import Usual
from listener.store import recent, rule_states
from listener.store.engine import Database
from listener.store.incidents import Incident

SPIKE, GOOD_NEWS, SURGE = "negative_spike", "good_news", "surge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one client.

    incident              the one that goes on, if there is one
    complaints, praise    its voices of the last two days
    told                  voices up to this match belong to an incident
    usual, usual_praise   None where too few spoke to ask
    waits                 enough spoke, and what is usual is to be learned in a later round: it cannot be judged yet
    notice, surge         where the rule for good news stands, and what volume explained; {} at first
    """

    watched: Watched
    incident: Incident | None = None
    complaints: Sequence[Voice] = ()
    praise: Sequence[Voice] = ()
    told: int = 0
    usual: Usual | None = None
    usual_praise: Usual | None = None
    waits: bool = False
    notice: Mapping[str, Any] = field(default_factory=dict)
    surge: Mapping[str, Any] = field(default_factory=dict)

    @property
    def news(self) -> list[Voice]:
        """The voices of complaint that belong to no incident yet."""
        return [voice for voice in self.complaints if voice.match > self.told]


def look(
    database: Database,
    asked: Sequence[Watched],
    incidents: Mapping[str, Incident],
    *,
    now: datetime,
    ration: Ration,
) -> list[Known]:
    """What is known of each of these clients, in their order. What is usual is asked of those alone of whom enough speak."""
    ids = [one.client.id for one in asked]
    with database.read() as connection:
        voices = recent.voices_of(connection, ids, since=now - STILL_NEWS - max(WINDOWS))
        told = recent.told_up_to(connection, voices, SPIKE)
        notices = rule_states.of(connection, voices, GOOD_NEWS)
        surges = rule_states.of(connection, voices, SURGE)
    known = [
        Known(
            watched=one,
            incident=incidents.get(one.client.id),
            complaints=voices[one.client.id].complaints if one.client.id in voices else (),
            praise=voices[one.client.id].praise if one.client.id in voices else (),
            told=told.get(one.client.id, 0),
            notice=notices.get(one.client.id, (0, {}))[1],
            surge=surges.get(one.client.id, (0, {}))[1],
        )
        for one in asked
    ]
    return _with_usual(database, known, now=now, ration=ration)


def _with_usual(database: Database, known: Sequence[Known], *, now: datetime, ration: Ration) -> list[Known]:
    complained = [one for one in known if _enough_complain(one, now=now)]
    complained.sort(key=lambda one: one.incident is None)  # what goes on is followed first
    praised = [one for one in known if _enough_praise(one, now=now)]
    usual = _usual(database, complained, SPIKE, now=now, ration=ration)
    usual_praise = _usual(database, praised, GOOD_NEWS, now=now, ration=ration)
    late = {one.watched.client.id for one in complained} - set(usual)
    late |= {one.watched.client.id for one in praised} - set(usual_praise)
    return [
        replace(
            one,
            usual=usual.get(one.watched.client.id),
            usual_praise=usual_praise.get(one.watched.client.id),
            waits=one.watched.client.id in late,
        )
        for one in known
    ]


def _usual(
    database: Database, some: Sequence[Known], rule: str, *, now: datetime, ration: Ration
) -> dict[str, Usual]:
    if not some:
        return {}
    asked = [one.watched for one in some]
    raised = {one.client.id: factors(one.events) for one in asked if one.events}
    clients = [one.client for one in asked]
    return usual_for(database, clients, now=now, rule=rule, factors=raised, ration=ration)


def _enough_complain(one: Known, *, now: datetime) -> bool:
    """Whether it has an incident to be followed, or so many voices that there may be one."""
    rule = one.watched.rules.negative_spike
    return rule is not None and (
        one.incident is not None or may_fire(one.news, at_least=rule.at_least, now=now)
    )


def _enough_praise(one: Known, *, now: datetime) -> bool:
    rule = one.watched.rules.good_news
    return rule is not None and may_fire(one.praise, at_least=rule.at_least, now=now)
