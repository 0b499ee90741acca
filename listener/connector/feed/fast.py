"""Entries as fastfeedparser reads them: forty times faster than the authority, for feeds where both agreed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from listener.connector.feed.authority import Sheet
from listener.connector.feed.entry import BREAKS, Entry, Markup

_LOOKED_AT = 50_000
_FIRST_END = re.compile(r"</(?:[\w.-]{1,30}:)?(?:item|entry)\s*>", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+\]\]>")
_NAME = re.compile(r"<([a-zA-Z][\w:.-]*)")
_NAMESPACE = re.compile(r"""xmlns(?::[\w.-]{1,30})?\s?=\s?["'][^"'<>]{0,200}["']""")


def read(text: str) -> Sheet | None:
    """The feed, or None where this reader cannot or finds nothing in it: then the authority has the word."""
    import fastfeedparser

    try:
        parsed = fastfeedparser.parse(
            text.encode("utf-8", "replace"), include_media=False, include_tags=False
        )
        feed = parsed.get("feed") or {}
        language = str(feed.get("language") or "")
        entries = tuple(_entry(item, language) for item in parsed.get("entries") or ())
    except BREAKS:
        return None
    if not entries:
        return None
    return Sheet(entries=entries, title=str(feed.get("title") or ""), version="fast")


def _entry(item: Mapping[str, Any], language: str) -> Entry:
    contents = [each for each in item.get("content") or () if each.get("value")]
    first = contents[0] if contents else {}
    texts = tuple(_markup(each) for each in contents) or (Markup(str(item.get("description") or "")),)
    return Entry(
        id=str(item.get("id") or ""),
        link=str(item.get("link") or ""),
        title=Markup(str(item.get("title") or "")),
        texts=tuple(text for text in texts if text.value),
        author=str(item.get("author") or ""),
        published=_moment(item.get("published") or item.get("updated")),
        language=str(first.get("language") or language),
        base=str(first.get("base") or ""),
        raw={key: item.get(key) for key in ("id", "link", "title", "author", "published", "updated")},
    )


def _markup(content: Mapping[str, Any]) -> Markup:
    return Markup(str(content["value"]), html=content.get("type") not in {"text", "text/plain"})


def _moment(iso: str | None) -> datetime | None:
    """To the second, as the authority has it."""
    return datetime.fromisoformat(iso).astimezone(UTC).replace(microsecond=0) if iso else None


def shape(text: str) -> str:
    """What a feed is made of: its root with its namespaces, and the elements up to the end of its first entry.

    Two bodies of one shape can be expected to be read alike. CDATA is content and no part of it.
    """
    end = _FIRST_END.search(text, 0, _LOOKED_AT)
    head = _CDATA.sub("", text[: end.end() if end else _LOOKED_AT])
    names = sorted({*_NAME.findall(head), *_NAMESPACE.findall(head)})
    return blake2b(" ".join(names).encode("utf-8", "replace"), digest_size=6).hexdigest()
