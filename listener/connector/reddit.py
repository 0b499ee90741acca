"""Reddit's things, posts (t3) and comments (t1), as its API and its feeds bring them: with the same names in both."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.plain import absolute, cleaned, links_in, one_line
from listener.connector.values import at, counts, kept, parsed, refused, text
from listener.domain.found import Author, Found, Refused

WWW = "https://www.reddit.com"
_ERASED = frozenset({"[deleted]", "[removed]"})
_HIDDEN = frozenset(
    {"deleted", "author", "moderator", "reddit", "copyright_takedown", "content_takedown", "anti_evil_ops"}
)
_KEPT = (
    "name",
    "subreddit",
    "author",
    "title",
    "created_utc",
    "edited",
    "link_id",
    "parent_id",
    "crosspost_parent",
)
_TRAILER = re.compile(r"\s*submitted by\s+/u/\S+(?:\s+to\s+r/\S+)?\s*(?:\[link\])?\s*(?:\[comments\])?\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Things:
    """One answer, read. Times are in milliseconds since 1970; `after` is Reddit's mark for more."""

    found: tuple[Found, ...] = ()
    refused: tuple[Refused, ...] = ()
    gone: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    newest: int | None = None
    oldest: int | None = None
    after: str = ""


def read_things(body: bytes, now: datetime) -> Things:
    """Read a listing; pure. Raises Trouble where it is none."""
    answer = parsed(body, "Reddit")
    children = at(answer, "data", "children")
    if text(answer, "kind") != "Listing" or not isinstance(children, list):
        raise TryLater("Reddit answered without a listing: it is asked again later.")
    if any(text(child, "kind") == "t5" for child in children):
        raise NeedsAttention("Reddit has no subreddit of this name and offers others: check its name.")
    read = [_thing(child, now) for child in children]
    named = [one for one in read if not isinstance(one, Refused)]
    if children and not named:
        raise TryLater("Reddit answered with things that have no name or no time: it is asked again later.")
    times = [milliseconds(moment) for _, moment, _ in named]
    return Things(
        found=tuple(found for _, _, found in named if found is not None),
        refused=tuple(one for one in read if isinstance(one, Refused)),
        gone=tuple(name for name, _, found in named if found is None),
        names=tuple(name for name, _, _ in named),
        newest=max(times, default=None),
        oldest=min(times, default=None),
        after=text(at(answer, "data"), "after"),
    )


def _thing(child: Any, now: datetime) -> tuple[str, datetime, Found | None] | Refused:  # noqa: ANN401 - whatever JSON holds
    """Name, time, and the post or comment; None in its place where it says that it was deleted."""
    data = at(child, "data")
    name, written = text(data, "name"), moment_of(at(data, "created_utc"), now)
    if not re.fullmatch(r"t[13]_[a-z0-9]{1,13}", name) or written is None:
        return refused("This thing of Reddit has no name or no time.", child)
    comment = name.startswith("t1_")
    words = text(data, "body" if comment else "selftext")
    author = text(data, "author")
    if text(data, "removed_by_category") in _HIDDEN or words.strip() in _ERASED:
        return name, written, None
    page = absolute(text(data, "permalink") or f"/comments/{name[3:]}", WWW) or WWW
    points_at = absolute(text(data, "url"), page) if text(data, "url") else None
    inside = links_in(text(data, "body_html" if comment else "selftext_html"), page)
    own = author in _ERASED
    found = Found(
        external_id=name,
        title=None if comment else one_line(text(data, "title")) or None,
        text=cleaned(words),
        url=page,
        author=None if own else _author(author),
        author_hidden=own or not one_line(author),
        published_at=written,
        edited_at=moment_of(at(data, "edited"), now),
        form="comment" if comment else "post",
        links=tuple(dict.fromkeys([*([points_at] if points_at and points_at != page else []), *inside])),
        repost_of=text(data, "crosspost_parent") or None,
        engagement=counts(data, points="score", comments="num_comments", crossposts="num_crossposts"),
        raw=kept(data, _KEPT),
    )
    return name, written, found


def _author(name: str) -> Author | None:
    handle = one_line(name)
    return Author(key=handle, handle=handle, url=f"{WWW}/user/{handle}") if handle else None


def moment_of(value: object, now: datetime) -> datetime | None:
    """Seconds since 1970 as a time that can be: after Reddit began, not after tomorrow."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return datetime.fromtimestamp(value, UTC) if 1_100_000_000 < value < now.timestamp() + 86_400 else None


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def from_feed(item: Found) -> Found:
    """An entry without what Reddit writes below each, its author by name; a comment has no title of its own."""
    name = (item.author.name or "").removeprefix("/u/") if item.author else ""
    comment = item.external_id.startswith("t1_")
    own = (f"{WWW}/user/", f"{WWW}/r/")
    return replace(
        item,
        title=None if comment else item.title,
        text=_TRAILER.sub("", item.text),
        author=_author(name),
        author_hidden=not name,
        form="comment" if comment else "post",
        links=tuple(link for link in item.links if not link.startswith(own)),
    )
