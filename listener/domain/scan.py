"""Where anchors stand: one pass over a folded text for all of them at once, and a walk up a host's labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from listener.domain.needle import Needle
from listener.domain.tree import Node

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

Rest: TypeAlias = Node | None
"""What is left to ask of a query once its anchor stands: a part of its tree, or nothing."""

Owners: TypeAlias = Mapping[Needle, Sequence[tuple[int, Rest]]]
"""Each anchor with the numbers of the queries that rest on it, and what is left to ask of each."""


class Scan:
    """One Aho-Corasick automaton over all needles. Immutable and safe to share."""

    def __init__(self, owners: Owners) -> None:
        self._needles = tuple(owners)
        self._owners = tuple(map(tuple, owners.values()))
        self._automaton = _automaton([needle.text for needle in owners])

    def owners(self, folded: str) -> dict[int, Rest]:
        """The queries one of whose needles stands in the text, with what is left to ask."""
        standing: set[int] = set()
        owners: dict[int, Rest] = {}
        for pattern, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if pattern not in standing and self._needles[pattern].stands(folded, start, end):
                standing.add(pattern)
                owners.update(self._owners[pattern])
        return owners


class Hosts:
    """Hosts that stand for themselves and all their subdomains."""

    def __init__(self, owners: Owners) -> None:
        self._owners = {needle.text: tuple(rests) for needle, rests in owners.items()}

    def owners(self, host: str) -> dict[int, Rest]:
        """The queries that ask for this host or for one that it is a subdomain of, with what is left to ask."""
        owners: dict[int, Rest] = {}
        while host:
            owners.update(self._owners.get(host, ()))
            host = host.partition(".")[2]
        return owners


def _automaton(patterns: list[str]) -> AhoCorasick:
    from ahocorasick_rs import AhoCorasick

    return AhoCorasick(patterns)
