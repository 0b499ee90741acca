"""Which clients' queries an item satisfies: all queries compiled once, each text scanned once.

Every query rests on its anchors: the cheapest set of its terms of which a matching item must hold at least one. All anchors
stand in one Aho-Corasick automaton, so a text that matches nobody costs one scan, however many queries there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from listener.domain.anchors import Anchor, Place, anchors, beside
from listener.domain.explain import Explanation, explain
from listener.domain.facts import Tell
from listener.domain.item import Item
from listener.domain.needle import Needle, needle_of
from listener.domain.pricing import expected
from listener.domain.query import Query
from listener.domain.reading import Reading
from listener.domain.scan import Hosts, Scan
from listener.domain.tree import Domain, Exact, Node, terms

Owners: TypeAlias = dict[Needle, list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One query satisfied by one item. Why is worked out when it is asked for: most matches are stored already."""

    client_id: str
    query: Query
    reading: Reading

    @property
    def explanation(self) -> Explanation:
        return explain(self.client_id, self.query, self.reading)

    @property
    def reason(self) -> str:
        """A sentence for a person."""
        return self.explanation.reason


class Percolator:
    """All queries, compiled; (client id, query) pairs, where a client may have several. Immutable and safe to share.

    `tell` finds out an item's language where its place told none; it is asked at most once an item, and only if a query needs it.
    """

    def __init__(self, queries: Sequence[tuple[str, Query]], tell: Tell | None = None) -> None:
        self._queries = tuple((client, query, query.asked) for client, query in queries)
        self._tell = tell
        owners = _anchored([tree for _, _, tree in self._queries])
        self._text = Scan(owners.pop("text", {}))
        self._beside = tuple(
            (place, Hosts(held) if place == "site" else Scan(held)) for place, held in owners.items()
        )

    def __len__(self) -> int:
        return len(self._queries)

    def matches(self, item: Item) -> tuple[Match, ...]:
        """The queries that are true of this item, in the order in which they were given."""
        reading = Reading(item, self._tell)
        candidates = self._candidates(reading)
        if not candidates:
            return ()
        asked = (self._queries[number] for number in sorted(candidates))
        return tuple(
            Match(client_id=client, query=query, reading=reading)
            for client, query, tree in asked
            if reading.holds(tree)
        )

    def _candidates(self, reading: Reading) -> set[int]:
        """The queries one of whose anchors the item holds: the only ones that can be true of it."""
        candidates = self._text.owners(reading.folded)
        for place, scan in self._beside:
            if held := beside(reading.item, place):
                candidates |= scan.owners(held)
        return candidates


def _anchored(trees: Sequence[Node]) -> dict[Place, Owners]:
    """For each place its anchors with the queries that rest on them."""
    shared = _shares(trees)

    @cache
    def price(anchor: Anchor) -> float:
        return expected(anchor, shared)

    owners: dict[Place, Owners] = {}
    for number, tree in enumerate(trees):
        for anchor in anchors(tree, price) or ():
            owners.setdefault(anchor.place, {}).setdefault(anchor.needle, []).append(number)
    return owners


def _shares(trees: Sequence[Node]) -> Counter[str]:
    """How many queries name each term: what many ask for is common, whatever word it is."""
    shared: Counter[str] = Counter()
    for tree in trees:
        named = {term for term, positive in terms(tree) if positive and not isinstance(term, Domain | Exact)}
        shared.update({needle_of(term).text for term in named})
    return shared
