"""A sentence as the cues and the lexicon read it: its words, where its clauses end, its emoji apart from the words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    lowered  as the cues want them: lower-case, without signs
    ends     whether a clause ends behind the word
    tokens   as they stand, with their signs
    """

    text: str
    written: Sequence[str]
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
    bare = [token.strip(_SIGNS) or token for token in tokens]
    lowered = [word.lower() for word in bare]
    ends = [token[-1] in _ENDS for token in tokens]
    for at, word in enumerate(lowered):
        if word in _TURNING and at:
            ends[at - 1] = True
    return Sentence(
        text=text,
        written=[word if len(word) > 2 else token for word, token in zip(bare, tokens, strict=True)],
        lowered=lowered,
        ends=ends,
        tokens=tokens,
    )


def _apart(text: str, signs: Collection[str]) -> str:
    """Emoji with a space around them, without the marks that only choose their looks."""
    return "".join(f" {sign} " if sign in signs else "" if sign in _SPREAD else sign for sign in text)
