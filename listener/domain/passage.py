"""A passage of an item, such as its title: folded once, with all that was found out about it so far."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from listener.domain.hosts import Host, host_form, hosts_in
from listener.domain.literal import literal
from listener.domain.needle import Span, needle_of
from listener.domain.tree import Domain, Exact, Term
from listener.domain.urls import host_of
from listener.domain.words import BARRIER, normalise, offsets, word_starts

MOST_PLACES = 10_000
"""Places of one term that are looked at: a hostile text must not cost more than a second."""

BARRED = 1 << 40
"""Words that a barrier counts as: more than any NEAR lets stand between."""


class Passage:
    """`raw` as it was written, `folded` as terms are looked for in it; a barrier in it is what no term reaches over.

    `links` are addresses that it points to. Places in `folded` are for counting words, places in `raw` for showing.
    """

    __slots__ = ("_counting", "_hosts", "_linked", "_offsets", "folded", "held", "links", "raw")

    def __init__(self, raw: str, links: Sequence[str] = ()) -> None:
        self.raw = raw
        self.links = links
        self.folded = normalise(raw)
        self.held: dict[object, bool] = {}
        self._offsets: tuple[Sequence[int], Sequence[int]] | None = None
        self._counting: Callable[[int], int] | None = None
        self._hosts: tuple[Host, ...] | None = None
        self._linked: frozenset[str] | None = None

    def holds(self, term: Term) -> bool:
        """Whether the term stands in the passage; for a domain also whether a link leads there."""
        if isinstance(term, Domain):
            return self._names(term)
        if isinstance(term, Exact):
            return literal(term.text).occurs(self.raw)
        return needle_of(term).occurs(self.folded)

    def folded_places(self, term: Term) -> Iterator[Span]:
        """Where the term stands in the folded text, in order."""
        if isinstance(term, Domain | Exact):
            starts = self._both_offsets()[0]
            return (
                (bisect_left(starts, start), bisect_left(starts, end))
                for start, end in self._raw_places(term)
            )
        return needle_of(term).spans(self.folded)

    def places(self, term: Term) -> list[Span]:
        """Where the term stands in the raw text, in order, at most 10,000."""
        if isinstance(term, Domain | Exact):
            return list(islice(self._raw_places(term), MOST_PLACES))
        return [self.original(place) for place in islice(needle_of(term).spans(self.folded), MOST_PLACES)]

    def original(self, place: Span) -> Span:
        """A place in the folded text as the place in the raw text that it comes from."""
        starts, ends = self._both_offsets()
        return starts[place[0]], ends[place[1] - 1]

    def counting(self) -> Callable[[int], int]:
        """How many words begin before an index of the folded text; a barrier is more words than any distance."""
        if self._counting is None:
            self._counting = _counting(self.folded)
        return self._counting

    def hosts(self) -> frozenset[str]:
        """The hosts that are linked to or stand in the text, each in its letters."""
        return self._links_to() | {host.name for host in self._written_hosts()}

    def _raw_places(self, term: Domain | Exact) -> Iterator[Span]:
        if isinstance(term, Exact):
            return literal(term.text).spans(self.raw)
        domain = host_form(term.host)
        return ((host.start, host.end) for host in self._written_hosts() if host.belongs_to(domain))

    def _names(self, term: Domain) -> bool:
        domain = host_form(term.host)
        linked = (Host(name, 0, 0) for name in self._links_to())
        return any(host.belongs_to(domain) for host in (*linked, *self._written_hosts()))

    def _written_hosts(self) -> tuple[Host, ...]:
        if self._hosts is None:
            self._hosts = tuple(islice(hosts_in(self.raw), MOST_PLACES))
        return self._hosts

    def _links_to(self) -> frozenset[str]:
        if self._linked is None:
            self._linked = frozenset(host_form(host) for link in self.links if (host := host_of(link)))
        return self._linked

    def _both_offsets(self) -> tuple[Sequence[int], Sequence[int]]:
        """Where each folded character starts and ends in the raw text."""
        if self._offsets is None:
            self._offsets = offsets(self.raw, self.folded)
        return self._offsets


def _counting(folded: str) -> Callable[[int], int]:
    starts = word_starts(folded)
    if BARRIER not in folded:
        return partial(bisect_left, starts)
    barriers = [found.start() for found in re.finditer(BARRIER, folded)]
    return lambda index: bisect_left(starts, index) + BARRED * bisect_left(barriers, index)
