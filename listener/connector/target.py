"""What a source of the configuration comes down to: one place to poll, and for whom."""

from __future__ import annotations

from collections.abc import Collection, Container
from dataclasses import dataclass, replace
from datetime import timedelta

from listener.connector.contract import AnyConnector, OptionsModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One place that is polled once, however many lists and clients it serves.

    Its identity is (kind, scope, credential); the cadence, the lists and the tokens are no part of it.
    `matched` are the ids of the clients whose queries decide what is stored; `direct` those for which all is stored
    without a query, because the source stands at the client. `audiences` says the same by where the sources stand, without
    naming each client: `list:NAME` or `client:ID`. `name` is what a person calls the source, if anything. Where it `adapts`, `every` is only what its cadence begins with.
    """

    connector: AnyConnector
    options: OptionsModel
    scope: str
    every: timedelta
    credential: str = ""
    matched: frozenset[str] = frozenset()
    direct: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    name: str = ""
    adapts: bool = True

    @property
    def kind(self) -> str:
        return self.connector.kind

    @property
    def identity(self) -> tuple[str, str, str]:
        return (self.connector.kind, self.scope, self.credential)

    @property
    def family(self) -> str:
        """The kind under which its items and authors are known."""
        return self.connector.family or self.connector.kind

    @property
    def place(self) -> str:
        """Within what an external id names one item."""
        place = self.connector.place
        return self.scope if place is None else place(self.options)

    @property
    def called(self) -> str:
        return self.name or self.scope

    def serves(self, some: Collection[str]) -> bool:
        """Whether it is read for one of these clients."""
        return any(client in self.matched or client in self.direct for client in some)

    @property
    def clients(self) -> frozenset[str]:
        return self.matched | self.direct


def only_for(target: Target, clients: Container[str]) -> Target | None:
    """The target as it is read for these clients; None where it is read for none of them."""
    matched = frozenset(client for client in target.matched if client in clients)
    direct = frozenset(client for client in target.direct if client in clients)
    return replace(target, matched=matched, direct=direct) if matched | direct else None
