"""`listener shares`: how much of what is said about each client is negative, neutral and positive, and how sure that is."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from listener.alerting.deafness import deaf_for
from listener.app import Clock
from listener.cli.named import clients_of
from listener.cli.output import write
from listener.cli.show import reading, since_when
from listener.config import load
from listener.domain.client import Client
from listener.domain.health import in_words
from listener.domain.shares import KNOWN, Share, percent, share
from listener.store.totals import Total, totals

COLUMNS = ("client", "mentions", "people", *KNOWN, "unknown", "own", "backfill", "deaf")


def shares(arguments: argparse.Namespace) -> int:
    """Print a row a client, in the order of the file."""
    config = load.load(Path(arguments.config), environ=os.environ)
    now = Clock.from_environment().now()
    since = None if arguments.since == "all" else since_when(arguments.since, now=now)
    clients = clients_of(config, arguments.client)
    row = _cells if arguments.format == "table" else _facts
    with reading(config) as connection:
        heard = totals(connection, [one.id for one in clients], since=since)
        rows = [
            row(client, heard[client.id], _deaf(connection, client, heard[client.id], since=since, now=now))
            for client in clients
        ]
    write(rows, form=arguments.format, columns=COLUMNS)
    return 0


def _deaf(
    connection: sa.Connection, client: Client, total: Total, *, since: datetime | None, now: datetime
) -> timedelta | None:
    """How long, of the time in which it was in its list."""
    begun = max((at for at in (since, total.joined_at) if at is not None), default=now)
    return deaf_for(connection, client, since=begun, until=now)


def _cells(client: Client, total: Total, deaf: timedelta | None) -> Mapping[str, Any]:
    """As a person reads it: each share with its interval."""
    found = {label: share(total.labelled, label) for label in KNOWN}
    return {
        "client": client.name,
        "mentions": total.mentions,
        "people": total.people,
        **{label: _said(one) for label, one in found.items()},
        "unknown": total.labelled.unknown,
        "own": total.own,
        "backfill": total.backfill,
        "deaf": "–" if deaf is None else in_words(deaf) if deaf else "",
    }


def _said(one: Share | None) -> str:
    if one is None:
        return "–"
    return f"{percent(one.value)} % ({one.span})"


def _facts(client: Client, total: Total, deaf: timedelta | None) -> Mapping[str, Any]:
    """As a program reads it: counts, and of each share the interval and the bounds that the unknown leave."""
    facts: dict[str, Any] = {
        "client": client.name,
        "watch_list": client.watch_list,
        "mentions": total.mentions,
        "people": total.people,
        "known": total.labelled.known,
        "unknown": total.labelled.unknown,
        "own": total.own,
        "backfill": total.backfill,
        "deaf_hours": None if deaf is None else round(deaf / timedelta(hours=1), 2),
    }
    for label in KNOWN:
        one = share(total.labelled, label)
        facts[label] = getattr(total.labelled, label)
        for name in ("value", "low", "high", "least", "most"):
            known_as = f"{label}_share" if name == "value" else f"{label}_{name}"
            facts[known_as] = None if one is None else round(getattr(one, name), 4)
    return facts
