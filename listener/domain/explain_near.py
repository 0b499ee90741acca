"""How far the two sides of a NEAR stand apart, where both stand there and yet not near enough."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice

from listener.domain.explain_hits import asked, places
from listener.domain.explain_words import named
from listener.domain.reading import Reading, Span, whole
from listener.domain.tree import Near, Node, Part
from listener.domain.words import words

MOST_PLACES = 10_000


def apart(reading: Reading, node: Near, where: Part | None) -> str:
    """`“refund” and “Mills” stand 12 words apart, NEAR/5 lets 5`, or that they stand in the wrong order, or one in the other."""
    left, right = (_places(reading, side, where) for side in (node.left, node.right))
    pair = f"{named(node.left)} and {named(node.right)}"
    limit = f"{'ONEAR' if node.ordered else 'NEAR'}/{node.within}"
    forward, back = _gap(reading, left, right), _gap(reading, right, left)
    if node.ordered and back is not None and back <= node.within:
        return f"{named(node.right)} stands before {named(node.left)}, {limit} wants it behind"
    known = [gap for gap in ((forward,) if node.ordered else (forward, back)) if gap is not None]
    if not known:
        return f"{pair} do not stand beside each other, as {limit} wants"
    gap = min(known)
    return f"{pair} stand {gap} word{'' if gap == 1 else 's'} apart, {limit} lets {node.within}"


def _places(reading: Reading, side: Node, where: Part | None) -> Sequence[Span]:
    found: Iterator[Span] = (
        span for term, _, _ in asked(side) for span in islice(places(reading, term, where), MOST_PLACES)
    )
    return sorted(found)


def _gap(reading: Reading, left: Sequence[Span], right: Sequence[Span]) -> int | None:
    """The fewest words between the end of one and the start of the next behind it; None where there is none."""
    starts = [span[0] for span in right]
    behind = ((end, bisect_left(starts, end)) for _, end in left)
    between = min(
        ((starts[at] - end, end, starts[at]) for end, at in behind if at < len(starts)), default=None
    )
    if between is None:
        return None
    _, end, start = between
    return len(words(whole(reading.item.title, reading.item.text)[end:start]))
