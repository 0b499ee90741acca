"""Into the outbox, in the transaction that made it true; or, where a silence or quiet hours hold it back, among the withheld."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from listener.domain.delivery import key
from listener.domain.message import Message
from listener.domain.rules import Watched
from listener.domain.silence import About, decide, holder, outdoes
from listener.store import outbox, silences, withheld
from listener.telemetry import say


def tell(
    connection: sa.Connection,
    message: Message,
    receivers: Sequence[str],
    *,
    now: datetime,
    watched: Watched | None = None,
) -> None:
    """Lay a message into the outbox, once for each receiver; what lies there already under its id stays.

    `watched` is the client that it is about: with it, a silence may hold it back, or the quiet hours of whoever it reaches.
    """
    if watched is None:
        for receiver in receivers:
            _lay(connection, message, receiver, now=now)
        return
    about = about_of(message, watched)
    silenced = holder(silences.holding(connection, now=now), about, now=now)
    openings = withheld.openings(connection, message.incident) if message.incident is not None else {}
    for receiver in receivers:
        why = decide(
            message.kind,
            silenced=silenced,
            quiet_until=watched.quiet_until(receiver, message.kind, now=now),
            opening=openings.get(receiver),
            breaks_through=breaks_through(about, watched),
        )
        if why is not None:
            withheld.add(connection, message, receiver, about, why, now=now)
            say(
                "withheld",
                id=message.id,
                receiver=receiver,
                silence=why.silence or "quiet hours",
                until=why.until,
            )
            continue
        if message.incident is not None and outdoes(message.kind, openings.get(receiver)):
            withheld.outdone(connection, message.incident, receiver, now=now)
        _lay(connection, message, receiver, now=now)


def about_of(message: Message, watched: Watched) -> About:
    """What silences ask of a message; the rule stands in its id, after the client's."""
    rule, _, _ = message.id.removeprefix(f"{watched.client.id}/").partition("/")
    return About(
        client_id=watched.client.id,
        watch_list=watched.client.watch_list,
        rule=rule,
        severity=message.severity or "minor",
    )


def breaks_through(about: About, watched: Watched) -> bool:
    """Whether this is severe, and the client's list wants to be told of what is severe at any time."""
    spike = watched.rules.negative_spike
    return about.severity == "severe" and spike is not None and spike.severe_breaks_silence


def _lay(connection: sa.Connection, message: Message, receiver: str, *, now: datetime) -> None:
    outbox.add(connection, key=key(message.id, receiver), receiver=receiver, message=message, now=now)
