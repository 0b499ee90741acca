"""The bytes of a page → everything that is decided upon. Runs in a child: see `Http.apart`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from listener.connector.page.blocks import BLOCKS_CAP, Block, blocks_of, key_of, size_of
from listener.connector.page.bytes import Tree, decoded, tree_of, written
from listener.connector.page.data import structured
from listener.connector.plain import absolute, language_tag, one_line
from listener.domain.found import Found

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
FEEDS_CAP = 10
CHOSEN_CAP = 8_000_000
_A_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.{0,500}?-->\s*|<\?[^>]*>\s*)*<(?:rss|feed|rdf:RDF)[\s>]", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What of a page counts: CSS selectors of what to read (None: its main text) and of what to leave out, and texts
    that make a block be left out where it contains one.
    """

    selector: str | None = None
    ignore: tuple[str, ...] = ()
    ignore_text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One page as it was read.

    feeds     addresses of the feeds that it names, best first; the page's own address where it is a feed itself
    size      characters of all its text, navigation and what is not chosen included
    scripts   how many scripts it has
    password  it asks for one
    missing   the selector found nothing
    unread    blocks and items beyond the most that are read
    """

    title: str = ""
    language: str | None = None
    blocks: tuple[Block, ...] = ()
    items: tuple[Found, ...] = ()
    rating: Mapping[str, Any]
    feeds: tuple[str, ...] = ()
    size: int = 0
    scripts: int = 0
    password: bool = False
    missing: bool = False
    unread: int = 0


def read_page(body: bytes, url: str, content_type: str, now: datetime, part: Part) -> Reading:
    """Never fails over what the bytes are: what cannot be read is missing from the reading."""
    text = decoded(body, content_type)
    if _A_FEED.match(text[:3000]):
        return Reading(rating={}, feeds=(url,))
    tree = tree_of(text)
    if tree is None:
        return Reading(rating={})
    data = structured(tree, url=url, now=now)
    chosen = tree if part == Part() else _chosen(tree, part)
    blocks = () if chosen is None else blocks_of(chosen, url=url, whole=part.selector is not None)
    kept = [block for block in blocks if not _is_ignored(block, part.ignore_text)]
    return Reading(
        title=one_line(tree.findtext(".//title") or "")[:500],
        language=language_tag(tree.get("lang")),
        blocks=tuple(kept[:BLOCKS_CAP]),
        items=data.items,
        rating=data.rating,
        feeds=_feeds(tree, url),
        size=size_of(tree),
        scripts=sum(1 for _ in tree.iter("script")),
        password=bool(tree.xpath("boolean(//input[@type='password'])")),
        missing=chosen is None,
        unread=max(0, len(kept) - BLOCKS_CAP) + data.left_out,
    )


def _is_ignored(block: Block, texts: Sequence[str]) -> bool:
    key = key_of(block.text)
    return any(key_of(text) in key for text in texts)


def _chosen(tree: Tree, part: Part) -> Tree | None:
    """The part of a tree that is to be read; None where the selector finds nothing.

    lexbor reads what libxml2 wrote, because by itself it takes 37 s for tags nested 100,000 deep.
    """
    from selectolax.lexbor import LexborHTMLParser

    page = LexborHTMLParser(written(tree))
    for selector in part.ignore:
        for node in page.css(selector):
            node.decompose()
    if part.selector is None:
        return tree_of(page.html or "")
    pieces: list[str] = []
    room = CHOSEN_CAP
    for node in page.css(part.selector):
        pieces.append(f"<div>{node.html or ''}</div>")
        room -= len(pieces[-1])
        if room < 0:  # boxes that stand in each other, each with all the others: the first has it all
            break
    return tree_of("\n".join(pieces)) if pieces else None


def _feeds(tree: Tree, url: str) -> tuple[str, ...]:
    """Feeds of comments come last: they are seldom what a page is about."""
    found: dict[str, bool] = {}
    for link in tree.iter("link"):
        kind = (link.get("type") or "").partition(";")[0].strip().casefold()
        if kind in FEED_TYPES and "alternate" in (link.get("rel") or "").casefold().split():
            address = absolute(link.get("href") or "", url)
            if address and address.startswith("http") and len(address) <= 2000:
                about = f"{address} {link.get('title') or ''}".casefold()
                found.setdefault(address, "comment" in about)
    return tuple(sorted(found, key=found.__getitem__))[:FEEDS_CAP]
