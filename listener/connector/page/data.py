"""The structured data of a page (JSON-LD and microdata) → articles, reviews, a rating. Runs in a child: see `Http.apart`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urldefrag

from listener.connector.page.bytes import Tree
from listener.connector.page.dates import instant
from listener.connector.page.nodes import Node, nodes
from listener.connector.plain import absolute, language_tag, one_line, plain
from listener.domain.found import Author, Found

NODES_CAP = 5_000
ITEMS_CAP = 400
TEXT_CAP = 20_000
ARTICLES = frozenset(
    {"Article", "BlogPosting", "NewsArticle", "PressRelease", "Report", "ReportageNewsArticle"}
)
REVIEWS = frozenset({"Review", "UserReview", "CriticReview"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """What a page says about itself to machines. `rating` is its aggregateRating as written, or empty; `left_out` counts
    the items beyond ITEMS_CAP.
    """

    items: tuple[Found, ...] = ()
    rating: Mapping[str, Any]
    left_out: int = 0


def structured(tree: Tree, *, url: str, now: datetime) -> Structured:
    """Articles and reviews of a page, each once, with ids that stay; what cannot be read is as if it were not there."""
    found: dict[str, Found] = {}
    rating: Node = {}
    for node in islice(nodes(tree, url), NODES_CAP):
        aggregate = node.get("aggregateRating")
        if isinstance(aggregate, Mapping) and not rating:
            rating = _plain(aggregate)
        item = _found(node, url=url, now=now)
        if item is not None:
            _keep(found, item, url)
    items = tuple(found.values())
    return Structured(items=items[:ITEMS_CAP], rating=rating, left_out=max(0, len(items) - ITEMS_CAP))


def _keep(found: dict[str, Found], item: Found, url: str) -> None:
    twin = found.get(item.external_id)
    if twin is not None and twin.text != item.text:  # two texts under one id: a template that repeats it
        item = replace(item, external_id=_digest(item.form, url, item.title or "", item.text))
    found.setdefault(item.external_id, item)


def _found(node: Node, *, url: str, now: datetime) -> Found | None:
    kinds = _types(node)
    if kinds & ARTICLES:
        return _article(node, url=url, now=now)
    if kinds & REVIEWS:
        return _review(node, url=url, now=now)
    return None


def _article(node: Node, *, url: str, now: datetime) -> Found | None:
    title = one_line(_text(node.get("headline") or node.get("name")))
    text = _text(node.get("articleBody") or node.get("description"))
    if not title and not text:
        return None
    own = _address(url, node.get("url"), node.get("mainEntityOfPage"), node.get("@id"))
    return Found(
        external_id=own or _digest("article", url, title or text),
        text=(text or title)[:TEXT_CAP],
        title=title[:1000] or None,
        url=own or url,
        author=_author(node.get("author")),
        published_at=instant(node.get("datePublished"), now=now),
        language=language_tag(node.get("inLanguage")),
        form="article",
        raw={"structured": _plain(node)},
    )


def _review(node: Node, *, url: str, now: datetime) -> Found | None:
    title, text = (
        _text(node.get("name") or node.get("headline")),
        _text(node.get("reviewBody") or node.get("description")),
    )
    rating = _stars(node.get("reviewRating"))
    if not title and not text:
        return None
    author = _author(node.get("author"))
    written = _text(node.get("datePublished"))
    own = _address(url, node.get("@id"))  # its "url" is often that of the product
    return Found(
        external_id=own or _digest("review", url, author.key if author else "", written, title, text),
        text=(text or title)[:TEXT_CAP],
        title=title[:1000] or None,
        url=own or url,
        author=author,
        author_hidden=author is None,
        published_at=instant(written, now=now),
        form="review",
        rating=rating,
        raw={"structured": _plain(node)},
    )


def _stars(rating: object) -> float | None:
    """Stars as a part of what could be given; schema.org has 1 to 5 where a page names no bounds."""
    if isinstance(rating, list) and rating:
        rating = rating[0]
    given = _number(rating.get("ratingValue")) if isinstance(rating, Mapping) else _number(rating)
    if given is None:
        return None
    bounds = rating if isinstance(rating, Mapping) else {}
    best, worst = _number(bounds.get("bestRating")), _number(bounds.get("worstRating"))
    best, worst = 5.0 if best is None else best, 1.0 if worst is None else worst
    return min(1.0, max(0.0, (given - worst) / (best - worst))) if best > worst else None


def _number(value: object) -> float | None:
    if isinstance(value, str):
        value = value.strip().replace(",", ".").removesuffix("%")
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e9 else None  # NaN is not


def _author(value: object) -> Author | None:
    if isinstance(value, list):
        value = value[0] if value else None
    name = one_line(_text(value.get("name") if isinstance(value, Mapping) else value))
    return Author(key=name[:200], name=name[:200]) if name else None


def _address(url: str, *places: object) -> str:
    """The first of `places` that is an address and not the page's own, or "" where none is."""
    for place in places:
        written = place.get("@id") if isinstance(place, Mapping) else place
        whole = absolute(written, url) if isinstance(written, str) and written.strip() else None
        if whole and whole.startswith("http") and whole not in {url, urldefrag(url).url}:
            return whole[:2000]
    return ""


def _digest(*parts: str) -> str:
    return f"{parts[0]}:{hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()}"


def _types(node: Node) -> set[str]:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return {name.rstrip("/").rsplit("/", 1)[-1] for name in names if isinstance(name, str)}


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, Mapping):
        value = value.get("@value", value.get("name", ""))
    return plain(value[: 2 * TEXT_CAP]) if isinstance(value, str) else ""


def _plain(node: Node, depth: int = 2) -> dict[str, Any]:
    """A node as JSON types and small: 40 keys, 2,000 characters a text, two levels."""
    kept: dict[str, Any] = {}
    for name, value in islice(node.items(), 40):
        if isinstance(value, Mapping) and depth > 1:
            kept[str(name)[:100]] = _plain(value, depth - 1)
        elif isinstance(value, str):
            kept[str(name)[:100]] = one_line(value[:2000])
        elif isinstance(value, bool) or (isinstance(value, int | float) and _number(value) is not None):
            kept[str(name)[:100]] = value
    return kept
