"""What keeps a query from being true of an item: the fewest things that would have to be otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from listener.domain.explain_hits import placed
from listener.domain.explain_near import apart
from listener.domain.explain_nearly import instead, nearly
from listener.domain.explain_words import named, one_of, quoted
from listener.domain.query import Query
from listener.domain.reading import Reading
from listener.domain.tree import And, Followers, In, Known, Near, Node, Not, Or, Part, Term

ABSENT, ALMOST = 2, 1
CONTEXT_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One thing that keeps a query from being true.

    phrase  for a person: "“refund” is missing"
    weight  2 for what is not there at all, 1 for what nearly is; the nearest branch of an OR is chosen by it
    any_of  the pieces of which one would do, where the phrase says only that they are missing
    amiss   the piece that stands there though it must not
    """

    phrase: str
    weight: int = ABSENT
    any_of: tuple[Node, ...] = ()
    amiss: Node | None = None


Lacks = tuple[Lack, ...]


def lacking(reading: Reading, query: Query) -> Lacks:
    """What the query with its context lacks; nothing where it is true."""
    return (*lacks(reading, query.tree), *_context(reading, query))


def lacks(reading: Reading, node: Node, *, want: bool = True, where: Part | None = None) -> Lacks:
    """The least that would make the query come out as `want`; nothing where it does."""
    if isinstance(node, Not):
        return lacks(reading, node.part, want=not want, where=where)
    if isinstance(node, In):
        return lacks(reading, node.part, want=want, where=node.where)
    if isinstance(node, And | Or):
        parts = (lacks(reading, part, want=want, where=where) for part in node.parts)
        return _together(parts) if isinstance(node, And) is want else _nearest(reading, parts)
    piece = placed(node, where)
    if reading.holds(piece) is want:
        return ()
    if not want:
        return (Lack(phrase=f"{named(piece)} {_amiss(piece)}", amiss=piece),)
    return _near(reading, node, where) if isinstance(node, Near) else (_absent(reading, piece),)


def _amiss(piece: Node) -> str:
    stands = not isinstance(piece, Known | Followers) and not (
        isinstance(piece, In) and piece.where == "author"
    )
    return "stands there and must not" if stands else "is excluded"


def _together(parts: Iterable[Lacks]) -> Lacks:
    return tuple(dict.fromkeys(lack for part in parts for lack in part))


def _nearest(reading: Reading, branches: Iterable[Lacks]) -> Lacks:
    """The branch that lacks least, none after one that lacks nothing; of branches that each lack one thing alone, any one of these."""
    tied: list[Lacks] = []
    least: float = inf
    for part in branches:
        weight = sum(lack.weight for lack in part)
        if weight == 0:
            return ()
        if weight <= least:
            tied = tied if weight == least else []
            tied.append(part)
            least = weight
    if all(len(part) == 1 and part[0].any_of for part in tied):
        return (_missing(reading, tuple(dict.fromkeys(piece for part in tied for piece in part[0].any_of))),)
    return tied[0]


def _absent(reading: Reading, piece: Node) -> Lack:
    phrase = nearly(reading, piece)
    return Lack(phrase=phrase, weight=ALMOST) if phrase else _missing(reading, (piece,))


def _missing(reading: Reading, pieces: tuple[Node, ...]) -> Lack:
    phrase = instead(reading, pieces) or f"{one_of([named(piece) for piece in pieces])} is missing"
    return Lack(phrase=phrase, any_of=pieces)


def _near(reading: Reading, node: Near, where: Part | None) -> Lacks:
    """A side that is not there, else how far apart the sides stand."""
    sides = (lacks(reading, side, where=where) for side in (node.left, node.right))
    return _together(sides) or (Lack(phrase=apart(reading, node, where), weight=ALMOST),)


def _context(reading: Reading, query: Query) -> Lacks:
    found: list[Lack] = []
    if query.any_of and not any(map(reading.holds, query.any_of)):
        found.append(Lack(phrase=f"none of its context words ({_some(query.any_of)}) stands there"))
    found.extend(
        Lack(phrase=f"its context excludes {quoted(term.written)}, which stands there", amiss=term)
        for term in query.none_of
        if reading.holds(term)
    )
    return tuple(found)


def _some(terms: Sequence[Term]) -> str:
    shown = [term.written for term in terms[:CONTEXT_WORDS]]
    return ", ".join([*shown, "…"] if len(terms) > CONTEXT_WORDS else shown)
