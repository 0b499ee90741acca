"""`listener mentions`, and what other commands that look share with it."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import shorten
from typing import Any

import sqlalchemy as sa

from listener.app import Clock
from listener.cli import Refusal, stories
from listener.cli.named import clients_of
from listener.cli.output import write
from listener.config import load
from listener.config.config import Config
from listener.store.engine import open_database
from listener.store.reading import Shown, Wanted, shown
from listener.telemetry import REDACTION

LONGEST_SPAN = timedelta(
    days=36_500
)  # before anything was written here; further back there are years without a date

SAID = 300  # characters of a mention that a table shows


def mentions(arguments: argparse.Namespace) -> int:
    """Print the mentions that are wanted, oldest stored first, or the stories that they tell."""
    config = load.load(Path(arguments.config), environ=os.environ)
    clients_of(config, arguments.client)
    since = since_when(arguments.since, now=Clock.from_environment().now()) if arguments.since else None
    wanted = Wanted(client=arguments.client, since=since, label=arguments.label)
    with reading(config) as connection:
        if arguments.stories:
            stories.show(connection, wanted, form=arguments.format)
            return 0
        rows = (_mention(one) for one in shown(connection, wanted))
        write(
            rows,
            form=arguments.format,
            columns=("counted_at", "client", "label", "score", "source", "author"),
            below="said",
        )
    return 0


def _mention(one: Shown) -> dict[str, Any]:
    return {
        "id": one.id,
        "client": one.client,
        "url": one.url,
        "title": one.title,
        "text": one.text,
        "author": one.author,
        "published_at": one.published_at,
        "source": REDACTION.hide(one.source),
        "label": one.label,
        "score": one.score,
        "own": one.own,
        "voice": one.voice,
        "backfill": one.backfill,
        "story": one.story,
        "counted_at": one.counted_at,
        "scorer": one.scorer,
        "reasons": one.reasons,
        "said": shorten(" — ".join(part for part in (one.title, one.text) if part), SAID, placeholder=" …"),
    }


@contextmanager
def reading(config: Config) -> Iterator[sa.Connection]:
    """A look into the database of this configuration, which must be there; it changes nothing."""
    REDACTION.learn(config.secrets)
    database = open_database(config.database, create=False)
    try:
        with database.read() as connection:
            yield connection
    finally:
        database.close()


def since_when(text: str, *, now: datetime) -> datetime:
    """A span back from now (90m, 24h, 7d), or a date or time in UTC."""
    if span := re.fullmatch(r"(\d{1,6})([mhd])", text):
        unit = {"m": "minutes", "h": "hours", "d": "days"}[span.group(2)]
        return now - min(timedelta(**{unit: int(span.group(1))}), LONGEST_SPAN)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f"--since {text!r}: write 90m, 24h, 7d, or a date such as 2026-03-01", code=2) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
