"""Queries that cannot be read: where it is, what stands there, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from lark import Token

LONGEST = 50_000
"""Characters in one query; longer ones belong into several clients or aliases."""

MOST = 4_000
"""Words, phrases and values in one query: what is read in well under a second."""

DEEPEST = 40
"""Parentheses within parentheses."""

MOST_NEARS = 10
"""NEAR within NEAR: each passes over the text again, and nobody means more."""

SHOWN = 40
"""Characters of a piece that a sentence repeats."""

_NAMES = {
    "WORD": "a word",
    "PHRASE": 'a "phrase"',
    "HANDLE": "an @handle",
    "TAG": "a #tag",
    "PART": "a field such as title:",
    "RAW": "a value",
    "MEMBER": "a value",
    "LPAR": "“(”",
    "RPAR": "“)”",
    "_AND": "AND",
    "_OR": "OR",
    "_NOT": "NOT",
    "_MINUS": "-word",
    "NEAR": "NEAR/5",
    "$END": "the end",
}
_QUOTE = "The quote that opens here is never closed."
_PHRASE = 'A phrase stands in double quotes: "like this".'
_HINTS = {
    ",": "A comma means nothing here: write OR between alternatives.",
    ";": "A semicolon means nothing here: write OR between alternatives.",
    **dict.fromkeys("'’‘", _PHRASE),
    **dict.fromkeys('"“„”', _QUOTE),
    "&": 'Write AND, or put a name with this sign in quotes: "AT&T".',
    "|": "Write OR between alternatives.",
    "!": "Write NOT before what must not be there, or put a name with this sign in quotes.",
    "+": "Every word is needed unless OR stands between; a name with this sign goes in quotes.",
    "-": "“-” stands directly before the one word, phrase or group that it excludes.",
    "@": "A handle is an @ with its name directly behind it; anything else with this sign goes in quotes.",
    "#": "A tag is a # with its name directly behind it; anything else with this sign goes in quotes.",
    ":": "A “:” stands only directly behind the name of a field, as in title:refund; anything else with this sign goes in quotes.",
}
_VALUES = {"RAW", "MEMBER", "GLUED"}
"""What stands behind a field; anywhere else it is no word, whatever it is."""
_ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PIECE = re.compile(r'"[^"]*"|[“„”][^“„”"]*[“”]|[()]|[^\s()"“”„]+')
_NO_TERM = re.compile(r"[()]|AND|OR|NOT|O?NEAR/\d+")


class QueryError(ValueError):
    """A query that cannot be read; `str()` is a sentence with the place and the remedy.

    `line` and `column` count from 1, `piece` is what stands there, `expected` is what could have stood there.
    """

    def __init__(
        self, sentence: str, *, line: int, column: int, piece: str = "", expected: Sequence[str] = ()
    ) -> None:
        super().__init__(f"Line {line}, column {column}: {sentence}")
        self.line = line
        self.column = column
        self.piece = piece
        self.expected = tuple(expected)


def shown(piece: str) -> str:
    """A piece of a query as a sentence repeats it: at most 40 characters."""
    return piece if len(piece) <= SHOWN else piece[: SHOWN - 1] + "…"


def refused(token: Token, sentence: str, *expected: str) -> QueryError:
    """A token that the grammar knows only to refuse it, or whose value is none."""
    return QueryError(
        sentence, line=token.line or 1, column=token.column or 1, piece=str(token).strip(), expected=expected
    )


def refuse_oddities(text: str) -> None:
    """Raise QueryError for what is not worth parsing: nothing, too much, too deep, or characters that nobody types."""
    if len(text) > LONGEST:
        sentence = f"The query has {len(text):,} characters; at most {LONGEST:,} are read: split it over several clients."
        raise QueryError(sentence, line=1, column=1, piece=text[:20])
    if not text.strip():
        raise QueryError(
            "The query is empty: write at least one word.", line=1, column=1, expected=("a word",)
        )
    if odd := _ODD.search(text):
        _refuse(text, odd.start(), f"The character U+{ord(odd[0]):04X} cannot be part of a query: remove it.")
    depth = count = 0
    for piece in _PIECE.finditer(text):
        depth += {"(": 1, ")": -1}.get(piece[0], 0)
        count += _NO_TERM.fullmatch(piece[0]) is None
        if depth > DEEPEST:
            sentence = f"Parentheses are nested over {DEEPEST} deep here: write it flatter."
            _refuse(text, piece.start(), sentence)
        if count > MOST:
            sentence = f"The query goes on after {MOST:,} words: split it over several clients."
            _refuse(text, piece.start(), sentence)


def _refuse(text: str, index: int, sentence: str) -> NoReturn:
    line = text.count("\n", 0, index) + 1
    column = index - text.rfind("\n", 0, index)
    raise QueryError(sentence, line=line, column=column, piece=text[index : index + 1])


def unreadable(text: str, line: int, column: int, allowed: Collection[str]) -> QueryError:
    """No token begins here."""
    piece = text.split("\n")[line - 1][column - 1 : column + 19]
    sign = piece[:1]
    hint = _HINTS.get(sign, f"“{sign}” cannot begin a word: put it in quotes if it is meant as it stands.")
    return QueryError(hint, line=line, column=column, piece=piece, expected=_expected(allowed))


def misplaced(text: str, token: Token, allowed: Collection[str]) -> QueryError:
    """A token that is none too many, or too early."""
    line, column = token.line or 1, token.column or 1
    if token.type == "$END":
        return _ended(text, allowed)
    if token.type in _VALUES:
        return unreadable(text, line, column, allowed)
    expected = _expected(allowed)
    sentence = f"“{shown(token.strip())}” cannot stand here: expected {_listed(expected)}."
    if token.type == "RPAR" and "LPAR" not in allowed:
        sentence = "This “)” closes nothing: no “(” is open."
    return QueryError(sentence, line=line, column=column, piece=str(token), expected=expected)


def _ended(text: str, allowed: Collection[str]) -> QueryError:
    expected = _expected(allowed)
    sentence = f"The query ends too early: expected {_listed(expected)}."
    if "RPAR" in allowed:
        sentence = "A “(” is never closed."
    line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    return QueryError(sentence, line=line, column=column, expected=expected)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if names[1:] else names[0]


def _expected(terminals: Collection[str]) -> tuple[str, ...]:
    return tuple(name for terminal, name in _NAMES.items() if terminal in terminals) or ("a word",)
