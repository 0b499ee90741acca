"""A client's query, parsed."""

from __future__ import annotations

from dataclasses import dataclass

from listener.domain.grammar import QueryError, parse_tree
from listener.domain.tree import Node, anchors, printed, terms, ways

__all__ = ["Query", "QueryError", "parse_query"]


@dataclass(frozen=True, slots=True)
class Query:
    """What a text must hold. `text` is as the person wrote it; `str()` is canonical and parses to the same `tree`."""

    text: str
    tree: Node

    def __str__(self) -> str:
        return printed(self.tree)

    def needles(self) -> tuple[tuple[str, ...], ...]:
        """What to ask a place for: alternatives, each of terms that must all be there, as written (`@` and `#` included).

        At most 64, wider than the query and never narrower: NOT is dropped, and so is what would make too many. Where
        not even that helps (an OR of more than 64), the one alternative is empty: any text may match, so no search of
        a place can stand for this query.
        """
        return ways(self.tree) or ((),)

    def terms(self) -> tuple[str, ...]:
        """The terms that are asked for, as written, each once; what stands under NOT is not among them."""
        return tuple(dict.fromkeys(term.written for term, positive in terms(self.tree) if positive))


def parse_query(text: str) -> Query:
    """Read a query; docs/queries.md has the language. Raises QueryError, which says where and what to write instead."""
    tree = parse_tree(text)
    if anchors(tree, lambda _: 1.0) is None:
        raise QueryError(
            "This query is also true of texts that hold none of its words: each side of an OR, and the query as a "
            "whole, needs at least one word that is not behind NOT.",
            line=1,
            column=1,
            piece=text.strip()[:40],
            expected=("a word", "a phrase", "an @handle", "a #tag"),
        )
    return Query(text, tree)
