"""The phrases of cues, and finding them in the words of a text: one walk through a trie, linear in the number of words.

A phrase is words in this order. `refund*` is any word that begins so, `NUMBER` a number, `.` any one word, `..` up to three words, and
`(late|not here|)` one of these, or nothing. Nothing is skipped over the end of a clause, nor over "and".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from operator import add
from typing import Any, Generic, TypeVar

from listener.scoring.cues.trie import END, SOME, Letters, Node, State, Walk

T = TypeVar("T")

KNOWN_WORDS = 50_000
"""Words of texts that are remembered."""

_NOTHING: tuple[int, Any] = (0, None)


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

    def __init__(self, entries: Iterable[tuple[Sequence[str], T]], *, known_words: int = KNOWN_WORDS) -> None:
        """Entries are spellings. Where two share one, the first counts. Of the words of texts `known_words` are remembered."""
        root: Node = {}
        symbols: set[str] = set()
        for spelling, meaning in entries:
            symbols.update(spelling)
            node = root
            for symbol in spelling:
                node = node.setdefault(symbol, {})
            node.setdefault(END, meaning)
        self._letters = Letters(symbols, known_words)
        self._start = Walk(root, self._letters).start

    def found(self, words: Sequence[str], ends: Sequence[bool]) -> list[tuple[int, int, T]]:
        """Each as (first word, end, meaning). `words` are lower-case; `ends` says where a clause ends behind a word."""
        letters = list(map(add, map(self._letters.__getitem__, words), ends))
        hits: list[tuple[int, int, T]] = []
        behind, last = 0, len(letters) - 1
        for at, state in enumerate(map(self._start.__getitem__, letters)):
            if state is None or at < behind:
                continue
            if state.whole or (at < last and state[letters[at + 1]] is not None):
                end, meaning = _longest(state, letters, at + 1)
                if end:
                    hits.append((at, end, meaning))
                    behind = end
        return hits


def _longest(state: State, letters: Sequence[int], at: int) -> tuple[int, Any]:
    """The end of the longest phrase from this state on, the next word being at `at`, and its meaning; (0, None) if none."""
    end, meaning = (at, state.meaning) if state.whole else _NOTHING
    for here in range(at, len(letters)):
        after = state[letters[here]]
        if after is None:
            break
        state = after
        if state.whole:
            end, meaning = here + 1, state.meaning
    return end, meaning
