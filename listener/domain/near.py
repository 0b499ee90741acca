"""NEAR: which places in a text are near each other, by the words between them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from listener.domain.needle import Span
from listener.domain.passage import BARRED, MOST_PLACES, Passage
from listener.domain.tree import Domain, Exact, Handle, Near, Node, Or, Phrase, Prefix, Tag, Word

Place: TypeAlias = tuple[int, int, tuple[Span, ...]]
"""From where to where in the folded text, and the terms within that it is made of, where they are asked for."""

Count: TypeAlias = Callable[[int], int]
"""How many words begin before this index of the folded text."""


def near_spans(near: Near, passage: Passage) -> list[Span]:
    """The terms that make a NEAR true, as places in the raw text, in order."""
    places = _joined(near, passage, _with_terms)
    return [passage.original(term) for term in sorted({term for place in places for term in place[2]})]


def least_between(near: Near, passage: Passage) -> int | None:
    """The fewest words between a place of the left side and one of the right that do not overlap, in the order that is asked for.

    None where there are no two such places.
    """
    left = _side(near.left, passage, _without_terms)
    right = _side(near.right, passage, _without_terms) if left else []
    if not left or not right:
        return None
    count = passage.counting()
    distances = [_least(left, right, count), BARRED if near.ordered else _least(right, left, count)]
    return min(distances) if min(distances) < BARRED else None


def _with_terms(span: Span) -> Place:
    return (*span, (span,))


def _without_terms(span: Span) -> Place:
    return (*span, ())


def _side(node: Node, passage: Passage, place: Callable[[Span], Place]) -> list[Place]:
    """Where one side stands, in order, at most 10,000 places: a term, one of several, or a further NEAR as a whole."""
    if isinstance(node, Near):
        return _joined(node, passage, place)
    if isinstance(node, Or):
        return sorted({each for part in node.parts for each in _side(part, passage, place)})[:MOST_PLACES]
    if not isinstance(node, Word | Phrase | Handle | Tag | Prefix | Exact | Domain):
        raise TypeError(
            f"{type(node).__name__} cannot be a side of NEAR: only terms, an OR of them, and further NEARs"
        )
    return list(map(place, islice(passage.folded_places(node), MOST_PLACES)))


def _joined(near: Near, passage: Passage, place: Callable[[Span], Place]) -> list[Place]:
    """The places that reach over both of two near places."""
    left = _side(near.left, passage, place)
    right = _side(near.right, passage, place) if left else []
    if not left or not right:
        return []
    count = passage.counting()
    pairs = set(islice(_pairs(left, right, count, near.within), MOST_PLACES))
    if not near.ordered:
        pairs.update(islice(_pairs(right, left, count, near.within), MOST_PLACES))
    return sorted(pairs)[:MOST_PLACES]


def _least(first: Sequence[Place], second: Sequence[Place], count: Count) -> int:
    starts = [place[0] for place in second]
    nearest = BARRED
    for _, end, _ in first:
        index = bisect_left(starts, end)
        if index < len(starts):
            nearest = min(nearest, count(starts[index]) - count(end))
            if not nearest:
                break
    return nearest


def _pairs(first: Sequence[Place], second: Sequence[Place], count: Count, within: int) -> Iterator[Place]:
    """Each two places of which the second begins at or behind the end of the first and not too far behind."""
    starts = [place[0] for place in second]
    counts = [count(start) for start in starts]
    for start, end, terms in first:
        index = bisect_left(starts, end)
        last = bisect_right(counts, count(end) + within)
        for _, reach, further in second[index:last]:
            yield start, reach, terms + further
