"""Why a query is true of an item, or what it lacks: as data that is stored with a match, and as a sentence for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from listener.domain.explain_hits import MOST_SPANS, asked, leaves, marks, sentence, standing, support
from listener.domain.explain_lacks import ALMOST, Lack, Lacks, lacking
from listener.domain.explain_words import listed
from listener.domain.query import Query
from listener.domain.reading import Reading
from listener.domain.tree import And, In, Known, Near, Node, Not, Or, all_of, printed

LONGEST_CLAUSE = 500
MOST_LACKS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """`whole(title, text)[start:end]` is where `term`, as the query writes it, stands. `excluded`: it stands behind NOT."""

    start: int
    end: int
    term: str
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one client's query says of one item.

    reason    one sentence for a person: "says “Mills” and “refund”, not “Hayley”; “store” is its context"
    clause    the part of the query that decided, printed: of a match what made it true, of a miss what failed
    spans     the marked places, in order, at most 50
    lacking   of a miss: what would have to stand there, or to be away, for the query to be true, each as a short phrase
    distance  how many things would have to be otherwise; 0 for a match
    touched   whether anything that the query rests on is there, or nearly: else it is no near miss, only another subject
    """

    client_id: str
    matched: bool
    reason: str
    clause: str
    spans: tuple[Marked, ...] = ()
    lacking: tuple[str, ...] = ()
    distance: int = 0
    touched: bool = True

    def to_json(self) -> dict[str, Any]:
        """As it is stored with the match: JSON types only."""
        return {
            "reason": self.reason,
            "clause": self.clause,
            "spans": [[one.start, one.end, one.term] for one in self.spans if not one.excluded],
        }

    @classmethod
    def of_json(cls, client_id: str, held: Mapping[str, Any]) -> Explanation:
        """The explanation of a match as it was stored with it."""
        spans = tuple(Marked(start=start, end=end, term=term) for start, end, term in held["spans"])
        return cls(
            client_id=client_id, matched=True, reason=held["reason"], clause=held["clause"], spans=spans
        )


def explain(client_id: str, query: Query, reading: Reading) -> Explanation:
    """Whether this client's query, with its context, is true of the item; why, or what was lacking."""
    if reading.holds(query.asked):
        return _match(client_id, query, reading)
    return _miss(client_id, query, reading, lacking(reading, query))


def nearest(explanations: Iterable[Explanation]) -> list[Explanation]:
    """The misses that were near ones, those that lack least first, then those of which most stands there."""
    near = [one for one in explanations if not one.matched and one.touched]
    return sorted(near, key=lambda one: (one.distance, -len({mark.term for mark in one.spans})))


def _match(client_id: str, query: Query, reading: Reading) -> Explanation:
    pieces = tuple(dict.fromkeys(support(reading, query.tree) or ()))
    context = next(filter(reading.holds, query.any_of), None)
    return Explanation(
        client_id=client_id,
        matched=True,
        reason=sentence(reading, pieces, context),
        clause=_shown(all_of((*pieces, context) if context else pieces)),
        spans=_marks(reading, query, pieces),
    )


def _miss(client_id: str, query: Query, reading: Reading, lacks: Lacks) -> Explanation:
    phrases = [lack.phrase for lack in lacks]
    parts = query.asked.parts if isinstance(query.asked, And) else (query.asked,)
    return Explanation(
        client_id=client_id,
        matched=False,
        reason=listed(phrases),
        clause=_shown(all_of(part for part in parts if not reading.holds(part))),
        spans=_marks(reading, query, lacks=lacks),
        lacking=_first(phrases),
        distance=len(lacks),
        touched=any(lack.weight == ALMOST for lack in lacks) or _rests(reading, query.tree),
    )


def _first(phrases: list[str]) -> tuple[str, ...]:
    left = len(phrases) - MOST_LACKS
    return tuple(phrases) if left <= 0 else (*phrases[:MOST_LACKS], f"{left} more")


def _shown(node: Node) -> str:
    text = printed(node)
    return text if len(text) <= LONGEST_CLAUSE else text[: LONGEST_CLAUSE - 1] + "…"


def _marks(
    reading: Reading, query: Query, decided: Iterable[Node] = (), lacks: Iterable[Lack] = ()
) -> tuple[Marked, ...]:
    """The terms that are asked for where they stand, those that decided before others, and of a miss those that must not stand there."""
    wanted = (*decided, query.tree, *query.any_of)
    marks = {Marked(start=start, end=end, term=term) for start, end, term in standing(reading, wanted)}
    for lack in lacks:
        marks |= _amiss(reading, lack.amiss) if lack.amiss else set()
    return tuple(sorted(marks, key=lambda one: (one.start, one.end, one.term))[:MOST_SPANS])


def _amiss(reading: Reading, node: Node) -> set[Marked]:
    return {
        Marked(start=start, end=end, term=term, excluded=True)
        for leaf, _, where in leaves(node)
        for start, end, term in islice(marks(reading, leaf, where), MOST_SPANS)
    }


def _rests(reading: Reading, node: Node) -> bool:
    """Whether any piece that a query may rest on, a word or an author, a site or an address, is there as it asks."""
    if isinstance(node, Not):
        return False
    if isinstance(node, And | Or):
        return any(_rests(reading, part) for part in node.parts)
    if isinstance(node, Near):
        return _rests(reading, node.left) or _rests(reading, node.right)
    if isinstance(node, In):
        return any(reading.holds(In(node.where, term)) for term in _terms(node.part))
    if isinstance(node, Known):
        return node.fact in {"site", "url"} and reading.holds(node)
    return reading.holds(node)


def _terms(node: Node) -> list[Node]:
    return [term for term, positive, _ in asked(node) if positive]
