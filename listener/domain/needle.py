"""One term as it is looked for in a folded text: whole words, whole handles, signs as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeAlias

from listener.domain.tree import Handle, Phrase, Prefix, Tag, Word
from listener.domain.words import UNSPACED, is_unspaced, is_word, normalise

Plain: TypeAlias = Word | Phrase | Handle | Tag | Prefix
"""The terms that are looked for in the folded text."""

Span: TypeAlias = tuple[int, int]
"""From where to where in a text, the end not included."""


@dataclass(frozen=True, slots=True)
class Needle:
    """A folded term and what may not stand beside it.

    `whole` is a handle or tag, which is never part of a longer one. An edge that is a letter or digit must be the edge of a word;
    an edge that is a sign or of an unspaced script asks nothing. `stretches`: its place reaches to the end of the word.
    """

    text: str
    whole: bool
    left: bool
    right: bool
    stretches: bool = False

    def stands(self, text: str, start: int, end: int) -> bool:
        """Whether the term that was found at `start`–`end` of the folded `text` is there as itself."""
        if self.whole:
            return not touches(text, start - 1) and not self._goes_on(text, end)
        if self.left and start and text[start - 1] != " " and word_before(text, start):
            return False
        return not (self.right and end < len(text) and text[end] != " " and word_after(text, end))

    def spans(self, text: str) -> Iterator[Span]:
        """Every place where the term stands in the folded `text`, in order; they may overlap."""
        size = len(self.text)
        start = self._next(text, 0)
        while start >= 0:
            end = start + size
            yield start, self._reach(text, end) if self.stretches else end
            start = text.find(self.text, start + 1)
            if start >= 0 and not self.stands(text, start, start + size):
                start = self._next(text, start)

    def occurs(self, text: str) -> bool:
        return self.text in text and self._next(text, 0) >= 0

    def _next(self, text: str, start: int) -> int:
        """Where it stands first from `start` on, or -1; in bounded time also where it is in the middle of long words."""
        size = len(self.text)
        start = text.find(self.text, start) if size else -1
        while start >= 0 and not self.stands(text, start, start + size):
            behind = inside_word(text, start) if self.left else start
            start = text.find(self.text, max(behind, start + 1))
        return start

    def _reach(self, text: str, end: int) -> int:
        while end < len(text) and is_word(text[end]):
            end += 1
        return end

    def _goes_on(self, text: str, end: int) -> bool:
        if touches(text, end):
            return True
        if self.text[0] == "@":
            if text[end : end + 1] in {".", "-", "@"} and touches(text, end + 1):
                return True
            if not is_unspaced(self.text[-1]):
                return False  # @millsさん: the letters behind belong to no account
        return end < len(text) and is_unspaced(text[end]) and text[end].isalnum()


def needle_of(term: Plain) -> Needle:
    """The needle for a term of a tree."""
    if isinstance(term, Word | Phrase):
        return needle(term.text)
    return _beginning(term.text) if isinstance(term, Prefix) else needle(term.written)


class _Needles(dict[str, Needle]):
    """Every needle that was asked for, kept in order of making: a cache that notes each use would cost more than the search."""

    def __missing__(self, written: str) -> Needle:
        text = normalise(written)
        whole = re.fullmatch(r"[@#]\S+", text) is not None
        made = Needle(text, whole, _is_edge(text[:1]), _is_edge(text[-1:]))
        if len(self) < _MOST_KEPT:
            self[written] = made
        return made


_NEEDLES = _Needles()
_MOST_KEPT = 524_288


def needle(written: str) -> Needle:
    """The needle for a word, phrase, `@handle` or `#tag` as a person wrote it; its text is empty where nothing is left."""
    return _NEEDLES[written]


@lru_cache(maxsize=65_536)
def _beginning(written: str) -> Needle:
    text = normalise(written)
    return Needle(text, whole=False, left=_is_edge(text[:1]), right=False, stretches=True)


def _is_edge(character: str) -> bool:
    return bool(character) and (character == "_" or is_word(character))


def touches(text: str, index: int) -> bool:
    """Whether there is a character at `index` that a handle or a tag may be made of."""
    return 0 <= index < len(text) and (text[index] == "_" or is_word(text[index]))


def word_before(text: str, start: int) -> bool:
    """Whether a word runs into `start`; underscores belong to it only where it goes on behind them (`_Mills_` is Mills)."""
    index = start - 1
    while index >= 0 and text[index] == "_":
        index -= 1
    return index >= 0 and is_word(text[index])


def inside_word(text: str, start: int) -> int:
    """How far no word begins, where one runs into `start`; else `start`."""
    return _rest_of_word().match(text, start).end() if word_before(text, start) else start  # type: ignore[union-attr]


def word_after(text: str, end: int) -> bool:
    """Whether a word goes on at `end`, as above."""
    index = end
    while index < len(text) and text[index] == "_":
        index += 1
    return index < len(text) and is_word(text[index])


@cache
def _rest_of_word() -> re.Pattern[str]:
    return re.compile(rf"[^\W{UNSPACED}]*")
