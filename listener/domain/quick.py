"""The common shape of a query, read without the grammar: plain words, phrases, handles and tags with
AND, OR, NOT, -, NEAR and parentheses.

Ten thousand changed queries are to be read within a second or two. Whatever is not of this shape, every mistake included, is
left to the grammar; a test holds the two to the same tree.
"""

from __future__ import annotations

import re
from functools import lru_cache

from listener.domain.tree import Handle, Near, Node, Or, Phrase, Tag, Word, all_of, any_of, negation
from listener.domain.unreadable import DEEPEST, MOST_NEARS

_LONGEST = 2_000
_PIECE = re.compile(
    r"""[\ \t\r\n]*(?: ([()]|O?NEAR/[0-9]{1,2}(?=[\ \t\r\n(]))
             | (-)(?=[A-Za-z0-9"@\#(])
             | (?: "([A-Za-z0-9][A-Za-z0-9\ &'.-]*)"
                 | (?!(?i:O?NEAR)) ([A-Za-z0-9](?:[A-Za-z0-9]|['&.-](?=[A-Za-z0-9]))*)
                 | ([@\#][A-Za-z0-9][A-Za-z0-9_]*)
               )(?=[\ \t\r\n)]|\Z)
           )""",
    re.VERBOSE | re.ASCII,
)
_OPERATORS = frozenset({"AND", "OR", "NOT"})


class _Other(Exception):  # noqa: N818 - no mistake: another shape
    """Another shape, or no query at all."""


def quick_tree(text: str) -> Node | None:
    """The tree of a query of the common shape; None for every other."""
    if len(text) > _LONGEST or max(text.count("("), text.count("NOT")) > DEEPEST:
        return None
    if text.count("NEAR/") > MOST_NEARS:
        return None
    try:
        pieces = _Pieces(text)
        tree = pieces.either()
    except _Other:
        return None
    return tree if pieces.at_end() else None


class _Pieces:
    """Recursive descent over the pieces of a query, each an operator, a sign or a term."""

    def __init__(self, text: str) -> None:
        self._pieces: list[str | Node] = list(_cut(text.rstrip(" \t\r\n")))
        self._index = 0

    def at_end(self) -> bool:
        return self._index == len(self._pieces)

    def either(self) -> Node:
        parts = [self._both()]
        while self._takes("OR"):
            parts.append(self._both())
        return any_of(parts)

    def _both(self) -> Node:
        parts = [self._unary()]
        while self._takes("AND") or self._goes_on():
            parts.append(self._unary())
        return all_of(parts)

    def _unary(self) -> Node:
        if self._takes("NOT"):
            return negation(self._unary())
        return negation(self._near()) if self._takes("-") else self._near()

    def _near(self) -> Node:
        left = self._atom()
        while near := self._takes_near():
            left, right = _side(left), _side(self._atom())
            left = Near(left, right, within=int(near.partition("/")[2]), ordered=near.startswith("O"))
        return left

    def _atom(self) -> Node:
        if self._takes("("):
            inner = self.either()
            if not self._takes(")"):
                raise _Other
            return inner
        piece = None if self.at_end() else self._pieces[self._index]
        if piece is None or isinstance(piece, str):
            raise _Other
        self._index += 1
        return piece

    def _takes(self, sign: str) -> bool:
        taken = not self.at_end() and self._pieces[self._index] == sign
        self._index += taken
        return taken

    def _takes_near(self) -> str | None:
        piece = None if self.at_end() else self._pieces[self._index]
        if not isinstance(piece, str) or "NEAR" not in piece:
            return None
        self._index += 1
        return piece

    def _goes_on(self) -> bool:
        return not self.at_end() and self._pieces[self._index] not in {"OR", ")"}


def _side(node: Node) -> Node:
    """What may stand beside NEAR: a term, alternatives of terms, or what stood near before."""
    terms = node.parts if isinstance(node, Or) else (node,)
    if isinstance(node, Near) or all(isinstance(term, Word | Phrase | Handle | Tag) for term in terms):
        return node
    raise _Other


def _cut(text: str) -> list[str | Node]:
    pieces: list[str | Node] = []
    index = 0
    while index < len(text):
        found = _PIECE.match(text, index)
        if found is None:
            raise _Other
        pieces.append(_piece(found))
        index = found.end()
    return pieces


def _piece(found: re.Match[str]) -> str | Node:
    operator, minus, phrase, word, sign = found.groups()
    if word:
        return word if word in _OPERATORS else _word(word)
    if phrase:
        return _phrase(phrase)
    if sign:
        return Handle(sign[1:]) if sign[0] == "@" else Tag(sign[1:])
    return str(operator or minus)


@lru_cache(maxsize=65_536)
def _word(written: str) -> Word:
    """The same word of many queries is one object: less to keep, and nearer at hand."""
    return Word(written)


@lru_cache(maxsize=65_536)
def _phrase(written: str) -> Phrase:
    return Phrase(" ".join(written.split()))
