"""The plain rules of quiet clients: each mention told, gathered for a while, within a daily limit, the rest counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from listener.alerting import incident_telling, wording
from listener.alerting.tell import tell as tell_all
from listener.domain.rules import GatherRule, Watched
from listener.store import evidence, recent, rule_states

RULES = ("each_negative", "each_mention")
LONGEST_GATHERING = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is being gathered for one client under one rule. Times are ISO 8601 so that it survives JSON.

    matches       ids of the matches that will be told
    ends_at       when they will be, None while nothing is gathered
    day, sent     how many messages went out on that day of the client's time zone
    only_counted  mentions that came after the day's limit, since the last message
    number        of the last message: part of the alert's id
    """

    matches: tuple[int, ...] = ()
    ends_at: str | None = None
    day: str = ""
    sent: int = 0
    only_counted: int = 0
    number: int = 0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Group:
        return cls(**{**data, "matches": tuple(data.get("matches", ()))})


def grown(group: Group, new: tuple[int, ...], rule: GatherRule, *, now: datetime) -> Group:
    """The group with the new matches: gathered while the day's limit allows, else only counted. The day is that of `now`."""
    today = now.date().isoformat()
    if group.day != today:
        group = replace(group, day=today, sent=0)
    if not new:
        return group
    if group.sent >= rule.at_most:
        return replace(group, only_counted=group.only_counted + len(new))
    ends_at = group.ends_at or (now + rule.gather_for).isoformat()
    return replace(group, matches=(*group.matches, *new), ends_at=ends_at)


def is_due(group: Group, *, now: datetime, end_groups: bool) -> bool:
    """Whether what was gathered is told now; a group that ends later than any does was begun by a clock that jumped."""
    return _ends(group.ends_at, now=now, end_groups=end_groups)


def _ends(written: str | None, *, now: datetime, end_groups: bool) -> bool:
    if written is None:
        return False
    ends_at = datetime.fromisoformat(written)
    return end_groups or ends_at <= now or ends_at > now + LONGEST_GATHERING


def emptied(group: Group) -> Group:
    """The group after its message was laid into the outbox."""
    return replace(
        group, matches=(), ends_at=None, sent=group.sent + 1, only_counted=0, number=group.number + 1
    )


def clients_due(connection: sa.Connection, *, now: datetime, end_groups: bool) -> set[str]:
    """The clients with a group that ends now."""
    return {
        row.client_id
        for row in rule_states.ending(connection, RULES)
        if _ends(row.state.get("ends_at"), now=now, end_groups=end_groups)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """One client's group under one rule, and what is new of it; `state` is as it was stored, {} at first."""

    watched: Watched
    name: str
    rule: GatherRule
    state: Mapping[str, Any]
    new: tuple[int, ...]


def gathered(
    connection: sa.Connection, asked: Sequence[Watched], *, after: int, up_to: int, now: datetime
) -> list[Gathered]:
    """The groups of these clients, under the rules that each has. News are the matches behind `after` that a group has not seen."""
    return [
        one
        for name in RULES
        for one in _gathered(
            connection, [each for each in asked if _rule(each, name)], name, after=after, up_to=up_to, now=now
        )
    ]


def _gathered(
    connection: sa.Connection, asked: Sequence[Watched], name: str, *, after: int, up_to: int, now: datetime
) -> Iterator[Gathered]:
    states = rule_states.of(connection, [one.client.id for one in asked], name)
    # A rule that was just put into the file starts with the last day, not with all that is stored.
    begins = [one.client.id for one in asked if not states.get(one.client.id, (0, {}))[1]]
    known = [one.client.id for one in asked if one.client.id not in begins]
    news = {
        **recent.news_of(connection, known, after=after, up_to=up_to, since=None),
        **recent.news_of(connection, begins, after=0, up_to=up_to, since=now - timedelta(days=1)),
    }
    for one in asked:
        rule = _rule(one, name)
        seen, state = states.get(one.client.id, (0, {}))
        new = tuple(
            each.match
            for each in news.get(one.client.id, ())
            if each.match > seen and (name == "each_mention" or each.label == "negative")
        )
        if rule is not None and (new or state.get("ends_at") or not state):
            yield Gathered(watched=one, name=name, rule=rule, state=state, new=new)


def _rule(watched: Watched, name: str) -> GatherRule | None:
    rule: GatherRule | None = getattr(watched.rules, name)
    return rule


def tell(
    connection: sa.Connection, one: Gathered, *, up_to: int, now: datetime, end_groups: bool, mutable: bool
) -> bool:
    """Grow a group and tell it where it is due; whether it was. `mutable`: an incident goes on that may keep it quiet."""
    watched, client_id = one.watched, one.watched.client.id
    group = grown(Group.from_json(one.state), one.new, one.rule, now=now.astimezone(watched.timezone))
    if mutable and incident_telling.mute(connection, client_id, one.name, len(group.matches)):
        group, due = replace(group, matches=(), ends_at=None), False
    else:
        due = is_due(group, now=now, end_groups=end_groups)
    if due:
        said = evidence.said(connection, group.matches)
        message = wording.gathered(
            watched, said, rule=one.name, number=group.number + 1, only_counted=group.only_counted, now=now
        )
        tell_all(connection, message, watched.told(message.severity), now=now, watched=watched)
        group = emptied(group)
    if due or one.new or not one.state:
        rule_states.put(connection, client_id, one.name, last_match_id=up_to, state=asdict(group))
    return due
