"""Which terms of a query are names of the client, and which only say what else a text must hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from listener.domain.needle import needle
from listener.domain.tree import And, Domain, Exact, In, Node, Not, Or, Phrase, Prefix, Term, Word, terms


def name_terms(tree: Node, names: Collection[str]) -> Iterator[Term]:
    """The terms each of which alone makes the query true, those that hold one of `names`, and the alternatives to them.

    So `Mills AND refund` has one name, `"Mills Supply" OR Millie` two, and so has `(Mills OR Millie) AND refund`. What is
    excluded is none.
    """
    known = [needle(name) for name in names]

    def holds(term: Term) -> bool:
        text = needle(_said(term)).text
        return any(name.text and name.occurs(text) for name in known)

    alone = set(_alone(tree, holds))
    for term, positive in terms(tree):
        if positive and (term in alone or holds(term)):
            yield term


def _alone(node: Node, holds: Callable[[Term], bool]) -> Iterator[Term]:
    if isinstance(node, Or):
        for part in node.parts:
            yield from _alone(part, holds)
    elif isinstance(node, And):
        needed = [part for part in node.parts if not isinstance(part, Not)]
        named = needed if len(needed) == 1 else [part for part in needed if _names(part, holds)]
        for part in named:
            yield from _alone(part, holds)
    elif isinstance(node, In):
        if node.where != "author":
            yield from _alone(node.part, holds)
    elif isinstance(node, Term):
        yield node


def _names(node: Node, holds: Callable[[Term], bool]) -> bool:
    """Whether it is a choice between names."""
    return isinstance(node, Or) and any(isinstance(part, Term) and holds(part) for part in node.parts)


def _said(term: Term) -> str:
    """The words of a term as they stand in a text."""
    if isinstance(term, Word | Phrase | Prefix | Exact):
        return term.text
    return term.host if isinstance(term, Domain) else term.name
