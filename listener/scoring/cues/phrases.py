"""The phrases of cues, and finding them in the words of a text: one walk through a trie, linear in the number of words.

A phrase is words in this order. `refund*` is any word that begins so, `NUMBER` a number, `.` any one word, `..` up to three words, and
`(late|not here|)` one of these, or nothing. Nothing is skipped over the end of a clause, nor over "and".
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
_LONGEST_WORD = 24
_KNOWN_WORDS = 50_000
_LISTING = frozenset({"and", "or"})
_END = ""
_NO_SYMBOL = ("\0",)  # stands in no phrase; true, so that the word is known
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
        self._longest_stem = max(map(len, self._stems), default=0)
        self._known: dict[str, tuple[str, ...]] = {}
        self._starts: dict[str, tuple[_Node, ...]] = {}

    def found(self, words: Sequence[str], ends: Sequence[bool]) -> list[tuple[int, int, T]]:
        """Each as (first word, end, meaning). `words` are lower-case; `ends` says where a clause ends behind a word."""
        hits: list[tuple[int, int, T]] = []
        starts, behind = self._starts, 0
        for at, word in enumerate(words):
            nodes = starts.get(word)
            if nodes is None:
                nodes = self._begun(word)
            if nodes and at >= behind:
                end, meaning = self._longest(nodes, words, ends, at + 1)
                if end:
                    hits.append((at, end, meaning))
                    behind = end
        return hits

    def _longest(
        self, nodes: Iterable[_Node], words: Sequence[str], ends: Sequence[bool], at: int
    ) -> tuple[int, Any]:
        """The end of the longest phrase through one of these nodes, whose last word stands before `at`, and its meaning; (0, None) if
        none.
        """
        best = _NOTHING
        for node in nodes:
            walked = self._walk(node, words, ends, at)
            if walked[0] > best[0]:
                best = walked
        return best

    def _walk(self, node: _Node, words: Sequence[str], ends: Sequence[bool], at: int) -> tuple[int, Any]:
        best: tuple[int, Any] = (at, node[_END]) if _END in node else _NOTHING
        if at >= len(words):
            return best
        known = self._known
        for symbol in known.get(words[at]) or self._symbols(words[at]):
            if symbol in node:
                walked = self._walk(node[symbol], words, ends, at + 1)
                if walked[0] > best[0]:
                    best = walked
        if ONE in node and not ends[at - 1]:
            best = max(best, self._walk(node[ONE], words, ends, at + 1), key=_reach)
        return max(best, self._skipping(node[SOME], words, ends, at), key=_reach) if SOME in node else best

    def _skipping(self, node: _Node, words: Sequence[str], ends: Sequence[bool], at: int) -> tuple[int, Any]:
        """As above, up to three words being skipped before the next one of the phrase."""
        best, known = _NOTHING, self._known
        for here in range(at, min(at + SKIPPED + 1, len(words))):
            if here > at and (ends[here - 1] or words[here - 1] in _LISTING):
                break
            for symbol in known.get(words[here]) or self._symbols(words[here]):
                if symbol in node:
                    walked = self._walk(node[symbol], words, ends, here + 1)
                    if walked[0] > best[0]:
                        best = walked
        return best

    def _symbols(self, word: str) -> tuple[str, ...]:
        """What of the phrases this word can be."""
        found = [word] if word in self._plain else []
        longest = min(len(word), self._longest_stem)
        found += (word[:size] + "*" for size in range(1, longest + 1) if word[:size] in self._stems)
        if _is_number(word):
            found.append(NUMBER)
        symbols = tuple(found) or _NO_SYMBOL
        if len(self._known) < _KNOWN_WORDS and len(word) <= _LONGEST_WORD:
            self._known[word] = symbols
        return symbols

    def _begun(self, word: str) -> tuple[_Node, ...]:
        """Where phrases go on that this word begins."""
        nodes = tuple(self._root[symbol] for symbol in self._symbols(word) if symbol in self._root)
        if len(self._starts) < _KNOWN_WORDS and len(word) <= _LONGEST_WORD:
            self._starts[word] = nodes
        return nodes


def _reach(walked: tuple[int, Any]) -> int:
    return walked[0]


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
