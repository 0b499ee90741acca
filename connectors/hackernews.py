"""Hacker News: stories and comments by Algolia's search, newest first. Free, without a key (hn.algolia.com/api)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field, field_validator

from listener.connector import (
    JSON,
    Author,
    Connector,
    Found,
    Http,
    OptionsModel,
    Page,
    Query,
    Refused,
    Search,
    TryLater,
    reads_json,
)
from listener.connector.ask import one_by_one
from listener.connector.plain import absolute, links_in, one_line, plain
from listener.connector.values import web_address

HITS = 200  # of the 1,000 that Algolia shows of any question; what is older is asked for by time
MOST_PAGES = 10
OVERLAP_S = 3600  # Algolia shows an item some minutes after it was written
HOME = "https://news.ycombinator.com"


class HackerNewsOptions(OptionsModel):
    """One search; `search` is filled from a client's query."""

    days: int = Field(default=7, ge=1, le=365, description="How many days the first poll looks back.")
    site: str = Field(default="https://hn.algolia.com", description="Where the search is.")
    search: str = Field(
        default="", description="What is asked, in Algolia's syntax; filled from the client's query."
    )

    @field_validator("site")
    @classmethod
    def _web_address(cls, value: str) -> str:
        return web_address(value)


def search(queries: Mapping[str, Query], options: HackerNewsOptions) -> Sequence[Search[HackerNewsOptions]]:
    """One search for each way to satisfy a query, as Algolia has no OR; the same words of two clients are asked once."""
    return one_by_one(queries, options, lambda way: " ".join(f'"{term}"' for term in way))


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where the reading stands, in seconds since 1970. It goes from the newest item down to `until`.

    top     creation time of the newest item seen in this walk: the next one goes down to it
    below   how far down this walk has come; None before its first page
    until   down to where everything was read in earlier walks
    """

    until: int
    top: int
    below: int | None = None

    @classmethod
    def resumed(cls, cursor: JSON, first: int) -> Walk:
        """From a cursor; from `first` where there is none."""
        known = cursor if isinstance(cursor, Mapping) else {}
        until, top, below = (known.get(key) for key in ("until", "top", "below"))
        start = until if isinstance(until, int) else first
        return cls(
            until=start,
            top=top if isinstance(top, int) else start,
            below=below if isinstance(below, int) else None,
        )

    def after(self, answer: Hits) -> Walk:
        """One page further down, or at its end."""
        top = max(self.top, answer.newest or 0)
        if answer.last or answer.oldest is None:
            return Walk(until=top, top=top)
        return replace(self, top=top, below=answer.oldest)

    def to_json(self) -> JSON:
        return {"until": self.until, "top": self.top, "below": self.below}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """One answer of Algolia, read. `last` says that there is nothing older to this question."""

    found: tuple[Found, ...]
    refused: tuple[Refused, ...]
    newest: int | None
    oldest: int | None
    last: bool


def fetch(http: Http, options: HackerNewsOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from new to old; what is left over when the page limit comes is read by the next poll."""
    walk = Walk.resumed(cursor, int((http.now - timedelta(days=options.days)).timestamp()))
    for page in range(1, MOST_PAGES + 1):
        before = walk.below
        hits = _ask(http, options, walk)
        if not hits.last and before is not None and hits.oldest is not None and hits.oldest >= before:
            raise TryLater(f"{options.site} gives the same page again and again: it is asked again later.")
        walk = walk.after(hits)
        ended = walk.below is None
        yield Page(
            found=hits.found,
            refused=hits.refused,
            cursor=walk.to_json(),
            truncated=page == MOST_PAGES and not ended,
        )
        if ended:
            return


def _ask(http: Http, options: HackerNewsOptions, walk: Walk) -> Hits:
    times = [f"created_at_i>{walk.until - OVERLAP_S}"]
    if walk.below is not None:
        times.append(f"created_at_i<={walk.below}")
    answer = http.get(
        f"{options.site}/api/v1/search_by_date",
        params={
            "query": options.search,
            "tags": "(story,comment)",
            "numericFilters": ",".join(times),
            "hitsPerPage": str(HITS),
        },
        accept="application/json",
        conditional=False,  # every answer tells how long it took
    )
    return http.apart(read_hits, answer.body, options.site, http.now)


