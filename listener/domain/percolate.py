"""Which clients' queries an item satisfies: all queries compiled once, each text scanned once.

Every query rests on its anchors: the cheapest set of its terms of which a matching item must hold at least one. All anchors
stand in one Aho-Corasick automaton, so a text that matches nobody costs one scan, however many queries there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

from listener.domain.anchors import Anchor, Place, anchors, beside
from listener.domain.explain import Explanation, explain
from listener.domain.facts import Tell
from listener.domain.given import given
from listener.domain.item import Item
from listener.domain.needle import Needle, needle_of
from listener.domain.pricing import expected
from listener.domain.query import Query
from listener.domain.reading import Reading
from listener.domain.scan import Hosts, Rest, Scan
from listener.domain.tree import Domain, Exact, Node, terms

Resting: TypeAlias = dict[Needle, list[tuple[int, Rest]]]

MANY = 32
"""Of a query with more anchors the whole is asked: what each of them leaves open would cost their number squared to find out."""


class Match(NamedTuple):
    """One query satisfied by one item. Why is worked out when it is asked for: most matches are stored already.

    A named tuple because it is made on the hot path, in a third of the time of a frozen dataclass.
    """

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
        self._queries = tuple(queries)
        self._tell = tell
        owners = _anchored([query.asked for _, query in queries])
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
        holds, queries = reading.holds, self._queries
        found = [number for number, rest in candidates.items() if rest is None or holds(rest)]
        if len(found) > 1:
            found.sort()
        return tuple(
            [Match(*queries[number], reading) for number in found]
        )  # a list first: twice as fast for few

    def _candidates(self, reading: Reading) -> dict[int, Rest]:
        """The queries one of whose anchors the item holds, with what is left to ask: no other can be true of it."""
        candidates = self._text.owners(reading.folded)
        for place, scan in self._beside:
            if held := beside(reading.item, place):
                candidates.update(scan.owners(held))
        return candidates


def _anchored(trees: Sequence[Node]) -> dict[Place, Resting]:
    """For each place its anchors with the queries that rest on them."""
    shared = _shares(trees)

    @cache
    def price(anchor: Anchor) -> float:
        return expected(anchor, shared)

    owners: dict[Place, Resting] = {}
    for number, tree in enumerate(trees):
        found = anchors(tree, price) or frozenset()
        for anchor in found:
            narrow = anchor.place == "text" and len(found) <= MANY
            rest = given(tree, anchor.needle) if narrow else tree
            if rest is not False:
                resting = owners.setdefault(anchor.place, {}).setdefault(anchor.needle, [])
                resting.append((number, None if rest is True else rest))
    return owners


def _shares(trees: Sequence[Node]) -> Counter[str]:
    """How many queries name each term: what many ask for is common, whatever word it is."""
    shared: Counter[str] = Counter()
    for tree in trees:
        named = {term for term, positive in terms(tree) if positive and not isinstance(term, Domain | Exact)}
        shared.update({needle_of(term).text for term in named})
    return shared
