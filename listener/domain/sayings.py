"""What a text says as words and phrases to be counted: folded keys, stop words, addresses and handles left out.

A phrase is two words that stand side by side in one sentence, with at most one stop word between them. Of the scripts without
spaces two ideographs side by side are a phrase and a run of katakana is a word; of those whose signs are letters (Thai, Khmer, Lao, Burmese,
Tibetan) nothing is counted, for nobody says here where their words begin.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from listener.domain.everyday import everyday
from listener.domain.words import BARRIER, UNSPACED, normalise, offsets

READ_MOST = 2_000
"""Characters of a text: who has more to say has said it by then."""

SHORTEST, LONGEST = 2, 30
_LETTERS_WITHOUT_SPACES = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff"
_BESIDE = frozenset(" -'")


class Word(NamedTuple):
    """One word of a folded text: its key, and `text[start:end]` where it stands. `ideograph` stands for no word by itself."""

    key: str
    start: int
    end: int
    ideograph: bool
    stop: bool


def keys(text: str) -> set[str]:
    """All words and phrases of a text, as keys."""
    return {key for key, _, _ in _sayings(_folded(text))}


def said_how(text: str) -> dict[str, str]:
    """The same, each with the words that the text first says it in."""
    raw = _unaddressed(text)
    folded = normalise(raw)
    starts, ends = offsets(raw, folded)
    shown: dict[str, str] = {}
    for key, start, end in _sayings(folded):
        if key not in shown:
            shown[key] = _readable(raw[starts[start] : ends[end - 1]])
    return shown


def single_words(text: str) -> set[str]:
    """The keys of the words alone, of a name for instance."""
    return {word.key for word in _words(_folded(text)) if not word.ideograph}


def is_phrase(key: str) -> bool:
    return " " in key


def parts(key: str) -> frozenset[str]:
    """The words of which a phrase is made; a word is made of itself."""
    return frozenset(key.split(" "))


def _folded(text: str) -> str:
    return normalise(_unaddressed(text))


def _unaddressed(text: str) -> str:
    """The text as far as it is read, with a break in the place of each URL, host and handle."""
    return _address().sub(f" {BARRIER} ", text[:READ_MOST])


def _sayings(folded: str) -> Iterator[tuple[str, int, int]]:
    """Each word and phrase as (key, start, end)."""
    before: Word | None = None  # the last word that says something, while a phrase may reach over from it
    end = between = 0
    for word in _words(folded):
        gap = folded[end : word.start]
        if gap != " " and not _BESIDE.issuperset(gap):
            before = None
        end = word.end
        if word.stop:
            between += 1
            continue
        if not word.ideograph and not word.key.isdecimal():
            yield word.key, word.start, end
        if before is not None and between <= 1 and _may_pair(before, word):
            yield f"{before.key} {word.key}", before.start, end
        before, between = word, 0


def _may_pair(before: Word, word: Word) -> bool:
    if before.ideograph or word.ideograph:
        return before.ideograph and word.ideograph and before.end == word.start
    return before.key != word.key and not (before.key.isdecimal() and word.key.isdecimal())


def _words(folded: str) -> Iterator[Word]:
    if folded.isascii():
        for found in _a_plain_word().finditer(folded):
            key, stop = _keyed(found[0])
            yield Word(key, found.start(), found.end(), False, stop)
        return
    for found in _a_word().finditer(folded):
        key, stop = _keyed(found[0])
        ideograph = found.lastindex == 1
        yield Word(
            key, found.start(), found.end(), ideograph, not ideograph and (stop or found.lastindex == 2)
        )


@lru_cache(maxsize=16_384)
def _keyed(written: str) -> tuple[str, bool]:
    """The key of a word, one for singular and plural, and whether it says nothing by itself."""
    first = written.partition("'")[0]
    stem = written.removesuffix("'s")
    key = _singular(stem)
    stop = not everyday().isdisjoint((stem, first, key)) or not SHORTEST <= len(stem) <= LONGEST
    return key, stop


def _singular(word: str) -> str:
    """Without the -s of a plural (D. Harman, "How effective is suffixing?", JASIS 42 (1991), the S stemmer)."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("us", "ss", "is")):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    return word[:-1]


def _readable(raw: str) -> str:
    """A slice of the text without what hides in it."""
    kept = (
        sign if sign.isalnum() or sign in "'’-" or _is_mark(sign) else " " for sign in raw if _shows(sign)
    )
    return " ".join("".join(kept).split())


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign).startswith("M")


def _shows(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cf", "Cs", "Co", "Cn"}


@cache
def _address() -> re.Pattern[str]:
    """URLs, bare hosts with what follows them, e-mail addresses and handles."""
    return re.compile(r"\w+://\S+|[@＠]\S+|\b[\w-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}\b\S*|\bwww\.\S+")


@cache
def _a_plain_word() -> re.Pattern[str]:
    return re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")


@cache
def _a_word() -> re.Pattern[str]:
    katakana, hiragana = "\u30a1-\u30ff", "\u3041-\u309f"
    joined = f"[^\\W_{UNSPACED}]+"
    return re.compile(
        f"([^\\W_{hiragana}{katakana}{_LETTERS_WITHOUT_SPACES}\\x00-\\u0dff](?<=[{UNSPACED}]))"
        f"|([{hiragana}]+)|[{katakana}]+|{joined}(?:'{joined})*"
    )
