"""Doubts about queries that can never be true, or have parts that do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from listener.config.asked import Asked
from listener.config.doubts import Doubt
from listener.config.mistakes import plain
from listener.config.terms import same, term
from listener.domain.possible import Idle, idle, possible
from listener.domain.tree import And, Known, Node, Not, Or, Term, all_of, printed

MOST_TOLD = 5
"""Idle alternatives that are told of one query; the rest is counted."""

_PAIRS = 500


def never(one: Asked) -> Doubt | None:
    """Why this query, in its context, can never be true; None where it can."""
    tree = one.query.tree
    if possible(one.query.asked, kinds=one.kinds):
        return None
    if not possible(tree):
        return one.place, f"this query can never be true: {_why(tree)}"
    if not possible(tree, kinds=one.kinds):
        return one.place, f"this query can never be true: {_unheard(tree, one.kinds)}"
    why = _why(one.query.asked)
    return (*one.path, "context"), f"with this context the query can never be true: {why}"


def hollow(one: Asked) -> Iterator[Doubt]:
    """What parts of a possible query, and of its context, never come to anything."""
    yield from _idle(one)
    yield from _context(one)


def _why(tree: Node) -> str:
    """The first two parts that contradict each other, where there are two."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    for left, right in islice(combinations(parts, 2), _PAIRS):
        if not possible(all_of((left, right))):
            return f"{_shown(left)} and {_shown(right)} exclude each other"
    return "what it asks for, it excludes"


def _unheard(tree: Node, kinds: frozenset[str]) -> str:
    wanted = ", ".join(sorted(_kinds(tree) - kinds)) or "such a kind"
    return f"none of its sources is of kind {wanted}: they are {', '.join(sorted(kinds))}"


def _kinds(node: Node) -> set[str]:
    if isinstance(node, And | Or):
        return set().union(*map(_kinds, node.parts))
    return {node.value} if isinstance(node, Known) and node.fact == "kind" else set()


def _idle(one: Asked) -> Iterator[Doubt]:
    """Of a query that was made of a name and its aliases only what can never be true: that one name holds another is no mistake."""
    found = [
        part
        for part in idle(one.query.tree, kinds=one.kinds)
        if part.covered is None or one.client.query is not None
    ]
    for part in found[:MOST_TOLD]:
        yield one.place, _said(part, one.kinds)
    if len(found) > MOST_TOLD:
        yield one.place, f"{len(found) - MOST_TOLD} more alternatives of this query do nothing"


def _said(part: Idle, kinds: frozenset[str]) -> str:
    if part.covered == part.branch:
        return f"{_shown(part.branch)} stands here twice: keep one of them"
    if part.covered is not None:
        return f"{_shown(part.branch)} finds nothing that {_shown(part.covered)} does not find: leave it out"
    if not possible(part.branch, kinds=kinds) and possible(part.branch):
        return f"{_shown(part.branch)} can never be true here: {_unheard(part.branch, kinds)}"
    return f"{_shown(part.branch)} can never be true here: leave it out, or put right what excludes it"


def _context(one: Asked) -> Iterator[Doubt]:
    """Terms that a client's own context holds for nothing."""
    tree, context = one.query.tree, one.client.context
    unwanted = {same(printed(part)) for part in one.query.none_of}
    for side, texts in (("any_of", context.any_of), ("none_of", context.none_of)):
        seen: set[str] = set()
        for at, text in enumerate(texts):
            said = None
            if same(text) in seen:
                said = "stands here twice: keep one of them"
            elif side == "any_of" and same(text) in unwanted:
                said = "is excluded by what was marked, so it lets nothing in"
            else:
                said = _needless(tree, term(text), wanted=side == "any_of")
            seen.add(same(text))
            if said:
                yield (*one.path, "context", side, at), f"“{plain(text)}” {said}"


def _needless(tree: Node, text: Term, *, wanted: bool) -> str | None:
    if not possible(all_of((tree, text))):
        if wanted:
            return "never stands in what the query finds, so it lets nothing in"
        return "never stands in what the query finds, so it keeps nothing out"
    if wanted and not possible(all_of((tree, Not(text)))):
        return "stands in all that the query finds, so the context asks for nothing: leave it out"
    return None


def _shown(node: Node) -> str:
    return f"“{plain(printed(node), most=80)}”"
