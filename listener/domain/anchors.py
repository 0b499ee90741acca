"""What an item must hold for a query to have a chance: its anchors, of which every item that satisfies it holds at least one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from listener.domain.hosts import host_form
from listener.domain.item import Item
from listener.domain.needle import Needle, needle_of
from listener.domain.tree import (
    And,
    Domain,
    Exact,
    Followers,
    Handle,
    In,
    Known,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Tag,
    Word,
)
from listener.domain.words import BARRIER, joins, normalise

_PUNYCODE = "xn--"
_LOOKED_UP = frozenset({"site", "url"})

Place: TypeAlias = Literal["text", "author", "site", "url", "link"]
"""Where an anchor is looked for: title and text, the author's names, the host, the item's address, the addresses it links to."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """One thing to look for: a needle in what the place holds, as `beside` gives it; in `site` a host, which its subdomains hold as well."""

    place: Place
    needle: Needle


Price: TypeAlias = Callable[[Anchor], float]
Anchors: TypeAlias = frozenset[Anchor]


def anchors(node: Node, price: Price, *, positive: bool = True, place: Place = "text") -> Anchors | None:
    """The cheapest set of anchors of which every item that satisfies the query holds at least one.

    None where there is no such set: the query is true of some item without any of its words.
    """
    inner = partial(anchors, price=price, positive=positive, place=place)
    if isinstance(node, Not):
        return inner(node.part, positive=not positive)
    if isinstance(node, In):
        return inner(node.part, place="author" if node.where == "author" else place)
    if isinstance(node, And | Or):
        parts = list(map(inner, node.parts))
        return _cheapest(parts, price) if isinstance(node, And) is positive else _union(parts)
    if not positive:
        return None
    if isinstance(node, Near):
        return _cheapest([inner(node.left), inner(node.right)], price)
    return _of_leaf(node, price, place)


def is_anchored(node: Node, *, positive: bool = True) -> bool:
    """Whether a parsed query has anchors at all: what `anchors` tells too, for a tenth of the work."""
    if isinstance(node, Not):
        return is_anchored(node.part, positive=not positive)
    if isinstance(node, In):
        return is_anchored(node.part, positive=positive)
    if isinstance(node, And | Or):
        enough = any if isinstance(node, And) is positive else all
        return enough(is_anchored(part, positive=positive) for part in node.parts)
    if not positive or isinstance(node, Followers):
        return False
    return not isinstance(node, Known) or node.fact in _LOOKED_UP


def _cheapest(parts: Iterable[Anchors | None], price: Price) -> Anchors | None:
    """Where all must hold, one will do."""
    known = [part for part in parts if part is not None]
    return min(known, key=lambda part: sum(map(price, part)), default=None)


def _union(parts: list[Anchors | None]) -> Anchors | None:
    """Where any may hold, each must be looked for."""
    known = [part for part in parts if part is not None]
    return frozenset().union(*known) if len(known) == len(parts) else None


def _of_leaf(leaf: Leaf, price: Price, place: Place) -> Anchors | None:
    """Kinds, languages, sources and reach are shared by too many items to be looked up by."""
    if isinstance(leaf, Followers) or (isinstance(leaf, Known) and leaf.fact not in _LOOKED_UP):
        return None
    if isinstance(leaf, Known):
        return _of_fact(leaf)
    if isinstance(leaf, Domain):
        return _of_domain(leaf, price, place)
    named = _needle(leaf)
    return frozenset({Anchor(place, named)}) if named.text else None


def _needle(term: Word | Phrase | Handle | Tag | Prefix | Exact) -> Needle:
    return _anywhere(_folded(term)) if isinstance(term, Exact) else needle_of(term)


def _folded(term: Exact) -> str:
    """What the folded text holds wherever these characters stand: not the marks before the first letter, which it may have
    folded into one with what stands before them.
    """
    start = 0
    while start < len(term.text) and joins(term.text[start]):
        start += 1
    return normalise(term.text[start:])


def _of_fact(fact: Known) -> Anchors:
    place: Place = "url" if fact.fact == "url" else "site"
    return frozenset({Anchor(place, _anywhere(fact.value.lower()))})


def _of_domain(domain: Domain, price: Price, place: Place) -> Anchors:
    """Its rarest label (dots are written in many ways), in its letters or in punycode, wherever it stands in the text or in a link."""
    labels = host_form(domain.host).split(".")
    rarest = min(labels, key=lambda label: price(Anchor(place, _anywhere(normalise(label)))))
    spelt = (normalise(rarest),) if rarest.isascii() else (normalise(rarest), _PUNYCODE)
    places: tuple[Place, ...] = ("text", "link") if place == "text" else (place,)
    return frozenset(Anchor(where, _anywhere(text)) for where in places for text in spelt)


def beside(item: Item, place: Place) -> str:
    """What the item has at a place beside its text, in the form that needles are looked for in; empty where it has nothing."""
    if place == "author":
        return normalise(BARRIER.join(item.author))
    if place == "link":
        return normalise(BARRIER.join(item.links))
    return ((item.url if place == "url" else item.site) or "").lower()


def _anywhere(text: str) -> Needle:
    """A needle without edges."""
    return Needle(text, whole=False, left=False, right=False)
