"""What another file changes: clients, sources and rules that came, left or are different, each as a phrase for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from listener.config import plan
from listener.config.config import Config
from listener.config.values import spoken
from listener.domain.client import Client
from listener.domain.rules import GatherRule, GoodNewsRule, SpikeRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Clients by name, sources as a person calls them. `changed_clients` and `rules` say what is different."""

    new_clients: tuple[str, ...] = ()
    gone_clients: tuple[str, ...] = ()
    changed_clients: tuple[str, ...] = ()
    new_sources: tuple[str, ...] = ()
    gone_sources: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def changes(old: Config, new: Config) -> Changes:
    """Everything in the new file that listens or tells otherwise than the old one."""
    before = {client.id: client for client in plan.clients(old)}
    after = {client.id: client for client in plan.clients(new)}
    read, to_read = _sources(old), _sources(new)
    return Changes(
        new_clients=tuple(client.name for id_, client in after.items() if id_ not in before),
        gone_clients=tuple(client.name for id_, client in before.items() if id_ not in after),
        changed_clients=tuple(_changed_clients(before, after)),
        new_sources=tuple(name for identity, name in to_read.items() if identity not in read),
        gone_sources=tuple(name for identity, name in read.items() if identity not in to_read),
        rules=tuple(_changed_rules(old, new)),
    )


def _sources(config: Config) -> dict[plan.Identity, str]:
    return {
        target.identity: target.name or f"{target.kind} {target.scope}" for target in plan.targets(config)
    }


_OF_A_CLIENT = {
    "name": "name",
    "watch_list": "list",
    "query": "query",
    "context": "context",
    "aliases": "aliases",
    "own": "own places",
    "cues": "cues",
    "owner": "owner",
}


def _changed_clients(before: Mapping[str, Client], after: Mapping[str, Client]) -> Iterator[str]:
    for id_, client in after.items():
        known = before.get(id_)
        if known is None or known == client:
            continue
        what = [said for name, said in _OF_A_CLIENT.items() if getattr(known, name) != getattr(client, name)]
        yield f"{client.name} ({', '.join(what)})"


def _changed_rules(old: Config, new: Config) -> Iterator[str]:
    before = {one.name: one.rules.to_domain() for one in old.watch_lists}
    after = {one.name: one.rules.to_domain() for one in new.watch_lists}
    for name in dict.fromkeys((*before, *after)):
        if name not in before:
            yield f"{name}: a new list"
        elif name not in after:
            yield f"{name}: the list is gone"
        else:
            for rule in ("negative_spike", "good_news", "each_negative", "each_mention"):
                known, wanted = getattr(before[name], rule), getattr(after[name], rule)
                if known != wanted:
                    yield f"{name}: {rule} {_difference(known, wanted)}"


Rule = SpikeRule | GoodNewsRule | GatherRule


def _difference(known: Rule | None, wanted: Rule | None) -> str:
    if known is None or wanted is None:
        return "is off now" if wanted is None else "is on now"
    return ", ".join(
        f"{one.name} {_shown(was)} → {_shown(becomes)}"
        for one in fields(wanted)
        if (was := getattr(known, one.name)) != (becomes := getattr(wanted, one.name))
    )


def _shown(value: object) -> str:
    return spoken(value) if isinstance(value, timedelta) else str(value)
