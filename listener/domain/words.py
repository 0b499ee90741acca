"""How a text is read: one folded form that queries, names and hashes are all compared in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

BARRIER = "\0"
"""Stands between title and text: no phrase reaches over it."""

LONG = 40
"""Words from which on the same text is one story whoever wrote it; thirty people writing "Acme is down" are thirty."""

_UNREADABLE = "\ufffd"
_AS_WRITTEN = (
    "™℠"  # their compatibility forms are letters and would grow onto the word: Acme™ is not "acmetm"
)
_INVISIBLE = frozenset(
    "\u034f\u0640\u07fa\u115f\u1160\u17b4\u17b5\u3164\uffa0"
)  # \u0640 only stretches a word
_PLAINER = {
    **dict.fromkeys("‘’‛ʼ′´＇", "'"),
    **dict.fromkeys("‐‑‒–−", "-"),  # 7‑Eleven is often set with one of these
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ħ": "h",
    "ŧ": "t",
    "ð": "d",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
_CACHED_CHARACTERS = 50_000
_ASCII = frozenset(map(chr, range(128)))
_FEW = 8
"""Different characters beyond ASCII up to which replacing one after the other is faster. No folded form is folded further."""

_SHORT = 5
"""Characters of a run up to which its folding is remembered: an é, an apostrophe."""

UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts that put no space between words, and Hangul, whose particles grow onto the name: found as substrings. The inside of a
character class.
"""


def normalise(text: str) -> str:
    """The folded form: NFKC, case and diacritics folded, invisible characters gone, apostrophes and hyphens alike,
    every run of white space one space, none at the ends. Linear in the length.
    """
    if not text.isascii():
        text = _without_foreign(unicodedata.normalize("NFC", text))
    folded = text.lower()
    if folded.isprintable() and "  " not in folded:  # nothing to split at but single spaces: half the price
        return folded.strip(" ")
    return " ".join(folded.split())


def offsets(text: str, folded: str) -> tuple[Sequence[int], Sequence[int]]:
    """For each character of `folded`, which is `normalise(text)`, where in `text` it starts and ends."""
    if len(text) == len(folded) and _is_one_to_one(text):
        return range(len(text)), range(1, len(text) + 1)
    starts: list[int] = []
    ends: list[int] = []
    gap: tuple[int, int] | None = None
    for start, end, piece in _pieces(text):
        if piece.isspace():
            gap = gap or (start, end)
            continue
        if gap and starts:
            starts.append(gap[0])
            ends.append(gap[1])
        gap = None
        if len(piece) == end - start:
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        else:
            starts.extend([start] * len(piece))
            ends.extend([end] * len(piece))
    return starts, ends


def is_word(character: str) -> bool:
    """Whether a folded character continues a word. Characters of unspaced scripts do not; nor do `_`, `'` and signs."""
    if character.isascii():
        return character.isalnum()
    letter = character.isalnum() or unicodedata.category(character).startswith("M")
    return letter and not is_unspaced(character)


def is_unspaced(character: str) -> bool:
    """Whether it is of a script that puts no space between words."""
    return _unspaced().match(character) is not None


def words(text: str) -> list[str]:
    """The folded words in order, without signs; each character of an unspaced script is one."""
    folded = normalise(text)
    if not folded.isascii() and _perhaps_unspaced().search(folded):
        return _a_word().findall(folded)
    found: list[str] = []
    for piece in folded.split(" "):  # most pieces are words as they stand; the pattern is for the others
        if piece.isalnum():
            found.append(piece)
        else:
            found += _a_spaced_word().findall(piece)
    return found


@lru_cache(maxsize=4)
def said(text: str) -> tuple[str, ...]:
    """The words of a text that several ask for in turn: what it is known again by, its story, its sketch."""
    return tuple(words(text))


def word_starts(folded: str) -> list[int]:
    """Where the words of a folded text begin, as a person counts them: `don't` and `Mills's` are one each; so is each character
    of an unspaced script.
    """
    if folded.isascii():
        return [word.start() for word in _a_counted_spaced_word().finditer(folded)]
    found = _a_counted_word().finditer(folded)
    return [
        word.start() for word in found if word.lastindex is None or not _marked_before(folded, word.start())
    ]


def has_substance(text: str) -> bool:
    """Whether there is a letter, a digit or a symbol such as an emoji: something that can name somebody."""
    return any(character.isalnum() or unicodedata.category(character) in {"So", "Sc"} for character in text)


def _marked_before(folded: str, start: int) -> bool:
    """Whether what seems to begin here goes on behind a mark, as most Indian words do."""
    before = folded[start - 1 : start]
    return not before.isascii() and is_word(before)


