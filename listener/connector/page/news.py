"""Which pages of a sitemap are news, and in what order they are read. Pure: the connector does the asking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from listener.connector.page.diff import mark_of, split_marks
from listener.connector.page.sitemap import Entry

FRESH_FOR = timedelta(days=90)
OVERLAP = timedelta(days=2)
KNOWN_CAP = 2_000
PENDING_CAP = 50
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is remembered of a sitemap.

    since     the latest change that was taken in
    known     marks of the pages that are no news any more, the latest last
    pending   addresses still to be read, with how often that failed, in order
    children  address of an index -> the sitemaps that it named
    more      there was more than `pending` holds: the same bytes must be read again
    """

    since: datetime
    known: tuple[str, ...] = ()
    pending: tuple[tuple[str, int], ...] = ()
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    more: bool = False


def is_alive(entries: Iterable[Entry], *, now: datetime) -> bool:
    """Whether somebody still keeps this sitemap: a page that changed within FRESH_FOR is in it."""
    return any(now - entry.changed_at <= FRESH_FOR for entry in entries)


def started(entries: Iterable[Entry], children: Mapping[str, tuple[str, ...]]) -> News:
    """After the first look, of which nothing is news."""
    ordered = sorted(entries, key=lambda entry: entry.changed_at)
    marks = tuple(mark_of(entry.url) for entry in ordered)
    return News(since=ordered[-1].changed_at, known=marks[-KNOWN_CAP:], children=children)


def noticed(news: News, entries: Iterable[Entry], children: Mapping[str, tuple[str, ...]]) -> News:
    """The pages that were not known and changed since (or up to OVERLAP before) wait to be read, the oldest first."""
    known = frozenset(news.known)
    fresh = {
        mark: entry
        for entry in sorted(entries, key=lambda entry: entry.changed_at)
        if (mark := mark_of(entry.url)) not in known and entry.changed_at >= news.since - OVERLAP
    }
    room = max(0, PENDING_CAP - len(news.pending))
    taken = dict(list(fresh.items())[:room])
    return News(
        since=max([news.since, *(entry.changed_at for entry in taken.values())]),
        known=(*news.known, *taken)[-KNOWN_CAP:],
        pending=(*news.pending, *((entry.url, 0) for entry in taken.values())),
        children=children,
        more=len(taken) < len(fresh),
    )


def settled(news: News) -> News:
    """The first that waits has been dealt with."""
    return replace(news, pending=news.pending[1:])


def postponed(news: News) -> tuple[News, str | None]:
    """The first that waits goes to the end; past TRIES it is given up, and its address is told."""
    (url, tries), *rest = news.pending
    if tries + 1 >= TRIES:
        return replace(news, pending=tuple(rest)), url
    return replace(news, pending=(*rest, (url, tries + 1))), None


def to_json(news: News) -> dict[str, Any]:
    """For the cursor."""
    return {
        "since": news.since.isoformat(),
        "known": "".join(news.known),
        "pending": [list(waiting) for waiting in news.pending],
        "children": {index: list(named) for index, named in news.children.items()},
        "more": news.more,
    }


def from_json(kept: Mapping[str, Any]) -> News:
    """The inverse of `to_json`."""
    return News(
        since=datetime.fromisoformat(kept["since"]),
        known=split_marks(kept["known"]),
        pending=tuple((url, tries) for url, tries in kept["pending"]),
        children={index: tuple(named) for index, named in kept["children"].items()},
        more=kept["more"],
    )
