"""The plain rules of quiet clients: each mention told, gathered for a while, within a daily limit, the rest counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from listener.alerting import incident_telling, wording
from listener.alerting.tell import tell as tell_all
from listener.domain.rules import GatherRule, Watched
from listener.store import evidence, rule_states
from listener.store.engine import Database
from listener.telemetry import boundary

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
    if group.ends_at is None:
        return False
    ends_at = datetime.fromisoformat(group.ends_at)
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
        for row in rule_states.gathering(connection)
        if is_due(Group.from_json(row.state), now=now, end_groups=end_groups)
    }


def tell(database: Database, watched: Watched, *, up_to: int, now: datetime, end_groups: bool) -> int:
    """Gather what is new for a client and tell what is due; returns the number of messages."""
    rules = {"each_negative": watched.rules.each_negative, "each_mention": watched.rules.each_mention}
    return sum(
        _tell(database, watched, name, rule, up_to=up_to, now=now, end_groups=end_groups)
        for name, rule in rules.items()
        if rule is not None
    )


def _tell(
    database: Database,
    watched: Watched,
    name: str,
    rule: GatherRule,
    *,
    up_to: int,
    now: datetime,
    end_groups: bool,
) -> bool:
    client_id = watched.client.id
    with database.write() as connection:
        after, state = rule_states.get(connection, client_id, name)
        new = evidence.said_since(
            connection,
            client_id,
            after=after,
            up_to=up_to,
            negative_only=name == "each_negative",
            # A rule that was just put into the file starts with the last day, not with all that is stored.
            since=None if state else now - timedelta(days=1),
        )
        group = grown(
            Group.from_json(state),
            tuple(one.match for one in new),
            rule,
            now=now.astimezone(watched.timezone),
        )
        if incident_telling.mute(connection, client_id, name, len(group.matches)):
            group, due = replace(group, matches=(), ends_at=None), False
        else:
            due = is_due(group, now=now, end_groups=end_groups)
        if due:
            said = evidence.said(connection, group.matches)
            message = wording.gathered(
                watched, said, rule=name, number=group.number + 1, only_counted=group.only_counted, now=now
            )
            tell_all(connection, message, watched.told(message.severity), now=now, watched=watched)
            group = emptied(group)
        if due or new or not state:
            rule_states.put(connection, client_id, name, last_match_id=up_to, state=asdict(group))
    if due:
        boundary("group-told")
    return due
