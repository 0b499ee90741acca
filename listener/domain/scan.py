"""Where anchors stand: one pass over a folded text for all of them at once, and a walk up a host's labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from listener.domain.needle import Needle
from listener.domain.tree import Node

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick, BytesAhoCorasick

Rest: TypeAlias = Node | None
"""What is left to ask of a query once its anchor stands: a part of its tree, or nothing."""

Owners: TypeAlias = Mapping[Needle, Sequence[tuple[int, Rest]]]
"""Each anchor with the numbers of the queries that rest on it, and what is left to ask of each."""

_SIGNS_ARE_SPACES = bytes(byte if chr(byte).isalnum() or byte > 127 else 32 for byte in range(256))


class Scan:
    """Two Aho-Corasick automata over all needles. Immutable and safe to share.

    Most texts are ASCII: in these every sign is read as a space and a word is looked for with a space at each edge, so that
    `art` is not met in every start. Other texts are searched for the needles as they are.
    """

    def __init__(self, owners: Owners) -> None:
        self._held = tuple((needle, tuple(rests)) for needle, rests in owners.items())
        self._any = _automaton([needle.text for needle, _ in self._held])
        in_ascii = [(needle, rests) for needle, rests in self._held if needle.text.isascii()]
        self._ascii = tuple((_is_plain(needle), needle, rests) for needle, rests in in_ascii)
        self._spaced = _bytes_automaton([_spaced(needle) for needle, _ in in_ascii])

    def owners(self, folded: str) -> dict[int, Rest]:
        """The queries one of whose needles stands in the text, with what is left to ask."""
        return self._in_ascii(folded) if folded.isascii() else self._in_any(folded)

    def _in_ascii(self, folded: str) -> dict[int, Rest]:
        spaced = f" {folded} ".encode().translate(_SIGNS_ARE_SPACES)
        joined = "_" in folded  # which holds words together, and is a space here
        owners: dict[int, Rest] = {}
        for pattern, start, end in self._spaced.find_matches_as_indexes(spaced, overlapping=True):
            plain, needle, rests = self._ascii[pattern]
            if (plain and not joined) or _stands(needle, folded, start, end):
                owners.update(rests)
        return owners

    def _in_any(self, folded: str) -> dict[int, Rest]:
        owners: dict[int, Rest] = {}
        for pattern, start, end in self._any.find_matches_as_indexes(folded, overlapping=True):
            needle, rests = self._held[pattern]
            if needle.stands(folded, start, end):
                owners.update(rests)
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


def _is_plain(needle: Needle) -> bool:
    """Whether a needle that was found between spaces stands there for certain: one word without signs. (In a phrase a space may be a sign.)"""
    return needle.left and needle.right and not needle.whole and needle.text.isalnum()


def _stands(needle: Needle, folded: str, start: int, end: int) -> bool:
    """The same of any needle, found at these places in the text with a space before it and signs as spaces."""
    first = start - 1 + needle.left
    return folded.startswith(needle.text, first) and needle.stands(folded, first, end - 1 - needle.right)


def _spaced(needle: Needle) -> bytes:
    """The needle as it stands in an ASCII text whose signs are spaces."""
    return f"{' ' * needle.left}{needle.text}{' ' * needle.right}".encode().translate(_SIGNS_ARE_SPACES)


def _automaton(patterns: list[str]) -> AhoCorasick:
    from ahocorasick_rs import AhoCorasick

    return AhoCorasick(patterns)


def _bytes_automaton(patterns: list[bytes]) -> BytesAhoCorasick:
    from ahocorasick_rs import BytesAhoCorasick

    return BytesAhoCorasick(patterns)
