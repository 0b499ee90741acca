"""What a configuration comes down to: clients, the targets to poll, who is told what, and what needs a restart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from listener.config.config import Config
from listener.config.marks import Marks
from listener.config.mistakes import Path
from listener.config.model import WatchedClient, WatchList
from listener.config.places import Source
from listener.config.queries import in_context
from listener.connector.contract import OptionsModel
from listener.connector.target import Target
from listener.domain.client import Client, Context
from listener.domain.query import Query
from listener.domain.rules import Watched

Identity = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two sources are one place with different options: `path` repeats `first` but for the options named."""

    path: Path
    first: Path
    options: tuple[str, ...]


def clients(config: Config) -> tuple[Client, ...]:
    """Every client of every list, in the order of the file."""
    return tuple(_client(config, one, client) for one in config.watch_lists for client in one.clients)


def context_of(client: WatchedClient, marks: Marks) -> Context:
    """The client's context: what the file says and what was accepted since."""
    return client.context.to_domain(marks.of(client.key).context)


def query_of(client: WatchedClient, marks: Marks) -> Query:
    """The client's query in its context."""
    return in_context(client.asks, context_of(client, marks))


def watched(config: Config) -> Mapping[str, Watched]:
    """By client id: its rules, its owner, and the receivers of its alerts that are on."""
    places = {(kind, scope): name for (kind, scope, _), name in names(config).items()}
    return {
        client.key: _watched(config, one, client, places)
        for one in config.watch_lists
        for client in one.clients
    }


def targets(config: Config) -> tuple[Target, ...]:
    """Every place to poll, once each: the shortest cadence wins, the clients of all its sources are heard."""
    merged: dict[Identity, Target] = {}
    for _, _, target in _placed(config.watch_lists, config.marks):
        known = merged.get(target.identity)
        merged[target.identity] = _joined(known, target) if known else target
    return tuple(merged.values())


def names(config: Config) -> Mapping[Identity, str]:
    """What a person calls a target, where the file gives its source a name."""
    named: dict[Identity, str] = {}
    for _, source, target in _placed(config.watch_lists, config.marks):
        if source.name:
            named.setdefault(target.identity, source.name)
    return named


def clashes(watch_lists: Iterable[WatchList], marks: Marks) -> Iterator[Clash]:
    """Sources that are one target and disagree on what else to ask there."""
    first: dict[Identity, tuple[Path, OptionsModel]] = {}
    for path, _, target in _placed(watch_lists, marks):
        before, options = first.setdefault(target.identity, (path, target.options))
        if options != target.options and before != path:
            yield Clash(path=path, first=before, options=_different(options, target.options))


def receivers_on(config: Config, named: Iterable[str]) -> tuple[str, ...]:
    """Those of the named receivers that take anything."""
    return tuple(name for name in dict.fromkeys(named) if config.receivers[name].off is None)


def needs_restart(old: Config, new: Config) -> tuple[str, ...]:
    """The keys whose change is not taken over by a running daemon."""
    changed = {"database": old.database != new.database, "web.listen": old.web != new.web}
    return tuple(key for key, differs in changed.items() if differs)


def _placed(watch_lists: Iterable[WatchList], marks: Marks) -> Iterator[tuple[Path, Source, Target]]:
    """Each source as the targets that it asks for, before those that are one are joined."""
    for at, one in enumerate(watch_lists):
        queries = {client.key: query_of(client, marks) for client in one.clients}
        for number, source in enumerate(one.sources):
            for target in _of_list(source, one.name, queries):
                yield ("watch_lists", at, "sources", number), source, target
        for index, client in enumerate(one.clients):
            for number, source in enumerate(client.sources):
                for target in _of_client(source, client, queries[client.key]):
                    yield ("watch_lists", at, "clients", index, "sources", number), source, target


def _of_list(source: Source, name: str, queries: Mapping[str, Query]) -> Iterator[Target]:
    """What the source brings is matched against every client of the list, whichever search brought it."""
    for options in _asked(source, queries):
        yield replace(
            _target(source, options), matched=frozenset(queries), audiences=frozenset({f"list:{name}"})
        )


def _of_client(source: Source, client: WatchedClient, query: Query) -> Iterator[Target]:
    """A client's own place speaks of it anyway; what a search brings for it must still match its query."""
    heard = frozenset({client.key})
    for options in _asked(source, {client.key: query}):
        target = replace(_target(source, options), audiences=frozenset({f"client:{client.key}"}))
        yield replace(target, matched=heard) if source.connector.search else replace(target, direct=heard)


def _asked(source: Source, queries: Mapping[str, Query]) -> Iterator[OptionsModel]:
    if source.connector.search is None:
        yield source.options
        return
    for search in source.connector.search(queries, source.options):
        yield search.options


def _target(source: Source, options: OptionsModel) -> Target:
    connector = source.connector
    return Target(
        connector=connector,
        options=options,
        scope=connector.scope(options),
        every=source.every,
        name=source.name or "",
    )


def _joined(one: Target, other: Target) -> Target:
    return replace(
        one,
        every=min(one.every, other.every),
        name=one.name or other.name,
        matched=one.matched | other.matched,
        direct=one.direct | other.direct,
        audiences=one.audiences | other.audiences,
    )


def _different(one: OptionsModel, other: OptionsModel) -> tuple[str, ...]:
    return tuple(name for name in type(one).model_fields if getattr(one, name) != getattr(other, name))


def _client(config: Config, one: WatchList, client: WatchedClient) -> Client:
    return Client(
        id=client.key,
        name=client.name,
        watch_list=one.name,
        query=client.asks,
        aliases=client.aliases,
        context=context_of(client, config.marks),
        owner=_owner(config, one, client)[0],
        own=client.own.to_domain(),
    )


def _watched(
    config: Config, one: WatchList, client: WatchedClient, places: Mapping[tuple[str, str], str]
) -> Watched:
    owner, slack = _owner(config, one, client)
    person = config.people.get(client.owner or one.owner or "")
    notify = one.notify if client.notify is None else client.notify
    return Watched(
        client=_client(config, one, client),
        rules=one.rules.to_domain(),
        receivers=receivers_on(config, notify),
        owner=owner,
        owner_slack=slack,
        list_size=len(one.clients),
        places=places,
        timezone=(person and person.timezone) or config.timezone,
    )


def _owner(config: Config, one: WatchList, client: WatchedClient) -> tuple[str | None, str | None]:
    """Name and Slack id of who answers for the client; a name that is no key of people stands for itself."""
    owner = client.owner or one.owner
    person = config.people.get(owner) if owner else None
    return (person.name, person.slack) if person else (owner, None)
