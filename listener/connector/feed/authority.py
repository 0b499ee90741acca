"""Entries of RSS, Atom and RDF as feedparser reads them: slow, forgiving, and the measure of every other reader."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from listener.connector.feed.bytes import with_sound_references, without_endless_authors
from listener.connector.feed.entry import BREAKS, Entry, Markup
from listener.connector.plain import joined_halves
from listener.domain.found import Refused

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ITEM = re.compile(r"<((?:[\w.-]{1,30}:)?(?:item|entry))(?=[\s/>])", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]{1,30}:)?(?:rss|rdf|feed|channel)(?=[\s>])[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A feed as one reader sees it. `version` is empty where the document claims to be no feed at all."""

    entries: tuple[Entry, ...] = ()
    refused: tuple[Refused, ...] = ()
    title: str = ""
    version: str = ""


def read(text: str) -> Sheet:
    """Every entry that can be read; one that cannot is refused alone. Raises ValueError where nothing at all can."""
    text = without_endless_authors(text)
    try:
        return _parsed(text)
    except BREAKS:
        text = with_sound_references(joined_halves(text))
    try:
        return _parsed(text)
    except BREAKS as error:
        return _salvaged(text, error)


def claims_to_be_a_feed(text: str) -> bool:
    """Whether the document opens as some feed does, even one that feedparser has no name for."""
    head = text[:5000]
    return _ROOT.search(head) is not None and "<html" not in head.lower()


def _parsed(text: str) -> Sheet:
    import feedparser

    document = io.BytesIO(text.encode("utf-8", "replace"))  # a stream: a string might be taken for an address
    parsed = feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False)
    feed: Mapping[str, Any] = parsed.feed
    language = str(feed.get("language") or "")
    by = _author(feed) if parsed.version.startswith("atom") else ("", "")
    entries, refused = [], []
    for item in parsed.entries:
        try:
            entries.append(_entry(item, language, by))
        except BREAKS as error:
            refused.append(
                Refused(reason=_why(error), payload=repr(item).encode("utf-8", "backslashreplace"))
            )
    return Sheet(
        entries=tuple(entries),
        refused=tuple(refused),
        title=str(feed.get("title") or ""),
        version=str(parsed.version),
    )


def _entry(item: dict[str, Any], language: str, by: tuple[str, str]) -> Entry:
    content = [each for each in item.get("content") or () if _readable(each)]
    texts = content or [item.get("summary_detail") or {"value": item.get("summary"), "type": "text/html"}]
    author, author_url = _author(item) if item.get("authors") or item.get("author") else by
    source = item.get("source") or {}
    return Entry(
        id=str(item.get("id") or ""),
        link=str(item.get("link") or ""),
        title=_markup(item.get("title_detail") or {"value": item.get("title")}),
        texts=tuple(_markup(each) for each in texts if each.get("value")),
        author=author,
        author_url=author_url,
        published=_moment(dict.get(item, "published_parsed") or dict.get(item, "updated_parsed")),
        language=str(texts[0].get("language") or language),
        base=str(texts[0].get("base") or ""),
        raw={
            "id": item.get("id"),
            "link": item.get("link"),
            "title": item.get("title"),
            "author": item.get("author"),
            "published": dict.get(item, "published"),
            "updated": dict.get(item, "updated"),
            "source": {"title": source.get("title"), "href": source.get("href")},
            "tags": [tag.get("term") for tag in (item.get("tags") or ())[:20]],
            "enclosures": [
                link.get("href") for link in item.get("links") or () if link.get("rel") == "enclosure"
            ],
        },
    )


def _readable(content: Mapping[str, Any]) -> bool:
    return str(content.get("type") or "text/html").startswith(("text/", "application/xhtml"))


def _markup(detail: Mapping[str, Any]) -> Markup:
    return Markup(str(detail.get("value") or ""), html=detail.get("type") != "text/plain")


def _author(where: Mapping[str, Any]) -> tuple[str, str]:
    """Name (or address) and page of the first author. The whole line where there is one: feedparser cuts its address wrong."""
    authors = [each for each in where.get("authors") or () if each]
    whole = str(where.get("author") or "")
    first = authors[0] if authors else {}
    name = whole if whole and len(authors) < 2 else first.get("name") or first.get("email") or whole
    return str(name), str(first.get("href") or "")


def _moment(parts: Sequence[int] | None) -> datetime | None:
    """A time tuple as feedparser gives it, in UTC; a year past 9999 has no moment."""
    if parts is None:
        return None
    try:
        return EPOCH + timedelta(seconds=calendar.timegm(tuple(parts)))
    except (OverflowError, ValueError):
        return None


def _salvaged(text: str, error: Exception) -> Sheet:
    """The entries read apart from each other, by halves, so that a broken one is found in few steps and lost alone."""
    cuts = [match.start() for match in _ITEM.finditer(text)]
    if not cuts:
        raise ValueError(_why(error)) from error
    last = _ITEM.match(text, cuts[-1])
    closing = text.rfind(f"</{last[1]}" if last else "</")
    end = text.find(">", closing) + 1 if closing > cuts[-1] else len(text)
    items = [text[start:stop] for start, stop in zip(cuts, [*cuts[1:], end], strict=True)]
    head, tail = text[: cuts[0]], text[end:]
    if _try(lambda: _parsed(head + tail)) is None:
        head = "".join(_ROOT.findall(head))
    return _by_halves(items, lambda some: _parsed(head + "".join(some) + tail))


def _by_halves(items: Sequence[str], read_some: Callable[[Sequence[str]], Sheet]) -> Sheet:
    try:
        return read_some(items)
    except BREAKS as error:
        if len(items) == 1:
            return Sheet(refused=(Refused(reason=_why(error), payload=items[0].encode("utf-8", "replace")),))
    middle = len(items) // 2
    one, two = (_by_halves(half, read_some) for half in (items[:middle], items[middle:]))
    return Sheet(
        entries=one.entries + two.entries,
        refused=one.refused + two.refused,
        title=one.title or two.title,
        version=one.version or two.version,
    )


def _try(work: Callable[[], Sheet]) -> Sheet | None:
    try:
        return work()
    except BREAKS:
        return None


def _why(error: Exception) -> str:
    return f"This item could not be read ({type(error).__name__}: {str(error)[:200]})."
