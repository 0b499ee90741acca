"""The language of queries: one lark grammar (LALR). Reference: docs/queries.md; the sentences of its errors: unreadable.py."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, cast

from listener.domain.leaves import FIELDS
from listener.domain.quick import quick_tree
from listener.domain.tree import Node, Term
from listener.domain.unreadable import SHOWN, QueryError, misplaced, refuse_oddities, shown, unreadable

if TYPE_CHECKING:
    from lark import Lark

# RAW and MEMBER stand behind a field of facts, where signs mean nothing. The tokens of the last block are read only so that they are
# refused in words. The numbers are priorities: the lexer takes the first that fits where a token may stand at all.
GRAMMAR = r"""
?start: either
either: both (_OR both)*
both: unary (_AND? unary)*
?unary: _NOT unary -> negated
      | _MINUS near -> negated
      | near
?near: atom
     | near NEAR atom -> near
?atom: "(" either ")"
     | WORD -> word
     | PHRASE -> phrase
     | HANDLE -> handle
     | TAG -> tag
     | PREFIX -> prefix
     | PART atom -> part
     | FACT value -> fact
     | LONE_NEAR -> lone_near
     | VALUELESS -> valueless
     | COLON -> colon
     | STAR -> star

?value: RAW -> value
      | PHRASE -> value
      | GLUED -> glued
      | "(" values ")"
values: all_values (_OR all_values)* -> either
all_values: one_value (_AND? one_value)* -> both
?one_value: _NOT one_value -> negated
          | _MINUS member -> negated
          | member
?member: MEMBER -> value
       | PHRASE -> value
       | GLUED -> glued
       | "(" values ")"

_AND.5: /AND(?![^\s()"“”„])/
_OR.5: /OR(?![^\s()"“”„])/
_NOT.5: /NOT(?![^\s()"“”„])/
NEAR.5: /O?NEAR\/[0-9]+(?![^\s()"“”„])/
PART.3: /(?i:title|text|author):\s*/
FACT.3: /(?i:site|lang|source|kind|url|followers|exact|domain):\s*/
PREFIX.2: /[^\s()"“”„'’‘,;:*?!+~^|&<>={}\[\]\\\/@#-][^\s()"“”„,;:*]*\*(?![^\s()"“”„])/
_MINUS.1: /-(?=[^\s-])/
PHRASE: /"[^"]*"/ | /[“„”][^“„”"]*[“”]/
HANDLE: /@\w[\w.@-]*(?<=\w)/
TAG: /#\w+/
WORD: /(?!(AND|OR|NOT|O?NEAR\/[0-9]+)(?![^\s()"“”„]))[^\s()"“”„'’‘,;:*?!+~^|&<>={}\[\]\\\/@#-][^\s()"“”„,;:*]*/
RAW: /[^\s()"“”„]+/
MEMBER: /(?!(AND|OR|NOT|O?NEAR\/[0-9]+)(?![^\s()"“”„]))[^\s()"“”„]+/

LONE_NEAR.4: /O?NEAR([\/:~0-9][^\s()"“”„]*)?(?![^\s()"“”„])|(?i:o?near\/[0-9]*)(?![^\s()"“”„])/
VALUELESS.4: /(?i:FIELDS):(?=\s*(\Z|\))|\s+(AND|OR|NOT|O?NEAR\/[0-9]+)(?![^\s()"“”„]))/
COLON.1: /[^\s()"“”„'’‘,;:*?!+~^|&<>={}\[\]\\\/@#-][^\s()"“”„,;:*]*:[^\s()"“”„]*/
STAR.1: /[^\s()"“”„,;:*-]?[^\s()"“”„,;:*]*\*[^\s()"“”„]*/
GLUED.1: /[^\s()"“”„]+(?=[("“”„])/
%ignore /\s+/
""".replace("FIELDS", "|".join(FIELDS))


_ONE_TERM = re.compile(r'\S+|(\w+:)?\s*("[^"]*"|[“„”][^“„”"]*[“”])|\w+:\s*\S+')
_NO_WORDS = re.compile(r'["“”„*]|\b\w+:|\b(AND|OR|NOT|O?NEAR(/\d+)?)\b')
_ENTRY = "write one word, one phrase, word*, @handle, #tag, exact:… or domain:…, and alternatives as entries of their own."


def parse_tree(text: str) -> Node:
    """The tree of a query's text; raises QueryError. Under a second whatever the text holds, and never deep."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if tree := quick_tree(text):
        return tree
    refuse_oddities(text)
    try:
        return cast("Node", _parser().parse(text))
    except UnexpectedCharacters as error:
        raise unreadable(text, error.line, error.column, error.allowed or ()) from None
    except UnexpectedToken as error:
        raise misplaced(text, error.token, error.accepts or error.expected) from None


def parse_term(text: str) -> Term:
    """One term of a context: a word, words as a phrase, `word*`, an @handle, a #tag, `exact:"…"` or `domain:…`. Raises QueryError."""
    refuse_oddities(text)
    tree = parse_tree(text if _ONE_TERM.fullmatch(text.strip()) else _as_phrase(text))
    if isinstance(tree, Term):
        return tree
    raise _no_term(text, f"“{shown(text)}” is a query of its own: {_ENTRY}")


def _as_phrase(text: str) -> str:
    """Words without quotes. Raises QueryError where they look like more than words."""
    if sign := _NO_WORDS.search(text):
        raise _no_term(text, f"“{shown(sign[0].strip())}” cannot stand in one entry of a context: {_ENTRY}")
    return f'"{text}"'


def _no_term(text: str, sentence: str) -> QueryError:
    return QueryError(sentence, line=1, column=1, piece=text[:SHOWN], expected=("one term",))


@cache
def _parser() -> Lark:
    from lark import Lark

    from listener.domain.building import Builder

    return Lark(GRAMMAR, parser="lalr", lexer="contextual", transformer=Builder(), maybe_placeholders=False)
