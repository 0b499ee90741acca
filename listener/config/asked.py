"""The queries of a configuration, each with its client, its place in the file and what it is asked of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from listener.config.config import Config
from listener.config.mistakes import Path
from listener.config.model import WatchedClient, WatchList
from listener.config.placed import query_of
from listener.domain.needle import needle
from listener.domain.query import Query
from listener.domain.tree import And, Exact, Handle, Node, Not, Or, Phrase, Prefix, Tag, Word

Name = Word | Phrase | Handle | Tag | Prefix | Exact
"""A term that can be a client's name in a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One client's query. `path` is the client's; `kinds` are those of the sources whose items it is asked of.

    A client's own place without a search is none of them: all that it brings is stored.
    """

    path: Path
    client: WatchedClient
    query: Query
    kinds: frozenset[str]

    @property
    def place(self) -> Path:
        """Where the query stands: its own key, or the name that stands for it."""
        return (*self.path, "query" if self.client.query is not None else "name")

    def place_of(self, term: Name) -> Path:
        """Where this term of the query stands, as closely as the file has it."""
        if self.client.query is None:
            folded = needle(term.written).text
            for at, alias in enumerate(self.client.aliases):
                if needle(alias).text == folded != needle(self.client.name).text:
                    return (*self.path, "aliases", at)
        return self.place


def asked(config: Config) -> Iterator[Asked]:
    """Every query that is asked of anything, in the order of the file."""
    for at, one in enumerate(config.watch_lists):
        for index, client in enumerate(one.clients):
            if kinds := _kinds(one, client):
                query = query_of(client, config.marks)
                yield Asked(
                    path=("watch_lists", at, "clients", index), client=client, query=query, kinds=kinds
                )


def enough(query: Query) -> tuple[Name, ...]:
    """The terms each of which alone makes a text match, if nothing that is excluded stands there as well."""
    return () if query.any_of else tuple(dict.fromkeys(_enough(query.tree)))


def _enough(node: Node) -> Iterator[Name]:
    if isinstance(node, Or):
        for part in node.parts:
            yield from _enough(part)
    elif isinstance(node, And):
        needed = [part for part in node.parts if not isinstance(part, Not)]
        if len(needed) == 1:
            yield from _enough(needed[0])
    elif isinstance(node, Name):
        yield node


def _kinds(one: WatchList, client: WatchedClient) -> frozenset[str]:
    searched = (source for source in client.sources if source.connector.search)
    return frozenset(source.connector.kind for source in (*one.sources, *searched))
