"""Why a query is true of an item: the pieces of it that made it so, and where its words stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeAlias

from listener.domain.explain_words import listed, named, quoted
from listener.domain.reading import Reading, whole
from listener.domain.tree import (
    And,
    Domain,
    Followers,
    In,
    Known,
    Near,
    Node,
    Not,
    Or,
    Part,
    Phrase,
    Prefix,
    Term,
    Word,
)

MOST_SPANS = 50
MOST_TERMS = 200

Pieces: TypeAlias = tuple[Node, ...]

Mark: TypeAlias = tuple[int, int, str]
"""From where to where in `whole(title, text)`, and the term as written."""


def placed(node: Node, where: Part | None) -> Node:
    """The piece as it is asked inside a field; fields do not nest."""
    return In(where, node) if where else node


def support(reading: Reading, node: Node, where: Part | None = None) -> Pieces | None:
    """The pieces that together make the query true, of an OR those of the first branch that holds; None where it is false.

    Of the names of one OR the longest that goes on from the first is taken: “Mills Lumber” says more than “Mills”.

    A piece is a term, a fact, a NEAR, one of these in a field, or a NOT with all that it excludes.
    """
    if isinstance(node, In):
        return support(reading, node.part, node.where)
    if isinstance(node, And):
        return _all(reading, node, where)
    if isinstance(node, Or):
        return _branch(reading, node, where)
    if isinstance(node, Not):
        inner = placed(node.part, where)
        return None if reading.holds(inner) else (Not(inner),)
    piece = placed(node, where)
    return (piece,) if reading.holds(piece) else None


def _branch(reading: Reading, node: Or, where: Part | None) -> Pieces | None:
    branches = ((part, support(reading, part, where)) for part in node.parts)
    first, pieces = next(((part, pieces) for part, pieces in branches if pieces is not None), (node, None))
    if not isinstance(first, Word | Phrase):
        return pieces
    name = first.text.casefold()
    longer = (one for one in node.parts if isinstance(one, Word | Phrase) and name in one.text.casefold())
    held = (one for one in islice(longer, MOST_TERMS) if reading.holds(one, where))
    return (placed(max(held, key=_length, default=first), where),)


def _length(name: Word | Phrase) -> int:
    return len(name.text)


def _all(reading: Reading, node: And, where: Part | None) -> Pieces | None:
    found: list[Node] = []
    for part in node.parts:
        pieces = support(reading, part, where)
        if pieces is None:
            return None
        found.extend(pieces)
    return tuple(found)


def sentence(reading: Reading, pieces: Iterable[Node], context: Term | None = None) -> str:
    """`says “Mills” and “refund”, is by “Jane”, has lang fr, not “Hayley” nor “film”; “store” is its context`."""
    groups: dict[str, list[str]] = {"says": [], "links to": [], "is by": [], "has": [], "not": []}
    for piece in pieces:
        lead, name = _told(reading, piece)
        groups[lead].append(name)
    told = [
        f"{lead} {listed(names, 'nor' if lead == 'not' else 'and')}"
        for lead, names in groups.items()
        if names
    ]
    return ", ".join(told) + (f"; {named(context)} is its context" if context else "")


def _told(reading: Reading, piece: Node) -> tuple[str, str]:
    if isinstance(piece, Not):
        return "not", named(piece.part)
    if isinstance(piece, In) and piece.where == "author":
        return "is by", named(piece.part)
    if isinstance(piece, Known | Followers):
        return "has", named(piece)
    if isinstance(piece, Domain) and not reading.spans(piece):
        return "links to", named(piece)
    return "says", named(piece) + (_as_it_stands(reading, piece) if isinstance(piece, Prefix) else "")


def _as_it_stands(reading: Reading, piece: Prefix) -> str:
    start, end = reading.spans(piece)[0]
    return f" ({quoted(whole(reading.item.title, reading.item.text)[start:end])})"


def asked(
    node: Node, *, positive: bool = True, where: Part | None = None
) -> Iterator[tuple[Term, bool, Part | None]]:
    """Every term that is looked for in title and text, whether it is asked for, and in which of the two alone."""
    for leaf, wanted, part in leaves(node, positive=positive, where=where):
        if isinstance(leaf, Near):
            yield from asked(leaf.left, positive=wanted, where=part)
            yield from asked(leaf.right, positive=wanted, where=part)
        else:
            yield leaf, wanted, part


def leaves(
    node: Node, *, positive: bool = True, where: Part | None = None
) -> Iterator[tuple[Term | Near, bool, Part | None]]:
    """As `asked`, but a NEAR is one."""
    if isinstance(node, Not):
        yield from leaves(node.part, positive=not positive, where=where)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part, positive=positive, where=where)
    elif isinstance(node, In):
        if node.where != "author":
            yield from leaves(node.part, positive=positive, where=node.where)
    elif not isinstance(node, Known | Followers):
        yield node, positive, where


def standing(reading: Reading, nodes: Iterable[Node]) -> list[Mark]:
    """At most 50 places of what is asked for, in order, each with its term as written; of a NEAR that holds only those near enough.

    Of long queries the first 200 terms are looked for.
    """
    wanted = ((leaf, where) for node in nodes for leaf, positive, where in leaves(node) if positive)
    found = {
        mark
        for leaf, where in islice(dict.fromkeys(wanted), MOST_TERMS)
        for mark in islice(marks(reading, leaf, where), MOST_SPANS)
    }
    return sorted(found)[:MOST_SPANS]


def marks(reading: Reading, leaf: Term | Near, where: Part | None = None) -> Iterator[Mark]:
    """Where the terms of the leaf stand, in order for each term."""
    if not isinstance(leaf, Near):
        if reading.holds(leaf, where):
            yield from ((*span, leaf.written) for span in reading.spans(leaf, where))
        return
    near = set(reading.spans(leaf, where))
    for term, _, part in asked(leaf, where=where):
        yield from (mark for mark in marks(reading, term, part) if not near or mark[:2] in near)
