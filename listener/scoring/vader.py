"""The base scorer: VADER on the sentences about the client, its names masked, English only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from listener.domain.about import about
from listener.domain.masking import STAND_IN, cover, names_in
from listener.domain.sentiment import Label, Score
from listener.scoring.language import SHORT, Language, tell
from listener.scoring.valence import measure, tables

if TYPE_CHECKING:
    from listener.domain.client import Client

THRESHOLD = 0.05
"""VADER's own: from here on a text is positive, and below its negative a text is negative."""

MOST_WORDS = 250
MOST_EMOJI = 40
"""VADER's cost grows with the square of both; a text has said what it says by then."""

_REASONED_WORDS = 8


@dataclass(frozen=True, slots=True)
class VaderScorer:
    """vaderSentiment 3.3.2 behind the domain's Scorer; what it cannot read it calls unknown. Under 50 ms for any text.

    A text that is not English is unknown, and so is one too short to tell its language in which no word of the English
    lexicon stands: it may say anything.
    """

    version: str = "vader-3.3.2+mask.1"

    def score(self, *, text: str, title: str | None, client: Client, language: str | None) -> Score:
        said = about(title, text, client)
        named = names_in(said, client)
        tongue = tell(cover(said, named, " "), language)
        masked = steady(cover(said, named, STAND_IN))
        weighed = lexicon_words(masked)
        reasons = [str(tongue)]
        if named:
            reasons.append("masked: " + ", ".join(dict.fromkeys(place.name for place in named)))
        if not _is_readable(tongue, weighed):
            return Score(label="unknown", value=None, scorer=self.version, reasons=tuple(reasons))
        reasons.append("words: " + (", ".join(weighed[:_REASONED_WORDS]) or "none that says good or bad"))
        value = measure(masked).compound
        return Score(label=_label(value), value=value, scorer=self.version, reasons=tuple(reasons))


def _is_readable(tongue: Language, weighed: list[str]) -> bool:
    return tongue.code == "en" or (tongue == SHORT and bool(weighed))


def _label(value: float) -> Label:
    if value >= THRESHOLD:
        return "positive"
    return "negative" if value <= -THRESHOLD else "neutral"


def steady(text: str) -> str:
    """The text with floods cut: a sign at most four times in a row (VADER counts no further), so many emoji and words."""
    calm = re.sub(r"([^\w\s])\1{4,}", r"\1\1\1\1", text)
    if not calm.isascii():
        calm = _few_emoji(calm)
    words = calm.split()
    return " ".join(words[:MOST_WORDS])


def _few_emoji(text: str) -> str:
    emojis = tables().emojis
    if sum(map(emojis.__contains__, text)) <= MOST_EMOJI:
        return text
    kept: list[str] = []
    count = 0
    for character in text:
        count += character in emojis
        if count <= MOST_EMOJI or character not in emojis:
            kept.append(character)
    return "".join(kept)


def lexicon_words(text: str) -> list[str]:
    """The words and emoji that VADER weighs, in order, each once. All are the lexicon's own, so they are safe to show."""
    known = tables()
    described = "" if text.isascii() else " ".join(filter(None, map(known.emojis.get, dict.fromkeys(text))))
    tokens = (token for piece in (text, described) for token in piece.lower().split())
    forms = (form for token in tokens for form in (token, token.strip(_PUNCTUATION)))
    return [word for word in dict.fromkeys(forms) if word in known.lexicon]


_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
