"""Where the queries of a file are asked: each source as the targets that it comes down to, before those that are one are joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from listener.config.marks import Marks
from listener.config.mistakes import Path
from listener.config.model import WatchedClient, WatchList
from listener.config.places import Source
from listener.config.queries import in_context
from listener.connector.contract import OptionsModel, Search
from listener.connector.purse import credential_of
from listener.connector.target import Target
from listener.domain.client import Context
from listener.domain.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One target of one source of the file.

    widened   of each client that its search stands for: what of the query the place is not asked, in sentences
    """

    path: Path
    source: Source
    target: Target
    widened: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two sources are one place with different options: `path` repeats `first` but for the options named."""

    path: Path
    first: Path
    options: tuple[str, ...]


def context_of(client: WatchedClient, marks: Marks) -> Context:
    """The client's context: what the file says and what was accepted since."""
    return client.context.to_domain(marks.of(client.key).context)


def query_of(client: WatchedClient, marks: Marks) -> Query:
    """The client's query in its context."""
    return in_context(client.asks, context_of(client, marks))


def placed(watch_lists: Iterable[WatchList], marks: Marks) -> Iterator[Placed]:
    """Every target of every source, in the order of the file; each search is worked out once."""
    for at, one in enumerate(watch_lists):
        path: Path = ("watch_lists", at)
        queries = {client.key: query_of(client, marks) for client in one.clients}
        everyone = frozenset(queries)
        for number, source in enumerate(one.sources):
            for search in _searches(source, queries):
                target = replace(
                    _target(source, search.options),
                    matched=everyone,
                    audiences=frozenset({f"list:{one.name}"}),
                )
                yield Placed(
                    path=(*path, "sources", number), source=source, target=target, widened=search.widened
                )
        for index, client in enumerate(one.clients):
            yield from _of_client((*path, "clients", index), client, queries[client.key])


def clashes(some: Iterable[Placed]) -> Iterator[Clash]:
    """Sources that are one target and disagree on what else to ask there."""
    first: dict[tuple[str, str, str], tuple[Path, OptionsModel]] = {}
    for one in some:
        before, options = first.setdefault(one.target.identity, (one.path, one.target.options))
        if options != one.target.options and before != one.path:
            yield Clash(path=one.path, first=before, options=_different(options, one.target.options))


def _of_client(path: Path, client: WatchedClient, query: Query) -> Iterator[Placed]:
    """A client's own place speaks of it anyway; what a search or everybody brings for it must still match its query."""
    heard = frozenset({client.key})
    for number, source in enumerate(client.sources):
        for search in _searches(source, {client.key: query}):
            target = replace(_target(source, search.options), audiences=frozenset({f"client:{client.key}"}))
            must_match = bool(search.clients) or source.connector.matched
            target = replace(target, matched=heard) if must_match else replace(target, direct=heard)
            yield Placed(
                path=(*path, "sources", number), source=source, target=target, widened=search.widened
            )


def _searches(source: Source, queries: Mapping[str, Query]) -> Sequence[Search[OptionsModel]]:
    """What is asked there; a place without a search, for these options, is asked for all that it has."""
    search = source.connector.search
    found = None if search is None else search(queries, source.options)
    return [Search(options=source.options, clients=())] if found is None else found


def _target(source: Source, options: OptionsModel) -> Target:
    connector = source.connector
    return Target(
        connector=connector,
        options=options,
        scope=connector.scope(options),
        credential=credential_of(options),
        every=source.every,
        name=source.name or "",
        adapts=connector.adapts and not source.fixed,
    )


def _different(one: OptionsModel, other: OptionsModel) -> tuple[str, ...]:
    return tuple(name for name in type(one).model_fields if getattr(one, name) != getattr(other, name))
