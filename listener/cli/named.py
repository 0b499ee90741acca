"""The clients that a command names."""

from __future__ import annotations

from listener.cli import WRONG, Refusal
from listener.config import plan
from listener.config.config import Config
from listener.domain.client import Client

SHOWN = 20
"""Names that are told where none of them was meant."""


def clients_of(config: Config, name: str | None) -> tuple[Client, ...]:
    """The client of this name or id, in every list that has it; all where none is named. Raises Refusal where there is none."""
    there = plan.clients(config)
    some = tuple(one for one in there if name in {None, one.name, one.id})
    if some:
        return some
    known = ", ".join(sorted(one.name for one in there)[:SHOWN])
    raise Refusal(f"there is no client {name!r} in {config.path}: it has {known}", code=WRONG)


def client_of(config: Config, name: str) -> Client:
    """The client of this name or id. Raises Refusal."""
    return clients_of(config, name)[0]