class _Folds(dict[str, str]):
    """Character to its folded form, worked out when first met; bounded, so that hostile texts cannot fill the memory."""

    def __missing__(self, character: str) -> str:
        folded = _fold_character(character)
        if len(self) < _CACHED_CHARACTERS:
            self[character] = folded
        return folded


_FOLDS = _Folds(_PLAINER | {sign: sign for sign in _AS_WRITTEN})


def _without_foreign(text: str) -> str:
    """The text with all but its ASCII letters folded: mostly a curly apostrophe and an emoji, each replaced at once."""
    foreign = set(text) - _ASCII
    if len(foreign) > _FEW:
        return _foreign().sub(lambda run: _folded(run[0]), text)
    for character in foreign:
        text = text.replace(character, _FOLDS[character])
    return text


def _folded(text: str) -> str:
    return "".join(map(_FOLDS.__getitem__, text))


def _fold_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":  # half of a pair: no encoder takes it
        return _UNREADABLE
    if category == "Cf" or character in _INVISIBLE or _is_selector(character):
        return ""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).casefold())
    kept = "".join(_PLAINER.get(part, part) for part in spread if not _is_diacritic(part))
    return unicodedata.normalize("NFC", kept)


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _is_diacritic(character: str) -> bool:
    """Accents, points and harakat; not the marks that make another letter of it (kana voicing, nukta, Thai vowels)."""
    combining = unicodedata.combining(character)
    return 10 <= combining <= 36 or combining >= 200


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """The text in pieces that fold independently: (start, end, folded), white space apart but for single spaces in plain text."""
    for run in _runs().finditer(text):
        start, end = run.span()
        if run[0].isascii():
            yield start, end, run[0].lower()
        elif end - start < _SHORT:
            for first, last, character in _short_run(run[0]):
                yield start + first, start + last, character
        elif _is_one_to_one(run[0]) and (folded := _folded(run[0])).split() == [folded]:
            yield start, end, folded
        else:
            for first, last, character in _foreign_run(run[0]):
                yield start + first, start + last, character


def _foreign_run(run: str) -> Iterator[tuple[int, int, str]]:
    for start, end in _clusters(run):
        for character in _folded(unicodedata.normalize("NFC", run[start:end])):
            yield start, end, character


@lru_cache(maxsize=4_096)
def _short_run(run: str) -> tuple[tuple[int, int, str], ...]:
    return tuple(_foreign_run(run))


def _is_one_to_one(text: str) -> bool:
    """Whether each character folds to one by itself: most texts do."""
    if text.isascii():
        return True
    runs = _foreign().findall(text)
    return unicodedata.is_normalized("NFC", text) and all(
        len(_FOLDS[sign]) == 1 for run in runs for sign in run
    )


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """A character with the marks and the Hangul letters that follow it and may compose with it."""
    start = 0
    for index in range(1, len(text)):
        if not joins(text[index]):
            yield start, index
            start = index
    yield start, len(text)


def joins(character: str) -> bool:
    """Whether it may become one letter with what stands before it: a mark, a Hangul vowel or final."""
    if character.isascii():
        return False
    return unicodedata.category(character).startswith("M") or "\u1160" <= character <= "\u11ff"


@cache
def _foreign() -> re.Pattern[str]:
    return re.compile(r"[^\x00-\x7f]+")


@cache
def _runs() -> re.Pattern[str]:
    """Plain words, plain white space, and the rest with the one character before it that it may compose with."""
    plain = r"[^\s\x80-\U0010ffff]"
    return re.compile(rf"{plain}+(?: {plain}+)*(?![^\x00-\x7f])|{plain}?[^\x00-\x7f]+|\s+")


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]")


@cache
def _perhaps_unspaced() -> re.Pattern[str]:
    """Where any unspaced script could be; signs such as dashes and quotes are not. One range is searched fast, twenty are not."""
    return re.compile("[\u0e00-\u1fff\u2e80-\U0003ffff]")


@cache
def _a_spaced_word() -> re.Pattern[str]:
    return re.compile(r"[^\W_]+")


@cache
def _a_word() -> re.Pattern[str]:
    return re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")


@cache
def _a_counted_word() -> re.Pattern[str]:
    letters = rf"[^\W_{UNSPACED}]+"
    return re.compile(rf"[{UNSPACED}]|({letters}(?:'{letters})*)")


@cache
def _a_counted_spaced_word() -> re.Pattern[str]:
    return re.compile(r"[^\W_]+(?:'[^\W_]+)*", re.ASCII)
