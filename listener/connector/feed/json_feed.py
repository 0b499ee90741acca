"""Entries of JSON Feed 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from listener.connector.feed.authority import Sheet
from listener.connector.feed.entry import Entry, Markup
from listener.domain.found import Refused

_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/1", re.IGNORECASE)
_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)


def looks_like_json(text: str) -> bool:
    return text.lstrip()[:1] in {"{", "["}


def read(text: str) -> Sheet | None:
    """The feed, or None where this is JSON but no JSON Feed. Raises ValueError where it is not even JSON."""
    try:  # numbers stay as written: an id must not pass through a float
        document = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(document, dict) or not _VERSION.match(_text(document.get("version"))):
        return None
    items = document.get("items")
    if not isinstance(items, list):
        return None
    by, language = _author(document), _text(document.get("language"))
    read_items = [_entry(item, by, language) for item in items]
    return Sheet(
        entries=tuple(each for each in read_items if isinstance(each, Entry)),
        refused=tuple(each for each in read_items if isinstance(each, Refused)),
        title=_text(document.get("title")),
        version="json",
    )


def _entry(item: object, by: tuple[str, str], language: str) -> Entry | Refused:
    if not isinstance(item, dict):
        reason = f"This item of a JSON Feed is no object but {type(item).__name__}."
        return Refused(reason=reason, payload=json.dumps(item).encode())
    html, text, summary = (_text(item.get(key)) for key in ("content_html", "content_text", "summary"))
    shown = Markup(html) if html else Markup(text or summary, html=False)
    author, author_url = _author(item) if item.get("author") or item.get("authors") else by
    return Entry(
        id=_text(item.get("id")),
        link=_text(item.get("url")) or _text(item.get("external_url")),
        title=Markup(_text(item.get("title")), html=False),
        texts=(shown,) if shown.value else (),
        author=author,
        author_url=author_url,
        published=_moment(_text(item.get("date_published")) or _text(item.get("date_modified"))),
        language=_text(item.get("language")) or language,
        raw={key: item.get(key) for key in _KEPT},
    )


_KEPT = ("id", "url", "external_url", "title", "date_published", "date_modified", "tags", "author", "authors")


def _author(where: Mapping[str, Any]) -> tuple[str, str]:
    """1.1 has `authors`, 1.0 had `author`."""
    authors = where.get("authors")
    for each in [*(authors if isinstance(authors, list) else ()), where.get("author")]:
        if isinstance(each, dict) and (name := _text(each.get("name")) or _text(each.get("url"))):
            return name, _text(each.get("url"))
    return "", ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(written: str) -> datetime | None:
    """RFC 3339; without a zone it is no moment."""
    if not _ZONE.search(written):
        return None
    try:
        return datetime.fromisoformat(written.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
