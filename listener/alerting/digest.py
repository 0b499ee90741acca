"""Digests: once a local day, in one transaction with the row that says so, into the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo

import sqlalchemy as sa

from listener.alerting.digest_words import Happened, Place, Praised, Untold, digest
from listener.alerting.surges import surges
from listener.alerting.tell import tell
from listener.alerting.wording import address, quote
from listener.domain.digest import LENGTH, Digest, Due, Period, due, missed, periods, since
from listener.domain.message import Message
from listener.domain.rules import Watched
from listener.store import digests, incidents, marks, rule_states, withheld
from listener.store.engine import Database
from listener.telemetry import REDACTION, boundary, say

Clients = Mapping[str, Watched]

GOOD_NEWS = "good_news"
_MARKS = "digest/"
_NEVER = datetime.max.replace(tzinfo=UTC)
QUOTES_MOST = 5


def tell_due(database: Database, asked: Sequence[Digest], watched: Clients, *, now: datetime) -> int:
    """Lay the digests into the outbox whose time has come and that were not told yet; the number of messages."""
    since_when = _asked_since(database, asked, now=now)
    return sum(
        _tell(database, one, when, receiver, watched, now=now)
        for one in asked
        for receiver in one.receivers
        for when in due(
            one,
            now=now,
            asked_at={period: since_when[_mark(one, receiver, period)] for period in periods(one)},
        )
    )


def _mark(asked: Digest, receiver: str, period: Period) -> str:
    """The name under which it is remembered since when this is asked for."""
    return f"{_MARKS}{period}/{asked.audience(receiver)}"


def _asked_since(database: Database, asked: Sequence[Digest], *, now: datetime) -> Mapping[str, datetime]:
    """Since when each is asked for, by its mark; what is no longer asked for is forgotten."""
    names = {
        _mark(one, receiver, period) for one in asked for receiver in one.receivers for period in periods(one)
    }
    with database.read() as connection:
        known = marks.named(connection, _MARKS)
    fresh = {name for name in names if known.get(name, _NEVER) > now}  # or the clock was ahead then
    gone = known.keys() - names
    if fresh or gone:
        with database.write() as connection:
            marks.drop(connection, gone)
            for name in fresh:
                marks.put(connection, name, at=now)
    return {name: now if name in fresh else known[name] for name in names}


def _tell(
    database: Database, asked: Digest, when: Due, receiver: str, watched: Clients, *, now: datetime
) -> bool:
    audience = asked.audience(receiver)
    with database.read() as connection:
        if digests.was_told(connection, audience, when.period, when.day):
            return False
        last = digests.last(connection, audience, when.period)
        last_day, last_at = last if last is not None else (None, None)
        from_at = since(when.period, last_at=last_at, now=now)
        message = compose(
            connection,
            _about(watched, asked.watch_lists),
            period=when.period,
            watch_lists=asked.watch_lists,
            since=from_at,
            now=now,
            zone=asked.timezone,
            day=when.day,
            to=receiver,
            untold=Untold(
                days=missed(when.period, last=last_day, day=when.day, zone=asked.timezone),
                is_covered=from_at == last_at,
            ),
        )
    boundary("digest-composed")
    with database.write() as connection:
        if not digests.take(connection, audience, when.period, when.day, now=now):
            return False
        tell(connection, message, [receiver], now=now)
    boundary("digest-told")
    say("digest-told", receiver=receiver, period=when.period, day=when.day)
    return True


def now_told(
    connection: sa.Connection,
    watched: Clients,
    period: Period,
    *,
    watch_lists: tuple[str, ...],
    zone: tzinfo,
    now: datetime,
) -> Message:
    """The digest up to this moment, as it would be told; nobody is."""
    return compose(
        connection,
        _about(watched, watch_lists),
        period=period,
        watch_lists=watch_lists,
        since=now - LENGTH[period],
        now=now,
        zone=zone,
        day=now.astimezone(zone).date(),
        to="nobody",
    )


def compose(
    connection: sa.Connection,
    watched: Clients,
    *,
    period: Period,
    watch_lists: tuple[str, ...],
    since: datetime,
    now: datetime,
    zone: tzinfo,
    day: date,
    to: str,
    untold: Untold | None = None,
) -> Message:
    """All that happened to these clients in this time, in words."""
    happened = Happened(
        watched=watched,
        watch_lists=watch_lists,
        since=since,
        until=now,
        heard=[one for one in digests.heard(connection, since=since, until=now) if one.client_id in watched],
        incidents=[
            one for one in incidents.listing(connection, since=since, limit=None) if one.client_id in watched
        ],
        hidden=[
            one for one in withheld.hidden(connection, since=since, until=now) if one.client_id in watched
        ],
        deaf=_deaf(connection, watched, since=since, now=now),
        praised=_praised(connection, watched, since=since, now=now),
        surges=surges(connection, watched, since=since),
        untold=untold or Untold(),
    )
    return digest(
        happened,
        period=period,
        id_="/".join(["digest", to, *sorted(watch_lists), period, str(day)]),
        day=day,
        zone=zone,
    )


def _about(watched: Clients, watch_lists: tuple[str, ...]) -> Clients:
    if not watch_lists:
        return watched
    return {client_id: one for client_id, one in watched.items() if one.client.watch_list in watch_lists}


def _deaf(
    connection: sa.Connection, watched: Clients, *, since: datetime, now: datetime
) -> list[Place] | None:
    audiences = {name for one in watched.values() for name in one.client.audiences}
    names = next((one.places for one in watched.values()), {})
    found = digests.deaf(connection, audiences, since=since, until=now)
    if found is None:
        return None
    return [
        Place(
            name=names.get((one.kind, one.scope)) or REDACTION.hide(address(one.kind, one.scope)),
            spans=one.spans,
            reason=REDACTION.hide(one.reason),
            still=one.still,
        )
        for one in found
    ]


def _praised(connection: sa.Connection, watched: Clients, *, since: datetime, now: datetime) -> Praised:
    """What no message told of: neither a surge of praise nor a rule that tells each mention."""
    untold = {
        client_id: matches
        for client_id, matches in digests.praise(connection, since=since, until=now).items()
        if client_id in watched and watched[client_id].rules.each_mention is None
    }
    for client_id, (told, _) in rule_states.of(connection, list(untold), GOOD_NEWS).items():
        untold[client_id] = [match for match in untold[client_id] if match > told]
    by_match = {match: client_id for client_id, matches in untold.items() for match in matches}
    best = digests.praising(connection, list(by_match))[:QUOTES_MOST]
    return Praised(
        people={client_id: len(matches) for client_id, matches in untold.items() if matches},
        quotes=[quote(one, watched[by_match[one.match]]) for one in best],
    )