@reads_json
def read_hits(body: bytes, site: str, now: datetime) -> Hits:
    """Read an answer; pure. Raises TryLater where it is none."""
    try:
        answer = json.loads(body, parse_constant=str)
    except (ValueError, RecursionError):
        raise TryLater(f"{site} did not answer with JSON: it is asked again later.") from None
    hits = answer.get("hits") if isinstance(answer, dict) else None
    if not isinstance(hits, list):
        raise TryLater(f"{site} answered without a list of hits: it is asked again later.")
    read = [_item(hit, now) for hit in hits]
    found = tuple(item for item in read if isinstance(item, Found))
    times = [at for hit in hits if (at := _seconds(hit, now)) is not None]
    if hits and not found:
        raise TryLater(f"{site} answered with hits that have no id or no time: it is asked again later.")
    return Hits(
        found=found,
        refused=tuple(item for item in read if isinstance(item, Refused)),
        newest=max(times, default=None),
        oldest=min(times, default=None),
        last=len(hits) < min(_count(answer, "hitsPerPage") or HITS, HITS),
    )


def _item(hit: Any, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A story or a comment. A comment has no title: its story's is not its own words."""
    at = _seconds(hit, now)
    if at is None or not (external_id := one_line(_text(hit, "objectID"))):
        kept = json.dumps(hit).encode()
        return Refused(reason="This hit of Hacker News has no id or no time.", payload=kept)
    comment = isinstance(hit.get("comment_text"), str)
    markup = _text(hit, "comment_text") or _text(hit, "story_text")
    page = f"{HOME}/item?id={external_id}"
    points_at = absolute(_text(hit, "url"), page) if _text(hit, "url") else None
    return Found(
        external_id=external_id,
        title=None if comment else one_line(plain(_text(hit, "title"))) or None,
        text=plain(markup),
        url=page,
        author=_author(_text(hit, "author")),
        author_hidden=not _text(hit, "author"),
        published_at=datetime.fromtimestamp(at, UTC),
        form="comment" if comment else "post",
        links=tuple(dict.fromkeys([*([points_at] if points_at else []), *links_in(markup, page)])),
        engagement={
            name: count
            for name, key in (("points", "points"), ("comments", "num_comments"))
            if (count := _count(hit, key)) is not None
        },
        raw={key: _kept(hit.get(key)) for key in _KEPT if hit.get(key) is not None},
    )


_KEPT = (
    "objectID",
    "author",
    "title",
    "url",
    "points",
    "num_comments",
    "created_at",
    "story_id",
    "story_title",
    "parent_id",
)


def _author(name: str) -> Author | None:
    handle = one_line(name)
    return Author(key=handle, handle=handle, url=f"{HOME}/user?id={handle}") if handle else None


def _seconds(hit: Any, now: datetime) -> int | None:  # noqa: ANN401 - whatever JSON holds
    """When it was written, if that can be: after Hacker News began, not after tomorrow."""
    at = _count(hit, "created_at_i") if isinstance(hit, dict) else None
    return at if at is not None and 1_100_000_000 < at < now.timestamp() + 86_400 else None


def _count(where: Mapping[str, Any], key: str) -> int | None:
    value = where.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _text(hit: Mapping[str, Any], key: str) -> str:
    value = hit.get(key)
    return value if isinstance(value, str) else ""


def _kept(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    return one_line(value) if isinstance(value, str) else value if isinstance(value, int) else None


def check(http: Http, options: HackerNewsOptions) -> str:
    """Ask for the newest items and say that they came."""
    hits = _ask(http, options, Walk.resumed(None, int((http.now - timedelta(days=options.days)).timestamp())))
    return f"Hacker News answers: {len(hits.found)} items for {options.search or 'everything'}."


CONNECTOR = Connector(
    kind="hackernews",
    summary="Stories and comments on Hacker News.",
    options=HackerNewsOptions,
    scope=lambda options: f"{options.site} {options.search}",
    place=lambda options: options.site,
    fetch=fetch,
    search=search,
    default_every=timedelta(minutes=10),
    least_interval=timedelta(minutes=5),
    check=check,
    terms="Algolia's search is free, 10,000 questions an hour; each item is its author's.",
)
