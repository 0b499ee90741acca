"""The phrases of cues, and finding them in the words of a text: one walk through a trie, linear in the number of words.

A phrase is words in this order. `refund*` is any word that begins so, `NUMBER` a number, `.` any one word, `..` up to three words, and
`(late|not here|)` one of these, or nothing. Nothing is skipped over the end of a clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any, Generic, TypeVar

T = TypeVar("T")

NUMBER, ONE, SOME = "NUMBER", ".", ".."
SKIPPED = 3
_LONGEST_STEM = 24
_KNOWN_WORDS = 50_000
_END = ""
_NOTHING: tuple[int, Any] = (0, None)
_Node = dict[str, Any]


def spellings(phrase: str) -> Iterator[tuple[str, ...]]:
    """Every plain sequence that a phrase stands for. Raises ValueError where a parenthesis is not closed."""
    parts = re.findall(r"\([^()]*\)|[^\s()]+|[()]", phrase)
    if "(" in parts or ")" in parts:
        raise ValueError(f"{phrase!r}: a parenthesis is not closed")
    choices = [part[1:-1].split("|") if part[0] == "(" else [part] for part in parts]
    for chosen in product(*choices):
        words = " ".join(chosen).split()
        while words and words[-1] == SOME:
            words.pop()
        if words:
            yield tuple(words)


class Phrases(Generic[T]):
    """Phrases with what each stands for. `found` gives the longest that begins at a word, from left to right, none overlapping."""

    def __init__(self, entries: Iterable[tuple[Sequence[str], T]]) -> None:
        """Entries are spellings. Where two share one, the first counts."""
        root: _Node = {}
        symbols: set[str] = set()
        for spelling, meaning in entries:
            symbols.update(spelling)
            node = root
            for symbol in spelling:
                node = node.setdefault(symbol, {})
            node.setdefault(_END, meaning)
        self._root = _merged(root)
        self._plain = frozenset(symbol for symbol in symbols if not symbol.endswith("*"))
        self._stems = frozenset(symbol[:-1] for symbol in symbols if symbol.endswith("*"))
        self._known: dict[str, tuple[str, ...]] = {}

    def found(self, words: Sequence[str], ends: Sequence[bool]) -> list[tuple[int, int, T]]:
        """Each as (first word, end, meaning). `words` are lower-case; `ends` says where a clause ends behind a word."""
        known = self._known
        symbols = [known[word] if word in known else self._symbols(word) for word in words]
        hits: list[tuple[int, int, T]] = []
        at, size, root = 0, len(words), self._root
        while at < size:
            best, meaning = at, None
            for symbol in symbols[at]:
                if symbol in root:
                    end, said = self._walk(root[symbol], symbols, ends, at + 1)
                    if end > best:
                        best, meaning = end, said
            if meaning is not None:
                hits.append((at, best, meaning))
            at = max(best, at + 1)
        return hits

    def _walk(
        self, node: _Node, symbols: Sequence[tuple[str, ...]], ends: Sequence[bool], at: int
    ) -> tuple[int, Any]:
        """The end of the longest phrase through this node, whose last word stands before `at`, and its meaning; (0, None) if none."""
        best: tuple[int, Any] = (at, node[_END]) if _END in node else _NOTHING
        if at >= len(symbols):
            return best
        for branch, here in _branches(node, symbols, ends, at):
            walked = self._walk(branch, symbols, ends, here)
            if walked[0] > best[0]:
                best = walked
        return best

    def _symbols(self, word: str) -> tuple[str, ...]:
        """What of the phrases this word can be."""
        found = [word] if word in self._plain else []
        found += (
            word[:n] + "*" for n in range(1, min(len(word), _LONGEST_STEM) + 1) if word[:n] in self._stems
        )
        if _is_number(word):
            found.append(NUMBER)
        if len(self._known) < _KNOWN_WORDS and len(word) <= _LONGEST_STEM:
            self._known[word] = tuple(found)
        return tuple(found)


def _branches(
    node: _Node, symbols: Sequence[tuple[str, ...]], ends: Sequence[bool], at: int
) -> Iterator[tuple[_Node, int]]:
    """Where a phrase can go on from this node, and with which word behind."""
    for symbol in symbols[at]:
        if symbol in node:
            yield node[symbol], at + 1
    if ONE in node and not ends[at - 1]:
        yield node[ONE], at + 1
    if SOME in node:
        after = node[SOME]
        for here in range(at, min(at + SKIPPED + 1, len(symbols))):
            if here > at and ends[here - 1]:
                return
            for symbol in symbols[here]:
                if symbol in after:
                    yield after[symbol], here + 1


def _merged(root: _Node) -> _Node:
    """The same trie with equal branches kept once: alternatives share what follows them."""
    kept: dict[tuple[object, ...], _Node] = {}

    def merge(node: _Node) -> _Node:
        for symbol, branch in node.items():
            if symbol != _END:
                node[symbol] = merge(branch)
        key = tuple(sorted((symbol, id(branch)) for symbol, branch in node.items()))
        return kept.setdefault(key, node)

    return merge(root)


@cache
def _number_words() -> frozenset[str]:
    return frozenset(
        "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty several".split()  # noqa: SIM905
    )


def _is_number(word: str) -> bool:
    return word[:1].isdigit() or word in _number_words() or (word[:1] == "#" and word[1:].isdigit())
