"""How far the two sides of a NEAR stand apart, where both stand there and yet not near enough."""

from __future__ import annotations

from dataclasses import replace

from listener.domain.explain_words import named
from listener.domain.reading import Reading
from listener.domain.tree import Near, Part


def apart(reading: Reading, node: Near, where: Part | None) -> str:
    """`“refund” and “Mills” stand 12 words apart, NEAR/5 lets 5`, or that they stand in the wrong order, or never side by side."""
    limit = f"{'ONEAR' if node.ordered else 'NEAR'}/{node.within}"
    if node.ordered:
        turned = reading.least_between(replace(node, left=node.right, right=node.left), where)
        if turned is not None and turned <= node.within:
            return f"{named(node.right)} stands before {named(node.left)}, {limit} wants it behind"
    gap = reading.least_between(node, where)
    pair = f"{named(node.left)} and {named(node.right)}"
    if gap is None:
        return f"{pair} do not stand in one part of the item as {limit} wants"
    return f"{pair} stand {gap} word{'' if gap == 1 else 's'} apart, {limit} lets {node.within}"
