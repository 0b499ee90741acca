"""NEAR: which places in a text are near each other, by the words between them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from listener.domain.needle import Span
from listener.domain.passage import BARRED, MOST_PLACES, Passage
from listener.domain.tree import Domain, Exact, Handle, Near, Node, Or, Phrase, Prefix, Tag, Word

Place: TypeAlias = tuple[int, int, tuple[Span, ...]]
"""From where to where in the folded text, and the terms within that it is made of."""


def near_places(near: Near, passage: Passage) -> list[Place]:
    """The places that reach over both of two near places, in order, at most 10,000."""
    left, right = side(near.left, passage), side(near.right, passage)
    pairs = list(islice(_pairs(left, right, passage, near.within), MOST_PLACES))
    if not near.ordered:
        pairs.extend(islice(_pairs(right, left, passage, near.within), MOST_PLACES))
    return sorted(dict.fromkeys(pairs))[:MOST_PLACES]


def side(node: Node, passage: Passage) -> list[Place]:
    """Where one side of a NEAR stands, in order, at most 10,000 places: a term, one of several, or a further NEAR as a whole."""
    if isinstance(node, Near):
        return near_places(node, passage)
    if isinstance(node, Or):
        return sorted({place for part in node.parts for place in side(part, passage)})[:MOST_PLACES]
    if not isinstance(node, Word | Phrase | Handle | Tag | Prefix | Exact | Domain):
        raise TypeError(
            f"{type(node).__name__} cannot be a side of NEAR: only terms, an OR of them, and further NEARs"
        )
    return [(*place, (place,)) for place in islice(passage.folded_places(node), MOST_PLACES)]


def least_between(near: Near, passage: Passage) -> int | None:
    """The fewest words between a place of the left side and one of the right that do not overlap, in the order that is asked for.

    None where there are no two such places.
    """
    left, right = side(near.left, passage), side(near.right, passage)
    distances = [_least(left, right, passage), BARRED if near.ordered else _least(right, left, passage)]
    return min(distances) if min(distances) < BARRED else None


def _least(first: Sequence[Place], second: Sequence[Place], passage: Passage) -> int:
    starts = [place[0] for place in second]
    nearest = BARRED
    for _, end, _ in first:
        index = bisect_left(starts, end)
        if index == len(starts):
            continue
        nearest = min(nearest, passage.count(starts[index]) - passage.count(end))
        if not nearest:
            break
    return nearest


def _pairs(first: Sequence[Place], second: Sequence[Place], passage: Passage, within: int) -> Iterator[Place]:
    """Each two places of which the second begins at or behind the end of the first and not too far behind."""
    starts = [place[0] for place in second]
    counts = [passage.count(start) for start in starts]
    for start, end, terms in first:
        index = bisect_left(starts, end)
        furthest = passage.count(end) + within
        while index < len(starts) and counts[index] <= furthest:
            yield start, second[index][1], terms + second[index][2]
            index += 1
