"""`exact:"…"`: these very characters in the raw text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from listener.domain.needle import Span, inside_word, word_after, word_before
from listener.domain.words import is_word


@dataclass(frozen=True, slots=True)
class Literal:
    """Case, accents, signs and invisible characters count; the two ways in which Unicode composes one letter do not, nor does
    how long a run of white space is. Edges that are letters or digits are the edges of a word.
    """

    pattern: re.Pattern[str]
    left: bool
    right: bool

    def spans(self, raw: str) -> Iterator[Span]:
        """Every place in the raw text, in order; they may overlap."""
        found = self.pattern.search(raw)
        while found:
            behind = found.start() + 1
            if self._stands(raw, *found.span()):
                yield found.span()
            elif self.left:
                behind = max(behind, inside_word(raw, found.start()))
            found = self.pattern.search(raw, behind)

    def occurs(self, raw: str) -> bool:
        return next(self.spans(raw), None) is not None

    def _stands(self, raw: str, start: int, end: int) -> bool:
        if _composes(raw[end : end + 1]):
            return False  # what stands here is another letter: an e with its accent behind it
        return not (self.left and word_before(raw, start)) and not (self.right and word_after(raw, end))


@lru_cache(maxsize=16_384)
def literal(written: str) -> Literal:
    """How `exact:` with these characters is looked for."""
    forms = dict.fromkeys((written, *(unicodedata.normalize(form, written) for form in ("NFC", "NFD"))))
    pattern = "|".join(r"\s+".join(map(re.escape, form.split())) for form in forms)
    first, last = written.strip()[:1], written.strip()[-1:]
    return Literal(re.compile(pattern or r"(?!)"), _is_edge(first), _is_edge(last))


def _is_edge(character: str) -> bool:
    return bool(character) and (character == "_" or is_word(character))


def _composes(character: str) -> bool:
    """Whether it becomes one with the letter before it: a mark that is no mere choice of picture, or a Hangul vowel or final."""
    if not character or character.isascii() or "\ufe00" <= character <= "\ufe0f":
        return False
    return unicodedata.category(character).startswith("M") or "\u1160" <= character <= "\u11ff"
