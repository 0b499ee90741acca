"""A client's query, parsed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from listener.domain.anchors import is_anchored
from listener.domain.client import Client
from listener.domain.grammar import parse_term, parse_tree
from listener.domain.tree import Node, Term, all_of, any_of, negation, printed
from listener.domain.unreadable import QueryError

__all__ = ["Query", "QueryError", "client_query", "parse_query"]


@dataclass(frozen=True, slots=True)
class Query:
    """What a text must hold. `text` is as the person wrote it; `str()` is canonical and parses to the same `tree`.

    `any_of` and `none_of` are the terms of the client's context; `asked` is the tree with them.
    """

    text: str
    tree: Node
    any_of: tuple[Term, ...] = ()
    none_of: tuple[Term, ...] = ()

    @property
    def asked(self) -> Node:
        """What a text is really asked: the query, one of `any_of`, and none of `none_of`."""
        wanted = (any_of(self.any_of),) if self.any_of else ()
        return all_of((self.tree, *wanted, *map(negation, self.none_of)))

    def __str__(self) -> str:
        return printed(self.tree)


def parse_query(text: str) -> Query:
    """Read a query; docs/queries.md has the language. Raises QueryError, which says where and what to write instead."""
    tree = parse_tree(text)
    if not is_anchored(tree):
        raise QueryError(
            "This query is also true of texts that hold none of its words: each side of an OR, and the query as a "
            "whole, needs at least one word, phrase, author, domain, site or address that is not behind NOT.",
            line=1,
            column=1,
            piece=text.strip()[:40],
            expected=("a word", "a phrase", "an @handle", "a #tag"),
        )
    return Query(text, tree)


def client_query(client: Client) -> Query:
    """A client's query with its context. Raises QueryError."""
    return replace(
        parse_query(client.query),
        any_of=tuple(map(parse_term, client.context.any_of)),
        none_of=tuple(map(parse_term, client.context.none_of)),
    )
