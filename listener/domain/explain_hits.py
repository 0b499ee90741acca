"""Why a query is true of an item: the pieces of it that made it so, and where its words stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from listener.domain.explain_words import listed, named
from listener.domain.reading import Reading, Span
from listener.domain.tree import And, Followers, In, Known, Near, Node, Not, Or, Part, Term

MOST_SPANS = 50

Pieces = tuple[Node, ...]


def placed(node: Node, where: Part | None) -> Node:
    """The piece as it is asked inside a field; fields do not nest."""
    return In(where, node) if where else node


def support(reading: Reading, node: Node, where: Part | None = None) -> Pieces | None:
    """The pieces that together make the query true, of an OR those of the first branch that holds; None where it is false.

    A piece is a term, a fact, a NEAR, one of these in a field, or a NOT with all that it excludes.
    """
    if isinstance(node, In):
        return support(reading, node.part, node.where)
    if isinstance(node, And):
        return _all(reading, node, where)
    if isinstance(node, Or):
        branches = (support(reading, part, where) for part in node.parts)
        return next((pieces for pieces in branches if pieces is not None), None)
    if isinstance(node, Not):
        inner = placed(node.part, where)
        return None if reading.holds(inner) else (Not(inner),)
    piece = placed(node, where)
    return (piece,) if reading.holds(piece) else None


def _all(reading: Reading, node: And, where: Part | None) -> Pieces | None:
    found: list[Node] = []
    for part in node.parts:
        pieces = support(reading, part, where)
        if pieces is None:
            return None
        found.extend(pieces)
    return tuple(found)


def sentence(pieces: Iterable[Node], context: Term | None = None) -> str:
    """`says “Mills” and “refund”, is by “Jane”, has lang fr, not “Hayley”; “store” is its context`."""
    groups: dict[str, list[str]] = {"says": [], "is by": [], "has": [], "not": []}
    for piece in pieces:
        lead, name = _told(piece)
        groups[lead].append(name)
    told = [f"{lead} {listed(names)}" for lead, names in groups.items() if names]
    return ", ".join(told) + (f"; {named(context)} is its context" if context else "")


def _told(piece: Node) -> tuple[str, str]:
    if isinstance(piece, Not):
        return "not", named(piece.part)
    if isinstance(piece, In) and piece.where == "author":
        return "is by", named(piece.part)
    if isinstance(piece, Known | Followers):
        return "has", named(piece)
    return "says", named(piece)


def asked(
    node: Node, *, positive: bool = True, where: Part | None = None
) -> Iterator[tuple[Term, bool, Part | None]]:
    """Every term that is looked for in title and text, whether it is asked for, and in which of the two alone."""
    if isinstance(node, Not):
        yield from asked(node.part, positive=not positive, where=where)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from asked(part, positive=positive, where=where)
    elif isinstance(node, Near):
        yield from asked(node.left, positive=positive, where=where)
        yield from asked(node.right, positive=positive, where=where)
    elif isinstance(node, In):
        if node.where != "author":
            yield from asked(node.part, positive=positive, where=node.where)
    elif not isinstance(node, Known | Followers):
        yield node, positive, where


def places(reading: Reading, term: Term, where: Part | None = None) -> Iterator[Span]:
    """Where the term stands, in order, as far as this part of the item goes; nothing where it does not."""
    if not reading.holds(placed(term, where)):
        return iter(())
    title = len(reading.item.title or "")
    spans = iter(reading.spans(term))
    if where == "title":
        return (span for span in spans if span[1] <= title)
    if where == "text" and title:
        return (span for span in spans if span[0] > title)
    return spans


def standing(reading: Reading, node: Node) -> list[tuple[int, int, str]]:
    """At most 50 places of the terms that are asked for, in order, each with its term as written."""
    terms = {(term, where) for term, positive, where in asked(node) if positive}
    found = {
        (start, end, term.written)
        for term, where in terms
        for start, end in islice(places(reading, term, where), MOST_SPANS)
    }
    return sorted(found)[:MOST_SPANS]
