"""Which clients' queries an item satisfies: all queries compiled once, each text scanned once.

Every query rests on its anchors: the cheapest set of its terms of which a matching item must hold at least one. All anchors
stand in one Aho-Corasick automaton, so a text that matches nobody costs one scan, however many queries there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from listener.domain.anchors import Anchor, Place, anchors, beside
from listener.domain.item import Item
from listener.domain.needle import Needle, needle
from listener.domain.query import Query
from listener.domain.reading import Reading, Span
from listener.domain.scan import Hosts, Scan
from listener.domain.tree import Term, terms

MOST_SPANS = 50

Owners: TypeAlias = dict[Needle, list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One query satisfied by one item. Where and why is worked out when it is asked for: most matches are stored already."""

    client_id: str
    query: Query
    reading: Reading

    @property
    def spans(self) -> tuple[Span, ...]:
        """The places of the terms asked for, as (start, end) in `whole(title, text)`, in order and at most 50."""
        spans = sorted({span for term in self._hits() for span in self.reading.spans(term)})
        return tuple(spans[:MOST_SPANS])

    @property
    def reason(self) -> str:
        """A sentence for a person."""
        found = ", ".join(f"“{term.written}”" for term in self._hits())
        behind_not = (term for term, positive in terms(self.query.tree) if not positive)
        excluded = ", ".join(dict.fromkeys(f"“{term.written}”" for term in behind_not))
        return f"says {found}" + (f" and not {excluded}" if excluded else "")

    def _hits(self) -> list[Term]:
        asked = dict.fromkeys(term for term, positive in terms(self.query.tree) if positive)
        return [term for term in asked if self.reading.holds(term)]


class Percolator:
    """All queries, compiled; (client id, query) pairs, where a client may have several. Immutable and safe to share."""

    def __init__(self, queries: Sequence[tuple[str, Query]]) -> None:
        self._queries = tuple((client, query, query.asked) for client, query in queries)
        owners = _anchored(queries)
        self._text = Scan(owners.pop("text", {}))
        self._beside = tuple(
            (place, Hosts(held) if place == "site" else Scan(held)) for place, held in owners.items()
        )

    def __len__(self) -> int:
        return len(self._queries)

    def matches(self, item: Item) -> tuple[Match, ...]:
        """The queries that are true of this item, in the order in which they were given."""
        reading = Reading(item)
        candidates = self._text.owners(reading.folded)
        for place, scan in self._beside:
            if held := beside(item, place):
                candidates |= scan.owners(held)
        if not candidates:
            return ()
        asked = (self._queries[number] for number in sorted(candidates))
        return tuple(
            Match(client_id=client, query=query, reading=reading)
            for client, query, tree in asked
            if reading.holds(tree)
        )


def _anchored(queries: Sequence[tuple[str, Query]]) -> dict[Place, Owners]:
    """For each place its anchors with the queries that rest on them."""
    price = partial(_price, _shares(queries))
    owners: dict[Place, Owners] = {}
    for number, (_, query) in enumerate(queries):
        for anchor in anchors(query.asked, price) or ():
            owners.setdefault(anchor.place, {}).setdefault(anchor.needle, []).append(number)
    return owners


def _shares(queries: Sequence[tuple[str, Query]]) -> dict[str, int]:
    """How many queries name each term: what many ask for says little about any of them."""
    shared: dict[str, int] = {}
    for _, query in queries:
        for named in {needle(term.written).text for term, positive in terms(query.tree) if positive}:
            shared[named] = shared.get(named, 0) + 1
    return shared


def _price(shared: dict[str, int], anchor: Anchor) -> float:
    """What an anchor costs: candidates per text, guessed from its length (short words are common) and its owners."""
    return shared.get(anchor.needle.text, 1) * 2.0 ** max(0, 10 - len(anchor.needle.text))
