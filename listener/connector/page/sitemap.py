"""Sitemaps (sitemaps.org, and Google's news extension) → the pages of one branch with their dates. Runs in a child."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime

from listener.connector.page.address import branch, stands_under
from listener.connector.page.bytes import Tree, xml_tree_of
from listener.connector.page.dates import instant
from listener.connector.plain import absolute

UNPACKED_CAP = 20_000_000
ENTRIES_CAP = 2_000
CHILDREN_CAP = 10
ADDRESS_CAP = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page that a sitemap names, with the time of its last change."""

    url: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """One file. An index has `children`, those most likely to hold news first; others have `entries`, newest first.

    left_out  entries beyond ENTRIES_CAP, all of them older
    """

    children: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    left_out: int = 0


def read_sitemap(body: bytes, url: str, front: str, now: datetime) -> Sitemap:
    """The pages under the branch of `front` that carry a date; nothing where the bytes are no sitemap.

    For the front of a whole site only news sitemaps count: the others name every page that the site has.
    """
    root = _tree(body)
    if root is None:
        return Sitemap()
    if _name(root) == "sitemapindex":
        return Sitemap(children=_children(root, url, now))
    found: dict[str, Entry] = {}
    for place in root:
        entry = _entry(place, url, front, now) if _name(place) == "url" else None
        if entry is not None:
            found[entry.url] = entry
    entries = sorted(found.values(), key=lambda entry: entry.changed_at, reverse=True)
    return Sitemap(entries=tuple(entries[:ENTRIES_CAP]), left_out=max(0, len(entries) - ENTRIES_CAP))


def _tree(body: bytes) -> Tree | None:
    """Sitemaps are often kept as .gz; of a bomb only the first UNPACKED_CAP bytes are read."""
    if not body.startswith(b"\x1f\x8b"):
        return xml_tree_of(body)
    try:
        return xml_tree_of(zlib.decompressobj(wbits=31).decompress(body, UNPACKED_CAP))
    except zlib.error:
        return None


def _children(root: Tree, url: str, now: datetime) -> tuple[str, ...]:
    found: list[tuple[bool, float, str]] = []
    for place in root:
        address = _address(place, url)
        if address is not None:
            changed = instant(_text(place, "lastmod"), now=now)
            found.append(
                ("news" not in address.casefold(), -changed.timestamp() if changed else 0.0, address)
            )
    return tuple(dict.fromkeys(address for *_, address in sorted(found)))[:CHILDREN_CAP]


def _entry(place: Tree, url: str, front: str, now: datetime) -> Entry | None:
    address = _address(place, url)
    if address is None or not stands_under(address, front):
        return None
    published = _text(place, "publication_date")
    if branch(front) == "/" and not published:
        return None
    changed = instant(_text(place, "lastmod") or published, now=now)
    return None if changed is None else Entry(url=address, changed_at=min(changed, now))


def _address(place: Tree, url: str) -> str | None:
    address = absolute(_text(place, "loc"), url)
    return address if address and address.startswith("http") and len(address) <= ADDRESS_CAP else None


def _text(place: Tree, name: str) -> str:
    for inner in place.iter():
        if _name(inner) == name:
            return (inner.text or "").strip()
    return ""


def _name(element: Tree) -> str:
    """The tag without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
