"""The end of silences and of quiet hours: what they held back is told, once, with what has become of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from functools import partial
from itertools import groupby

import sqlalchemy as sa

from listener.alerting.afterwards import after_quiet, hidden
from listener.alerting.tell import tell
from listener.domain.rules import Watched
from listener.domain.silence import Silence, Withheld, holder
from listener.store import silences, withheld
from listener.store.engine import Database
from listener.store.withheld import Held
from listener.telemetry import boundary, say

Clients = Mapping[str, Watched]


def end(database: Database, watched: Clients, *, zone: tzinfo, now: datetime) -> int:
    """Tell what is no longer held back; the number of messages. `zone` is that of the file, for those that are about
    several clients.
    """
    with database.read() as connection:
        over = silences.over(connection, now=now)
        quiet = bool(withheld.in_quiet(connection))
    told = sum(_sum_up(database, one, watched, zone=zone, now=now) for one in over)
    return told + (_end_quiet(database, watched, zone=zone, now=now) if quiet else 0)


def _sum_up(database: Database, silence: Silence, watched: Clients, *, zone: tzinfo, now: datetime) -> int:
    """One message a receiver, in the transaction that marks the silence as summed up."""
    with database.write() as connection:
        held = withheld.of_silence(connection, silence.id)
        if held and all(_quiet_of(one, watched, now=now) for one in held):
            return 0
        if not silences.sum_up(connection, silence.id, now=now):
            return 0
        held = withheld.of_silence(connection, silence.id)  # nothing is added to it from here on
        held = _not_handed_over(connection, held, now=now)
        names = {client_id: one.client.name for client_id, one in watched.items()}
        by_receiver = groupby(
            sorted(held, key=lambda one: (one.receiver, one.id)), key=lambda one: one.receiver
        )
        told = 0
        for receiver, rows in by_receiver:
            message = hidden(silence, list(rows), receiver=receiver, zone=zone, names=names, now=now)
            tell(connection, message, [receiver], now=now)
            told += 1
        withheld.tell(connection, [one.id for one in held], now=now)
    boundary("silence-summed-up")
    say("silence-over", silence=silence.id, author=silence.author, hidden=len(held), told=told)
    return told


def _end_quiet(database: Database, watched: Clients, *, zone: tzinfo, now: datetime) -> int:
    """One message an incident and receiver, in the transaction that marks what it stands for as told."""
    told = 0
    with database.write() as connection:
        held = [one for one in withheld.in_quiet(connection) if not _quiet_of(one, watched, now=now)]
        held = _not_handed_over(connection, held, now=now)
        whole = partial(_whole, watched)
        for _, some in groupby(sorted(held, key=whole), key=whole):  # sorting keeps the order of happening
            rows = list(some)
            message = after_quiet(rows, watched=watched.get(rows[0].about.client_id), zone=zone, now=now)
            if withheld.tell(connection, [one.id for one in rows], now=now):
                tell(connection, message, [rows[0].receiver], now=now)
                told += 1
    if told:
        boundary("quiet-ended")
    return told


def _whole(watched: Clients, one: Held) -> tuple[str, str, str, int, bool]:
    """What is told in one message: the owner and whoever is asked instead are told apart."""
    client = watched.get(one.about.client_id)
    is_second = client is not None and client.second(one.receiver, one.message.kind) is not None
    return (one.receiver, one.about.client_id, one.about.rule, one.incident_id or 0, is_second)


def _quiet_of(one: Held, watched: Clients, *, now: datetime) -> Withheld | None:
    """The quiet hours that hold this back now. Those that are no longer in the file end as they stood there."""
    client = watched.get(one.about.client_id)
    if client is None:
        ends_at = one.until if one.silence_id is None and one.until > now else None
    else:
        ends_at = client.quiet_until(one.receiver, one.message.kind, now=now)
    return None if ends_at is None else Withheld(until=ends_at)


def _not_handed_over(connection: sa.Connection, held: Sequence[Held], *, now: datetime) -> list[Held]:
    """What no other silence holds back; what one does is its to tell from now on."""
    others = silences.holding(connection, now=now) if held else []
    left = []
    for one in held:
        other = holder(others, one.about, now=now)
        if other is None:
            left.append(one)
        else:
            withheld.hand_over(connection, [one.id], Withheld(until=other.ends_at, silence=other.id))
    return left
