"""Feeds of every sort: RSS 0.9x, 1.0 and 2.0, Atom and RDF by feedparser, JSON Feed by our own reader.

`read` is for connectors; `parse` is the pure function that it runs in a child process. What must survive from one body to
the next (which entries were seen, whether the fast parser may be trusted) is the `memory`: JSON for the cursor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from listener.connector.contract import JSON, Answer, Http, NeedsAttention, TryLater
from listener.connector.feed import authority, fast, json_feed
from listener.connector.feed.authority import Sheet, claims_to_be_a_feed
from listener.connector.feed.bytes import as_text
from listener.connector.feed.entry import BREAKS, Entry, found_in, set_aside, settled_ids
from listener.connector.feed.trust import Trust
from listener.connector.plain import one_line, plain
from listener.domain.found import Found, Refused

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.5"
)
MOST_SEEN = 5_000  # fingerprints kept; of a longer feed the rest is simply matched again


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What one body brought.

    items             those that differ from what the memory had seen, in the feed's order
    entries_count     all of them
    refused           entries that could not be read, each with its reason
    fast_agrees       whether both parsers agreed; None where only one was asked
    memory            to keep in the cursor, and to give with the next body
    refused_links     links left out because they could run something, or are none
    impossible_dates  dates before 1990 or more than a day ahead, left out
    """

    items: tuple[Found, ...]
    refused: tuple[Refused, ...]
    title: str
    entries_count: int
    fast_agrees: bool | None
    memory: JSON
    refused_links: int
    impossible_dates: int


def read(http: Http, answer: Answer, memory: JSON = None, *, called: str = "") -> Parsed:
    """Parse the body of an answer in a child process. Raises Trouble where it is no feed.

    `called` stands for its address where that holds a key, which then is in no sentence and in no link.
    """
    content_type = answer.headers.get("content-type", "")
    known = {**memory, "seen": []} if http.fresh and isinstance(memory, dict) else memory
    return http.apart(parse, answer.body, called or answer.url, content_type, http.now, known)


def parse(body: bytes, url: str, content_type: str, now: datetime, memory: JSON = None) -> Parsed:
    """Parse the bytes of a feed found at `url`. Pure. Raises NeedsAttention where they are none, TryLater where empty."""
    known = memory if isinstance(memory, Mapping) else {}
    text = as_text(body, content_type)
    if not text.strip():
        raise TryLater(f"{url} answered with an empty body instead of a feed: it is asked again later.")
    heard = _heard(text, url, Trust.from_json(known.get("fast")), now)
    if not (heard.sheet.version or heard.sheet.entries or claims_to_be_a_feed(text)):
        raise NeedsAttention(f"{url} {_what_it_is(text)}, not a feed. {_REMEDY}")
    return _parsed(heard, _seen_before(known), url, now)


_REMEDY = "Give the address of its feed, or take company_page for a page; it may also ask for a login."


class _Heard(NamedTuple):
    sheet: Sheet
    trust: Trust
    agreed: bool | None


def _heard(text: str, url: str, trust: Trust, now: datetime) -> _Heard:
    if json_feed.looks_like_json(text):
        return _Heard(_json(text, url), trust, None)
    shape = fast.shape(text)
    quick = fast.read(text)
    if quick is not None and trust.fast_alone(shape):
        return _Heard(quick, trust.after(shape, agreed=None), None)
    try:
        sheet = authority.read(text)
    except ValueError as error:
        raise NeedsAttention(f"{url} is too broken to be read as a feed: {error} {_REMEDY}") from None
    agreed = quick is not None and _alike(quick, sheet, url, now)
    return _Heard(sheet, trust.after(shape, agreed=agreed) if sheet.entries else trust, agreed)


def _json(text: str, url: str) -> Sheet:
    try:
        sheet = json_feed.read(text)
    except ValueError as error:
        raise TryLater(
            f"{url} answered with JSON that breaks off or is wrong ({error}): asked again later."
        ) from None
    if sheet is None:
        raise NeedsAttention(f"{url} is JSON, but not a JSON Feed. {_REMEDY}")
    return sheet


def _alike(fast: Sheet, sheet: Sheet, url: str, now: datetime) -> bool:
    """Whether both readers would have us store the same: id, link, title, date, author and words of every entry."""
    if sheet.refused or len(fast.entries) != len(sheet.entries):
        return False
    pairs = zip(fast.entries, sheet.entries, strict=True)
    return all(one.fingerprint == two.fingerprint or _same(one, two, url, now) for one, two in pairs)


def _same(one: Entry, two: Entry, url: str, now: datetime) -> bool:
    ids = [one.id or one.link, two.id or two.link]
    if one_line(ids[0]) != one_line(ids[1]) or one.published != two.published:
        return False
    items = [_item(entry, "", url, now) for entry in (one, two)]
    first, second = (
        isinstance(item, Found)
        and (item.url, item.title, item.published_at, item.author and item.author.key, item.text.split())
        for item in items
    )
    return bool(first) and first == second


def _seen_before(known: Mapping[str, Any]) -> frozenset[str]:
    seen = known.get("seen")
    return (
        frozenset(mark for mark in seen if isinstance(mark, str)) if isinstance(seen, list) else frozenset()
    )


def _parsed(heard: _Heard, seen: frozenset[str], url: str, now: datetime) -> Parsed:
    entries = heard.sheet.entries
    marks = [entry.fingerprint for entry in entries]
    items: dict[tuple[str, str], Found] = {}
    refused = list(heard.sheet.refused)
    links = dates = 0
    for entry, mark, external_id in zip(entries, marks, settled_ids(entries, url), strict=True):
        if mark in seen or (external_id, mark) in items:
            continue
        item = _item(entry, external_id, url, now)
        if isinstance(item, Refused):
            refused.append(item)
            continue
        items[external_id, mark] = item
        links += item.url is None and bool(entry.link)
        dates += item.published_at is None and entry.published is not None
    return Parsed(
        items=tuple(items.values()),
        refused=tuple(refused),
        title=one_line(plain(heard.sheet.title)),
        entries_count=len(entries),
        fast_agrees=heard.agreed,
        memory={"fast": heard.trust.to_json(), "seen": list(dict.fromkeys(marks))[:MOST_SEEN]},
        refused_links=links,
        impossible_dates=dates,
    )


def _item(entry: Entry, external_id: str, url: str, now: datetime) -> Found | Refused:
    try:
        return found_in(entry, external_id=external_id, url=url, now=now)
    except BREAKS as error:
        reason = f"This entry could not be read ({type(error).__name__}: {str(error)[:200]})."
        return Refused(reason=reason, payload=set_aside(entry), external_id=external_id)


def _what_it_is(text: str) -> str:
    head = text.lstrip()[:2000].lower()
    if "<html" in head or "<!doctype html" in head:
        return "is an HTML page"
    return "is XML" if head.startswith("<") else f"is text that begins with “{one_line(text[:40])}”"
