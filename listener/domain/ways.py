"""What to ask a place for in the stead of a query: alternatives of words, wider than the query and never narrower."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import TypeAlias

from listener.domain.tree import And, Followers, In, Known, Near, Node, Not, Or, Term

Way: TypeAlias = tuple[str, ...]
Ways: TypeAlias = tuple[Way, ...]
Say: TypeAlias = Callable[[Term], Way | None]
"""A term as a place is asked for it: words or phrases that must all be there, or None where the place cannot look for it."""

MOST = 64
"""Alternatives that conditions joined by AND may multiply to."""


def ways(node: Node, say: Say, *, most: int = MOST) -> Ways | None:
    """Alternatives, each of words that must all be there; every item that satisfies the query satisfies one of them.

    None where any item may satisfy it for all that a place can be asked. NOT is dropped, and so is what would make too
    many alternatives; an OR alone may have as many as it likes.
    """
    return _ways(node, say, most, positive=True)


def _ways(node: Node, say: Say, most: int, *, positive: bool) -> Ways | None:
    if isinstance(node, Not):
        return _ways(node.part, say, most, positive=not positive)
    if isinstance(node, And | Or):
        parts = [_ways(part, say, most, positive=positive) for part in node.parts]
        return together(parts, most) if isinstance(node, And) is positive else _either(parts)
    if not positive or isinstance(node, Known | Followers):
        return None
    if isinstance(node, Near):
        return together([_ways(side, say, most, positive=True) for side in (node.left, node.right)], most)
    if isinstance(node, In):
        return None if node.where == "author" else _ways(node.part, say, most, positive=True)
    said = say(node)
    return (said,) if said else None


def together(factors: Sequence[Ways | None], most: int = MOST) -> Ways | None:
    """Every way of the one with every way of the other, leaving out (which only widens) what would make too many."""
    combined: Ways = ((),)
    for factor in sorted(_affordable(factors, most), key=len):
        pairs = product(combined, factor)
        combined = tuple(dict.fromkeys(tuple(dict.fromkeys(left + right)) for left, right in pairs))
    return combined if combined != ((),) else None


def _affordable(factors: Sequence[Ways | None], most: int) -> list[Ways]:
    """The factors that do not multiply to too many, those that bring least first in line; at least one if there is any."""
    known = [factor for factor in factors if factor is not None]
    kept: list[int] = []
    count = 1
    for index in sorted(range(len(known)), key=lambda index: _commonness(known[index])):
        if not kept or count * len(known[index]) <= most:
            kept.append(index)
            count *= len(known[index])
    return [known[index] for index in sorted(kept)]


def _either(parts: Sequence[Ways | None]) -> Ways | None:
    known = [part for part in parts if part is not None]
    return tuple(dict.fromkeys(way for part in known for way in part)) if len(known) == len(parts) else None


def _commonness(factor: Ways) -> float:
    """How much it brings, guessed: the shorter its words and the more its alternatives, the more."""
    return sum(2.0 ** -min(40, sum(map(len, way))) for way in factor)
