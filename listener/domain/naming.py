"""The words of a text as a context can name them, and the beginnings that words share."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import groupby, pairwise
from typing import TypeAlias

from listener.domain.everyday import everyday
from listener.domain.words import is_word, normalise, words

Names: TypeAlias = tuple[str, ...]
"""What of one text a context can name, folded, each once, in the order of the text."""

SHORTEST = 3
SHORTEST_STEM = 4


def names(text: str) -> Names:
    """Every word, as a needle finds it; of scripts without spaces every two neighbours.

    Pieces of `snake_case` are no words: a needle does not stand there. Linear in the length.
    """
    folded = normalise(text)
    found = _plain().findall(folded) if folded.isascii() else _pieces(folded)
    return tuple(dict.fromkeys(word for word in map(_bare, found) if word and "_" not in word))


class Own:
    """The words of a client's name and query, which no context may name: each match holds them."""

    def __init__(self, terms: Collection[str]) -> None:
        folded = [normalise(term) for term in terms]
        self._words = frozenset(word for term in terms for word in words(term)) | frozenset(
            name for term in folded for name in names(term)
        )

    def __contains__(self, name: str) -> bool:
        return name in self._words

    def begins_with(self, stem: str) -> bool:
        """Whether `stem*` would find the client itself."""
        return any(word.startswith(stem) for word in self._words)

    def beside(self, text: str) -> frozenset[str]:
        """The words that stand right before or after one of the client's."""
        found = words(text)
        pairs = [*pairwise(found), *((right, left) for left, right in pairwise(found))]
        return frozenset(name for own, name in pairs if own in self._words and name not in self._words)


def is_telling(name: str) -> bool:
    """Whether a word can say what a text is about: not a number, not one or two letters, not one that stands everywhere."""
    if name.isdecimal() or name in everyday():
        return False
    return len(name) >= SHORTEST or not is_word(name[0])


def stems(texts: Iterable[Names], own: Own) -> frozenset[str]:
    """Words that begin other words too, so that `stem*` finds more than the word itself."""
    counts = Counter(name for text in texts for name in text)
    longer: Counter[str] = Counter()
    for name, count in counts.items():
        for size in range(SHORTEST_STEM, len(name)):
            if name[:size] in counts:
                longer[name[:size]] += count
    return frozenset(stem for stem, count in longer.items() if count > 1 and not own.begins_with(stem))


def with_stems(text: Names, known: Collection[str]) -> Names:
    """The words of a text and each `stem*` that finds one of them."""
    begun = (
        name[:size] + "*"
        for name in text
        for size in range(SHORTEST_STEM, len(name) + 1)
        if name[:size] in known
    )
    return tuple(dict.fromkeys((*text, *begun)))


class Finder:
    """Whether a text holds one of some terms, each a word or a `stem*`."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._words = frozenset(term for term in terms if not term.endswith("*"))
        self._stems = tuple(term[:-1] for term in terms if term.endswith("*"))

    def finds(self, text: Names) -> bool:
        if not self._words.isdisjoint(text):
            return True
        return bool(self._stems) and any(name.startswith(self._stems) for name in text)


def _pieces(folded: str) -> Iterable[str]:
    """Runs of characters that make words, and the pairs in runs of those that stand for words themselves."""
    for kind, run in groupby(folded, _kind):
        piece = "".join(run)
        if kind == "word":
            yield piece
        elif kind == "unspaced":
            yield from map("".join, pairwise(piece))


def _kind(character: str) -> str:
    if character == "_" or is_word(character):
        return "word"
    letter = character.isalnum() or unicodedata.category(character).startswith("M")
    return "unspaced" if letter else "sign"


def _bare(word: str) -> str:
    return word.strip("_")


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(r"[a-z0-9_]+")
