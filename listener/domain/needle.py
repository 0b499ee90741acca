"""One term as it is looked for in a folded text: whole words, whole handles, signs as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from listener.domain.words import is_word, normalise


@dataclass(frozen=True, slots=True)
class Needle:
    """A folded term and what may not stand beside it.

    `whole` is a handle or tag, which is never part of a longer one. An edge that is a letter or digit must be the edge of a word;
    an edge that is a sign or of an unspaced script asks nothing.
    """

    text: str
    whole: bool
    left: bool
    right: bool

    def stands(self, text: str, start: int, end: int) -> bool:
        """Whether the term that was found at `start`–`end` of the folded `text` is there as itself."""
        if self.whole:
            return not _touches(text, start - 1) and not self._goes_on(text, end)
        return not (self.left and _word_before(text, start)) and not (self.right and _word_after(text, end))

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Every place where the term stands in the folded `text`, in order; they may overlap."""
        size = len(self.text)
        start = text.find(self.text)
        while start >= 0:
            if self.stands(text, start, start + size):
                yield start, start + size
            start = text.find(self.text, start + 1)

    def occurs(self, text: str) -> bool:
        return next(self.spans(text), None) is not None

    def _goes_on(self, text: str, end: int) -> bool:
        if _touches(text, end):
            return True
        return self.text[0] == "@" and text[end : end + 1] in {".", "-", "@"} and _touches(text, end + 1)


@lru_cache(maxsize=65_536)
def needle(written: str) -> Needle:
    """The needle for a word, phrase, `@handle` or `#tag` as a person wrote it; its text is empty where nothing is left."""
    text = normalise(written)
    whole = re.fullmatch(r"[@#]\S+", text) is not None
    left = bool(text) and (is_word(text[0]) or text[0] == "_")
    right = bool(text) and (is_word(text[-1]) or text[-1] == "_")
    return Needle(text, whole, left, right)


def _touches(text: str, index: int) -> bool:
    """Whether there is a character at `index` that a handle or a tag may be made of."""
    return 0 <= index < len(text) and (text[index] == "_" or is_word(text[index]))


def _word_before(text: str, start: int) -> bool:
    """Whether a word runs into `start`; underscores belong to it only where it goes on behind them (`_Mills_` is Mills)."""
    index = start - 1
    while index >= 0 and text[index] == "_":
        index -= 1
    return index >= 0 and is_word(text[index])


def _word_after(text: str, end: int) -> bool:
    index = end
    while index < len(text) and text[index] == "_":
        index += 1
    return index < len(text) and is_word(text[index])
