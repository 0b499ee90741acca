"""Builds the tree of a query while it is read, so that nothing walks down a deep one, and refuses what is no tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from lark import Token, Transformer, v_args

from listener.domain.leaves import FIELDS, leaf, meaningful, prefix
from listener.domain.tree import (
    And,
    Followers,
    Handle,
    In,
    Known,
    Near,
    Node,
    Not,
    Or,
    Part,
    Phrase,
    Tag,
    Word,
    all_of,
    any_of,
    negation,
)
from listener.domain.unreadable import MOST_NEARS, SHOWN, refused, shown
from listener.domain.urls import host_of

FARTHEST = 99
"""Other words between the two sides of a NEAR, at most."""

_INSTEAD = "its sides are words, phrases or groups of them joined by OR. A field goes around the whole: title:(a NEAR/5 b)."
_SUCH = {
    "title": "title:refund",
    "text": 'text:"charged twice"',
    "author": "author:@ann",
    "site": "site:globe.example",
    "lang": "lang:en",
    "source": 'source:"Globe business"',
    "kind": "kind:rss",
    "url": "url:/sports/",
    "followers": "followers:>1000",
    "exact": 'exact:"Google+"',
    "domain": "domain:mills.example",
}


@v_args(inline=True)
class Builder(Transformer[Any, Node]):
    """Builds the tree while it is read, so that nothing walks down a deep one."""

    def either(self, *parts: Node) -> Node:
        return any_of(parts)

    def both(self, *parts: Node) -> Node:
        return all_of(parts)

    def negated(self, part: Node) -> Node:
        return negation(part)

    def near(self, left: Node, operator: Token, right: Node) -> Node:
        return _near(left, operator, right)

    def word(self, token: Token) -> Node:
        return meaningful(token, Word(str(token)))

    def phrase(self, token: Token) -> Node:
        return meaningful(token, Phrase(" ".join(token[1:-1].split())))

    def handle(self, token: Token) -> Node:
        return meaningful(token, Handle(token[1:]))

    def tag(self, token: Token) -> Node:
        return meaningful(token, Tag(token[1:]))

    def prefix(self, token: Token) -> Node:
        return prefix(token)

    def part(self, field: Token, part: Node) -> Node:
        return _part(field, part)

    def value(self, token: Token) -> Token:
        return token

    def fact(self, field: Token, value: Node | Token) -> Node:
        return _each(value, lambda token: leaf(field, token))

    def glued(self, token: Token) -> Node:
        raise refused(token, f"“{shown(token)}” runs into what follows: put the whole value in quotes.")

    def lone_near(self, token: Token) -> Node:
        raise refused(token, _lone_near(token))

    def valueless(self, token: Token) -> Node:
        raise refused(
            token,
            f"Nothing stands behind “{token}”: write what is wanted, such as {_SUCH[token[:-1].lower()]}.",
        )

    def colon(self, token: Token) -> Node:
        raise refused(token, _colon(token))

    def star(self, token: Token) -> Node:
        raise refused(token, _star(token))


def _each(value: Node | Token, leaf_of: Callable[[Token], Node]) -> Node:
    """The group behind a field of facts, with a leaf for each of its values."""
    if isinstance(value, Not):
        return negation(_each(value.part, leaf_of))
    if isinstance(value, And):
        return all_of(_each(part, leaf_of) for part in value.parts)
    if isinstance(value, Or):
        return any_of(_each(part, leaf_of) for part in value.parts)
    return leaf_of(cast("Token", value))


def _part(field: Token, part: Node) -> Node:
    where = field.strip().rstrip(":").lower()
    inner = _field_in(part)
    if inner is None:
        return In(cast("Part", where), part)
    raise refused(
        field, f"“{inner}:” cannot stand inside “{where}:”: write them side by side, joined by AND."
    )


def _field_in(node: Node) -> str | None:
    """The first field inside, if there is one; what is inside that was looked through before."""
    if isinstance(node, In):
        return node.where
    if isinstance(node, Known):
        return node.fact
    if isinstance(node, Followers):
        return "followers"
    if isinstance(node, Not):
        return _field_in(node.part)
    inner = node.parts if isinstance(node, And | Or) else ()
    return next((field for part in inner if (field := _field_in(part))), None)


def _near(left: Node, operator: Token, right: Node) -> Node:
    digits = operator.partition("/")[2].lstrip("0") or "0"
    if len(digits) > len(str(FARTHEST)):
        raise refused(
            operator,
            f"“{shown(operator)}” is too far: at most {FARTHEST} words may stand between; beyond that write AND.",
        )
    for side in (left, right):
        if fault := _no_side(side):
            raise refused(operator, f"{fault} cannot be a side of {shown(operator)}: {_INSTEAD}")
    joined = Near(left, right, within=int(digits), ordered=operator.startswith("O"))
    if _nears(joined) > MOST_NEARS:
        raise refused(operator, f"More than {MOST_NEARS} NEAR are chained here: join some of them by AND.")
    return joined


def _no_side(node: Node) -> str | None:
    """What makes this no side of a NEAR."""
    if isinstance(node, Not):
        return "NOT"
    if isinstance(node, And):
        return "AND, or words without OR between them,"
    if isinstance(node, Or):
        return next((fault for part in node.parts if (fault := _no_side(part))), None)
    field = _field_in(node)
    return f"“{field}:”" if field else None


def _nears(node: Node) -> int:
    """How many NEAR stand within one another."""
    if isinstance(node, Near):
        return 1 + max(_nears(node.left), _nears(node.right))
    return max(map(_nears, node.parts)) if isinstance(node, Or) else 0


def _lone_near(token: Token) -> str:
    operator = "ONEAR/5" if token.upper().startswith("O") else "NEAR/5"
    if re.fullmatch(r"O?NEAR/[0-9]+", token):
        return f"“{shown(token)}” stands between two words or groups: write a word in front of it."
    if not token.startswith(("NEAR", "ONEAR")):
        return f"Write {shown(token.upper())} in capitals; to mean the word itself, put it in quotes."
    return (
        f"“{shown(token)}” lacks the number of words that may stand between: write it such as {operator}; "
        "to mean the word itself, put it in quotes."
    )


def _colon(token: Token) -> str:
    from difflib import get_close_matches

    if "://" in token:
        site = host_of(str(token)) or "mills.example"
        return (
            f"“{shown(token)}” is an address: write domain:{shown(site)} for what links to that site, url:… for what stands "
            "at such an address, or put it in quotes to look for it as it stands."
        )
    name = token.partition(":")[0]
    guess = get_close_matches(name[:SHOWN].lower(), FIELDS, n=1, cutoff=0.6)
    remedy = f"did you mean “{guess[0]}:”?" if guess else f"the fields are {', '.join(FIELDS)}."
    return f"“{shown(name)}:” is no field: {remedy} To look for it as it stands, put the whole in quotes."


def _star(token: Token) -> str:
    if token[0] in "@#":
        words = shown(token[1:].partition("*")[0])
        return f"A handle or tag is looked for as a whole: write {token[0]}{words or 'name'}, or {words or 'word'}* for words that begin so."
    return (
        f"In “{shown(token)}” the * does not end a word: it stands only there, as in refund*. To look for a * as it "
        "stands, put the whole in quotes."
    )
