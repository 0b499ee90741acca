"""The language of queries: one lark grammar (LALR), and its errors as sentences. Reference: docs/queries.md."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, cast

from listener.domain.needle import needle
from listener.domain.tree import Handle, Node, Phrase, Tag, Term, Word, all_of, any_of, negation
from listener.domain.words import has_substance

if TYPE_CHECKING:
    from lark import Lark, Token

LONGEST = 50_000
"""Characters in one query; longer ones belong into several clients or aliases."""

MOST = 4_000
"""Words, phrases and operators in one query: what is read in well under a second."""

DEEPEST = 40
"""Parentheses within parentheses."""

# NEAR, FIELD and WILDCARD are read so that they are refused in words until they mean something.
GRAMMAR = r"""
?start: either
either: both (_OR both)*
both: unary (_AND? unary)*
?unary: _NOT unary -> negated
      | _MINUS atom -> negated
      | atom
?atom: "(" either ")"
     | WORD -> word
     | PHRASE -> phrase
     | HANDLE -> handle
     | TAG -> tag
     | NEAR -> later
     | FIELD -> later
     | WILDCARD -> later

_AND.3: /AND(?![^\s()"“”„])/
_OR.3: /OR(?![^\s()"“”„])/
_NOT.3: /NOT(?![^\s()"“”„])/
NEAR.3: /O?NEAR(\/\d*)?(?![^\s()"“”„])/
FIELD.2: /[A-Za-z_]+:[^\s()"“”„]*/
WILDCARD.2: /[^\s()"“”„,;:*@#-][^\s()"“”„,;:*]*\*[^\s()"“”„]*/
_MINUS: /-(?=[^\s-])/
PHRASE: /"[^"]*"/ | /[“„”][^“„”"]*[“”]/
HANDLE: /@\w[\w.@-]*(?<=\w)/
TAG: /#\w+/
WORD: /[^\s()"“”„'’‘,;:*?!+~^|&<>={}\[\]\\\/@#-][^\s()"“”„,;:*]*/
%ignore /\s+/
"""

_NAMES = {
    "WORD": "a word",
    "PHRASE": 'a "phrase"',
    "HANDLE": "an @handle",
    "TAG": "a #tag",
    "LPAR": "“(”",
    "RPAR": "“)”",
    "_AND": "AND",
    "_OR": "OR",
    "_NOT": "NOT",
    "_MINUS": "-word",
    "$END": "the end",
}
_HINTS = {
    ",": "A comma means nothing here: write OR between alternatives.",
    ";": "A semicolon means nothing here: write OR between alternatives.",
    "'": 'A phrase stands in double quotes: "like this".',
    "’": 'A phrase stands in double quotes: "like this".',
    "‘": 'A phrase stands in double quotes: "like this".',
    "&": 'Write AND, or put a name with this sign in quotes: "AT&T".',
    "|": "Write OR between alternatives.",
    "!": "Write NOT before what must not be there, or put a name with this sign in quotes.",
    "+": "Every word is needed unless OR stands between; a name with this sign goes in quotes.",
    "-": "“-” stands directly before the one word, phrase or group that it excludes.",
    '"': "The quote that opens here is never closed.",
    "“": "The quote that opens here is never closed.",
    "„": "The quote that opens here is never closed.",
    "”": "The quote that opens here is never closed.",
    "@": "A handle is an @ with its name directly behind it; anything else with this sign goes in quotes.",
    "#": "A tag is a # with its name directly behind it; anything else with this sign goes in quotes.",
}


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


def parse_tree(text: str) -> Node:
    """The tree of a query's text; raises QueryError. Under a second whatever the text holds, and never deep."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    _refuse_oddities(text)
    try:
        return cast("Node", _parser().parse(text))
    except UnexpectedCharacters as error:
        raise _unreadable(text, error.line, error.column, error.allowed or ()) from None
    except UnexpectedToken as error:
        raise _misplaced(text, error.token, error.expected) from None


def parse_term(text: str) -> Term:
    """One term of a context: a word, words as a phrase, `word*`, an @handle, a #tag, `exact:"…"` or `domain:…`. Raises QueryError."""
    tree = parse_tree(text if len(text.split()) <= 1 or '"' in text else f'"{text}"')
    if not isinstance(tree, Term):
        raise QueryError(
            "a context holds single terms: words, phrases, handles or tags.",
            line=1,
            column=1,
            piece=text[:40],
        )
    return tree


def _refuse_oddities(text: str) -> None:
    if len(text) > LONGEST:
        sentence = f"The query has {len(text):,} characters; at most {LONGEST:,} are read: split it over several clients."
        raise QueryError(sentence, line=1, column=1, piece=text[:20])
    if not text.strip():
        raise QueryError(
            "The query is empty: write at least one word.", line=1, column=1, expected=("a word",)
        )
    if odd := re.search(r"[^\S \t\r\n]|[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]", text.replace("\xa0", " ")):
        _refuse(text, odd.start(), f"The character U+{ord(odd[0]):04X} cannot be part of a query: remove it.")
    depth = 0
    for count, piece in enumerate(re.finditer(r'"[^"]*"|[()]|[^\s()"]+', text)):
        depth += {"(": 1, ")": -1}.get(piece[0], 0)
        if depth > DEEPEST:
            _refuse(
                text, piece.start(), f"Parentheses are nested over {DEEPEST} deep here: write it flatter."
            )
        if count >= MOST:
            _refuse(
                text,
                piece.start(),
                f"The query goes on after {MOST:,} pieces: split it over several clients.",
            )


def _refuse(text: str, index: int, sentence: str) -> NoReturn:
    line = text.count("\n", 0, index) + 1
    column = index - text.rfind("\n", 0, index)
    raise QueryError(sentence, line=line, column=column, piece=text[index : index + 1])


def _unreadable(text: str, line: int, column: int, allowed: Collection[str]) -> QueryError:
    """No token begins here."""
    piece = text.split("\n")[line - 1][column - 1 : column + 19]
    expected = _expected(allowed)
    hint = _HINTS.get(
        piece[:1], f"“{piece[:1]}” cannot begin a word: put it in quotes if it is meant as it stands."
    )
    return QueryError(hint, line=line, column=column, piece=piece, expected=expected)


def _misplaced(text: str, token: Token, allowed: Collection[str]) -> QueryError:
    """A token that is none too many, or too early."""
    expected = _expected(allowed)
    wanted = (
        f"expected {', '.join(expected[:-1])} or {expected[-1]}"
        if expected[1:]
        else f"expected {expected[0]}"
    )
    if token.type == "$END":
        line, column, piece = text.count("\n") + 1, len(text) - text.rfind("\n"), ""
        sentence = "A “(” is never closed." if "RPAR" in allowed else f"The query ends too early: {wanted}."
    else:
        line, column, piece = token.line or 1, token.column or 1, str(token)
        sentence = f"“{piece[:40]}” cannot stand here: {wanted}."
        if token.type == "RPAR" and "LPAR" not in allowed:
            sentence = "This “)” closes nothing: no “(” is open."
    return QueryError(sentence, line=line, column=column, piece=piece, expected=expected)


def _expected(terminals: Collection[str]) -> tuple[str, ...]:
    return tuple(name for terminal, name in _NAMES.items() if terminal in terminals) or ("a word",)


@cache
def _parser() -> Lark:
    from lark import Lark, Transformer, v_args

    @v_args(inline=True)
    class Builder(Transformer[Any, Node]):
        """Builds the tree while it is read, so that nothing walks down a deep one."""

        def either(self, *parts: Node) -> Node:
            return any_of(parts)

        def both(self, *parts: Node) -> Node:
            return all_of(parts)

        def negated(self, part: Node) -> Node:
            return negation(part)

        def word(self, token: Token) -> Node:
            return _meaningful(token, Word(str(token)))

        def phrase(self, token: Token) -> Node:
            return _meaningful(token, Phrase(" ".join(token[1:-1].split())))

        def handle(self, token: Token) -> Node:
            return _meaningful(token, Handle(token[1:]))

        def tag(self, token: Token) -> Node:
            return _meaningful(token, Tag(token[1:]))

        def later(self, token: Token) -> Node:
            raise QueryError(
                _not_yet(token), line=token.line or 1, column=token.column or 1, piece=str(token)
            )

    return Lark(GRAMMAR, parser="lalr", lexer="basic", transformer=Builder(), maybe_placeholders=False)


def _meaningful(token: Token, term: Term) -> Term:
    if has_substance(needle(term.written).text):
        return term
    sentence = f"{token[:40]} holds no letter, digit or emoji, so it can name nobody."
    raise QueryError(sentence, line=token.line or 1, column=token.column or 1, piece=str(token))


def _not_yet(token: Token) -> str:
    if token.type == "NEAR":
        return f"{token} is not understood yet: join the words by AND, or put it in quotes to mean the word itself."
    if token.type == "FIELD":
        return f"The field “{token}” is not understood yet: leave it out, or put the whole in quotes to mean it as it stands."
    return f"“{token[:40]}” is a wildcard, which is not understood yet: write the words out, joined by OR."
