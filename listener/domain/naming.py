"""The words of a text as a context can name them, and the beginnings that words share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import groupby, pairwise
from typing import TypeAlias

from listener.domain.everyday import everyday
from listener.domain.words import is_unspaced, is_word, normalise, words

Names: TypeAlias = tuple[str, ...]
"""What of one text a context can name, folded, each once, in the order of the text."""

SHORTEST = 3
SHORTEST_STEM = 4
LONGEST = 40  # beyond it there are no words but addresses, hashes and worse


def names(text: str) -> Names:
    """Every word, as a needle finds it, `snake_case` being one; of scripts without spaces every two neighbours. Linear in the
    length.
    """
    found: list[str] = []
    for piece in normalise(text).split(" "):
        if piece.isascii():
            found += _plain().findall(piece)
        else:
            found += _pieces(piece)
    return tuple(dict.fromkeys(filter(None, (word.strip("_") for word in found))))


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
    if not name[0].isalpha() or "_" in name or name in everyday():
        return False
    return SHORTEST <= len(name) <= LONGEST or is_unspaced(name[0])


def stems(texts: Iterable[Names], own: Own) -> frozenset[str]:
    """Words that begin other words too, so that `stem*` finds more than the word itself."""
    counts = Counter(name for text in texts for name in text if is_telling(name))
    longer: Counter[str] = Counter()
    for name, count in counts.items():
        for beginning in _beginnings(name[:-1]):
            if beginning in counts:
                longer[beginning] += count
    return frozenset(stem for stem, count in longer.items() if count > 1 and not own.begins_with(stem))


def choices(text: Names, known: Collection[str]) -> Names:
    """What may be chosen of a text: its telling words, and each `stem*` that finds any of its words."""
    begun = (stem + "*" for name in text for stem in _beginnings(name) if stem in known)
    return tuple(dict.fromkeys((*filter(is_telling, text), *begun)))


class Finder:
    """Whether a text holds one of some terms, each a word or a `stem*`."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._words = frozenset(term for term in terms if not term.endswith("*"))
        self._stems = tuple(term[:-1] for term in terms if term.endswith("*"))

    def finds(self, text: Names) -> bool:
        if not self._words.isdisjoint(text):
            return True
        return bool(self._stems) and any(name.startswith(self._stems) for name in text)


def _beginnings(name: str) -> Iterable[str]:
    return (name[:size] for size in range(SHORTEST_STEM, min(len(name), LONGEST) + 1))


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
    return "unspaced" if is_unspaced(character) else "sign"


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(r"[a-z0-9_]+")
