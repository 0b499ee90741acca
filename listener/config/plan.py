"""What a configuration comes down to: clients, the targets to poll, who is told what, and what needs a restart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pydantic import SecretStr

from listener.config.config import Config
from listener.config.digests import Digests
from listener.config.model import Route, WatchedClient, WatchList
from listener.config.placed import context_of
from listener.connector.target import Target
from listener.domain.client import Client
from listener.domain.digest import Digest
from listener.domain.message import Severity
from listener.domain.routing import SEVERITIES
from listener.domain.rules import Watched
from listener.domain.telling import Escalation

Identity = tuple[str, str, str]


def clients(config: Config) -> tuple[Client, ...]:
    """Every client of every list, in the order of the file."""
    return tuple(_client(config, one, client) for one in config.watch_lists for client in one.clients)


def watched(config: Config) -> Mapping[str, Watched]:
    """By client id: its rules, its owner, and the receivers of its alerts that are on."""
    places = {(kind, scope): name for (kind, scope, _), name in names(config).items()}
    return {
        client.key: _watched(config, one, client, places)
        for one in config.watch_lists
        for client in one.clients
    }


def targets(config: Config) -> tuple[Target, ...]:
    """Every place to poll, once each: the shortest cadence that is asked for wins, the clients of all its sources are heard."""
    merged: dict[Identity, Target] = {}
    for one in config.placed:
        known = merged.get(one.target.identity)
        merged[one.target.identity] = _joined(known, one.target) if known else one.target
    return tuple(merged.values())


def names(config: Config) -> Mapping[Identity, str]:
    """What a person calls a target, where the file gives its source a name."""
    named: dict[Identity, str] = {}
    for one in config.placed:
        if one.source.name:
            named.setdefault(one.target.identity, one.source.name)
    return named


@dataclass(frozen=True, slots=True, kw_only=True)
class Widened:
    """What of a client's query the search of a place is not asked, in sentences; our matcher sees to it."""

    kind: str
    client_id: str
    sentences: tuple[str, ...]


def widened(config: Config) -> tuple[Widened, ...]:
    """Each search that asks for more than its query, once for each kind and client."""
    told = (
        Widened(kind=one.target.kind, client_id=client_id, sentences=sentences)
        for one in config.placed
        for client_id, sentences in one.widened.items()
        if sentences
    )
    return tuple(dict.fromkeys(told))


def webhooks(targets: Iterable[Target]) -> Mapping[str, str]:
    """By the name in its path, the secret of each source that others post to."""
    return {
        target.scope: secret.get_secret_value()
        for target in targets
        if target.kind == "webhook"
        and isinstance(secret := getattr(target.options, "secret", None), SecretStr)
    }


def receivers_on(config: Config, named: Iterable[str]) -> tuple[str, ...]:
    """Those of the named receivers that take anything."""
    return tuple(name for name in dict.fromkeys(named) if config.receivers[name].off is None)


def digests(config: Config) -> tuple[Digest, ...]:
    """The digests that somebody receives: that of the file first, then those of its lists."""
    found = (
        []
        if config.digest is None
        else [_digest(config, config.digest, config.digest.lists, config.digest.to)]
    )
    for one in config.watch_lists:
        if one.digest is not None:
            to = one.digest.to if one.digest.to is not None else tuple(route.receiver for route in one.notify)
            found.append(_digest(config, one.digest, (one.name,), to))
    return tuple(one for one in found if one.receivers)


def _digest(config: Config, asked: Digests, lists: tuple[str, ...], to: tuple[str, ...]) -> Digest:
    return Digest(
        watch_lists=lists,
        receivers=receivers_on(config, to),
        timezone=config.timezone,
        daily=asked.daily,
        weekly=asked.weekly,
    )


def needs_restart(old: Config, new: Config) -> tuple[str, ...]:
    """The keys whose change is not taken over by a running daemon."""
    changed = {"database": old.database != new.database, "web.listen": old.web != new.web}
    return tuple(key for key, differs in changed.items() if differs)


def _joined(one: Target, other: Target) -> Target:
    """A cadence that the file names is a person's word, and no default counts beside it."""
    adapts = one.adapts and other.adapts
    return replace(
        one,
        every=min(each.every for each in (one, other) if each.adapts == adapts),
        adapts=adapts,
        name=one.name or other.name,
        matched=one.matched if one.matched is other.matched else one.matched | other.matched,
        direct=one.direct | other.direct,
        audiences=one.audiences | other.audiences,
    )


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
        cues=client.cues.to_domain(),
    )


def _watched(
    config: Config, one: WatchList, client: WatchedClient, places: Mapping[tuple[str, str], str]
) -> Watched:
    owner, slack = _owner(config, one, client)
    person = config.people.get(client.owner or one.owner or "")
    routes = one.notify if client.notify is None else client.notify
    receivers = receivers_on(config, (route.receiver for route in routes))
    return Watched(
        client=_client(config, one, client),
        rules=one.rules.to_domain(),
        receivers=receivers,
        least=_least(route for route in routes if route.receiver in receivers),
        owner=owner,
        owner_slack=slack,
        list_size=len(one.clients),
        events=tuple(
            event.to_domain(config.timezone)
            for event in config.events
            if event.client in {client.name, client.key}
        ),
        places=places,
        timezone=(person and person.timezone) or config.timezone,
        quiet=person.quiet if person else None,
        telling=(one.telling or config.telling).to_domain(),
        escalation=_escalation(config, one),
        public_url=config.public_url,
    )


def _escalation(config: Config, one: WatchList) -> Escalation | None:
    """Who else is told of the incidents of this list, with the receivers that reach that person."""
    asked = one.escalate or config.escalate
    if asked is None:
        return None
    person = config.people[asked.to]
    return Escalation(
        after=asked.after,
        to=person.name,
        slack=person.slack,
        receivers=receivers_on(config, person.notify),
        severity=asked.severity,
        quiet=person.quiet,
        timezone=person.timezone or config.timezone,
    )


def _least(routes: Iterable[Route]) -> Mapping[str, Severity]:
    """From which severity on each is told; who is named twice hears what either says."""
    least: dict[str, Severity] = {}
    for route in routes:
        known = least.get(route.receiver, route.severity)
        least[route.receiver] = min(known, route.severity, key=SEVERITIES.index)
    return {name: severity for name, severity in least.items() if severity != "minor"}


def _owner(config: Config, one: WatchList, client: WatchedClient) -> tuple[str | None, str | None]:
    """Name and Slack id of who answers for the client; a name that is no key of people stands for itself."""
    owner = client.owner or one.owner
    person = config.people.get(owner) if owner else None
    return (person.name, person.slack) if person else (owner, None)
