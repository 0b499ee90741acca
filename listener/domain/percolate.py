"""Which clients' queries a text satisfies: all queries compiled once, each text scanned once.

Every query rests on its anchors: the cheapest set of its terms of which a matching text must hold at least one. All anchors
stand in one Aho-Corasick automaton, so a text that matches nobody costs one scan, however many queries there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from listener.domain.item import Item
from listener.domain.needle import Needle, needle
from listener.domain.query import Query
from listener.domain.reading import Reading, Span
from listener.domain.tree import Term, anchors, terms

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

MOST_SPANS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One query satisfied by one text.

    `spans` are the places of the terms asked for, as (start, end) in `whole(title, text)`, in order and at most 50.
    `reason` is a sentence for a person.
    """

    client_id: str
    spans: tuple[Span, ...]
    reason: str


class Percolator:
    """All queries, compiled; (client id, query) pairs, where a client may have several. Immutable and safe to share."""

    def __init__(self, queries: Sequence[tuple[str, Query]]) -> None:
        self._queries = tuple(queries)
        owners = _anchored(self._queries)
        self._anchors = tuple(owners)
        self._owners = tuple(tuple(indexes) for indexes in owners.values())
        self._automaton = _automaton(self._anchors)

    def __len__(self) -> int:
        return len(self._queries)

    def matches(self, item: Item) -> tuple[Match, ...]:
        """The queries that are true of this item, in the order in which they were given."""
        reading = Reading(item)
        hits = self._automaton.find_matches_as_indexes(reading.folded, overlapping=True)
        if not hits:
            return ()
        candidates = self._candidates(reading.folded, hits)
        asked = (self._queries[index] for index in sorted(candidates))
        return tuple(_match(reading, client, query) for client, query in asked if reading.holds(query.asked))

    def _candidates(self, folded: str, hits: list[tuple[int, int, int]]) -> set[int]:
        """The queries one of whose anchors really stands in the text."""
        standing: set[int] = set()
        candidates: set[int] = set()
        for anchor, start, end in hits:
            if anchor not in standing and self._anchors[anchor].stands(folded, start, end):
                standing.add(anchor)
                candidates.update(self._owners[anchor])
        return candidates


def _match(reading: Reading, client_id: str, query: Query) -> Match:
    asked = dict.fromkeys(term for term, positive in terms(query.tree) if positive)
    hits = [term for term in asked if reading.holds(term)]
    spans = sorted({span for term in hits for span in reading.spans(term)})
    return Match(client_id=client_id, spans=tuple(spans[:MOST_SPANS]), reason=_reason(query, hits))


def _reason(query: Query, hits: Sequence[Term]) -> str:
    found = ", ".join(f"“{term.written}”" for term in hits)
    excluded = ", ".join(
        dict.fromkeys(f"“{term.written}”" for term, positive in terms(query.tree) if not positive)
    )
    return f"says {found}" + (f" and not {excluded}" if excluded else "")


def _anchored(queries: Sequence[tuple[str, Query]]) -> dict[Needle, list[int]]:
    """Each anchor with the queries that rest on it."""
    shared = _shares(queries)
    price = partial(_price, shared)
    owners: dict[Needle, list[int]] = {}
    for index, (_, query) in enumerate(queries):
        for anchor in {needle(term.written) for term in anchors(query.asked, price) or ()}:
            owners.setdefault(anchor, []).append(index)
    return owners


def _shares(queries: Sequence[tuple[str, Query]]) -> dict[Needle, int]:
    """How many queries name each term: what many ask for says little about any of them."""
    shared: dict[Needle, int] = {}
    for _, query in queries:
        for named in {needle(term.written) for term, positive in terms(query.tree) if positive}:
            shared[named] = shared.get(named, 0) + 1
    return shared


def _price(shared: dict[Needle, int], term: Term) -> float:
    """What an anchor costs: candidates per text, guessed from its length (short words are common) and its owners."""
    named = needle(term.written)
    return shared.get(named, 1) * 2.0 ** max(0, 10 - len(named.text))


def _automaton(patterns: Sequence[Needle]) -> AhoCorasick:
    from ahocorasick_rs import AhoCorasick

    return AhoCorasick([pattern.text for pattern in patterns])
