"""Stories on the terminal: `listener mentions --stories`."""

from __future__ import annotations

from collections import Counter
from textwrap import shorten
from typing import Any

import sqlalchemy as sa

from listener.cli.output import write
from listener.store.reading import Wanted
from listener.store.tellings import Story, Told, stories
from listener.telemetry import REDACTION

SAID = 200
"""Characters of the first mention that a table shows before its address."""

NAMES = 3
"""Authors that a table names; the others are a number."""


def show(connection: sa.Connection, wanted: Wanted, *, form: str) -> None:
    """Print the stories with a mention that is wanted, each whole, the oldest first. JSON lines hold every telling."""
    write(
        (_row(one, whole=form == "jsonl") for one in stories(connection, wanted)),
        form=form,
        columns=("first_at", "copies", "clients", "source", "told_by"),
        below="said",
    )


def _row(story: Story, *, whole: bool) -> dict[str, Any]:
    first = story.first
    names = list(dict.fromkeys(name or "unnamed" for name in story.authors.values()))
    row = {
        "story": story.id,
        "first_at": first.counted_at,
        "source": REDACTION.hide(first.source),
        "author": first.author,
        "url": first.url,
        "title": first.title,
        "text": first.text,
        "copies": story.copies_count,
        "authors_count": len(story.authors),
        "authors": names,
        "sources": [REDACTION.hide(source) for source in story.sources],
    }
    if whole:
        labels = {client: dict(counted) for client, counted in story.labels.items()}
        return row | {"clients": labels, "told": [_telling(one) for one in story.told]}
    return row | {
        "clients": [f"{client}: {_counted(labels)}" for client, labels in story.labels.items()],
        "told_by": _told_by(names, len(story.authors)),
        "said": _said(first),
    }


def _telling(one: Told) -> dict[str, Any]:
    return {
        "id": one.id,
        "counted_at": one.counted_at,
        "source": REDACTION.hide(one.source),
        "author": one.author,
        "url": one.url,
        "title": one.title,
        "labels": dict(one.labels),
    }


def _counted(labels: Counter[str]) -> str:
    return ", ".join(f"{count} {label}" for label, count in labels.most_common())


def _told_by(names: list[str], count: int) -> str:
    others = count - min(len(names), NAMES)
    return ", ".join(names[:NAMES]) + (f" and {others} more" if others else "")


def _said(first: Told) -> str:
    text = shorten(" — ".join(part for part in (first.title, first.text) if part), SAID, placeholder=" …")
    return f"{text} {first.url}" if first.url else text
