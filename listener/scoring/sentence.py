"""A sentence as the cues and the lexicon read it: its words, where its clauses end, its emoji apart from the words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import or_
from typing import NamedTuple

MOST_WORDS = 250
"""Words of one text that are read: it has said what it says by then."""

_SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~…“”‘’„«»"
_NOT_ASKING = _SIGNS.replace("?", "") + " "
_ENDS = frozenset(",.;:!?…)—")
_TURNING = frozenset({"but", "while", "whereas", "although", "though", "however"})
_SPREAD = "\ufe0f\u200d"
_APOSTROPHES = str.maketrans("’‘ʼ`", "''''")


class Sentence(NamedTuple):
    """Words of one sentence, all in step.

    written  as the lexicon wants them: signs stripped but for what may be an emoticon
    small    the same in small letters
    shouted  whether it is in capitals
    lowered  as the cues want them: lower-case, without signs
    ends     whether a clause ends behind the word
    tokens   as they stand, with their signs
    """

    text: str
    written: Sequence[str]
    small: Sequence[str]
    shouted: Sequence[bool]
    lowered: Sequence[str]
    ends: Sequence[bool]
    tokens: Sequence[str]

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return "?" in self.text and self.text.rstrip(_NOT_ASKING).endswith("?")


def read(text: str, signs: Collection[str], most: int = MOST_WORDS) -> Sentence:
    """The sentence, each of `signs` (emoji) a word of its own; at most `most` words of it."""
    plain = text.isascii()
    tokens = (text if plain else _apart(text.translate(_APOSTROPHES), signs)).split()[:most]
    if not tokens:
        return Sentence(text, (), (), (), (), (), ())
    written, small, shouted, lowered, ends = zip(*map(_TOKENS.__getitem__, tokens), strict=True)
    if not _TURNING.isdisjoint(lowered):
        behind = (*map(_TURNING.__contains__, lowered[1:]), False)
        ends = tuple(map(or_, ends, behind))
    return Sentence(text, written, small, shouted, lowered, ends, tokens)


class _Tokens(dict[str, tuple[str, str, bool, str, bool]]):
    """A token as the lexicon and the cues want it, and whether a clause ends behind it: worked out when first met, and bounded."""

    def __missing__(self, token: str) -> tuple[str, str, bool, str, bool]:
        bare = token.strip(_SIGNS) or token
        written = bare if len(bare) > 2 else token
        told = (written, written.lower(), written.isupper(), bare.lower(), token[-1] in _ENDS)
        if len(self) < _KNOWN_TOKENS and len(token) <= _LONGEST:
            self[token] = told
        return told


_TOKENS = _Tokens()
_KNOWN_TOKENS = 50_000
_LONGEST = 24


def _apart(text: str, signs: Collection[str]) -> str:
    """Emoji with a space around them, without the marks that only choose their looks."""
    return "".join(f" {sign} " if sign in signs else "" if sign in _SPREAD else sign for sign in text)
