"""Connectors found by name: `connectors/rss.py` is the kind `rss`, and other packages bring theirs by an entry point.

Nothing is imported before it is asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from listener.connector.contract import AnyConnector, Connector
from listener.telemetry import LOG, say

COLLECTION = "connectors"
GROUP = "listener.connectors"
"""The entry points of other packages: `kind = "package.module:CONNECTOR"`, or the module alone."""


class UnknownKind(LookupError):  # noqa: N818 - named for what it says
    """No file of the collection and no package has this name; the message lists those there are."""


class BadConnector(TypeError):  # noqa: N818 - as above
    """A file or a package that does not bring its connector; the message says what is missing."""


@cache
def kinds() -> tuple[str, ...]:
    """Every kind there is, in alphabetical order."""
    return tuple(sorted({*_collected(), *_offered()}))


@cache
def find(kind: str) -> AnyConnector:
    """The connector of this kind; a file of the collection wins over a package, which is said once.

    Raises UnknownKind where nobody has it, BadConnector where the file or the package is wrong.
    """
    if kind not in kinds():
        raise UnknownKind(f"There is no connector '{kind}'; there are: {', '.join(kinds())}.")
    offered = _offered().get(kind, ())
    if kind in _collected():
        _say_unused(kind, offered, because="the collection has one of this name")
        return _declared(importlib.import_module(f"{COLLECTION}.{kind}"), kind, f"{COLLECTION}/{kind}.py")
    first, *others = offered
    _say_unused(kind, others, because=f"{_package(first)} comes first")
    return _declared(_loaded(first), kind, f"{first.value} of the package {_package(first)}")


@cache
def _collected() -> frozenset[str]:
    spec = importlib.util.find_spec(COLLECTION)
    places = spec.submodule_search_locations if spec else None
    return frozenset(
        module.name for module in pkgutil.iter_modules(places) if not module.name.startswith("_")
    )


@cache
def _offered() -> Mapping[str, tuple[EntryPoint, ...]]:
    """What packages offer, by kind; of several the first in the alphabet. A package that is found twice offers once."""
    found: dict[str, dict[str, EntryPoint]] = {}
    for one in entry_points(group=GROUP):
        if one.name.isidentifier():
            found.setdefault(one.name, {}).setdefault(_package(one), one)
    return {kind: tuple(by_name[name] for name in sorted(by_name)) for kind, by_name in found.items()}


def _package(one: EntryPoint) -> str:
    return one.dist.name if one.dist else one.value


def _say_unused(kind: str, unused: tuple[EntryPoint, ...] | list[EntryPoint], *, because: str) -> None:
    for one in unused:
        say("connector-unused", level=logging.WARNING, kind=kind, package=_package(one), because=because)


def _loaded(one: EntryPoint) -> object:
    """What a package offers. Its own faults, whatever they are, cost this kind alone."""
    try:
        return one.load()
    except Exception as fault:  # a stranger's module may raise anything; its traceback is in the log
        LOG.debug("connector-fault kind=%s", one.name, exc_info=fault)
        raise BadConnector(
            f"the package {_package(one)}, which brings the kind '{one.name}', cannot be loaded "
            f"({type(fault).__name__}: {fault}): upgrade it, or take it out."
        ) from fault


def _declared(found: object, kind: str, where: str) -> AnyConnector:
    declared = getattr(found, "CONNECTOR", None) if isinstance(found, ModuleType) else found
    if not isinstance(declared, Connector):
        raise BadConnector(f"{where} has no CONNECTOR: end it with CONNECTOR = Connector(kind='{kind}', …).")
    if declared.kind != kind:
        what = "a file's name is its kind" if where.endswith(".py") else "an entry point's name is its kind"
        raise BadConnector(f"{where} declares the kind '{declared.kind}': {what}, so rename one of them.")
    return declared


def forget() -> None:
    """Look anew at the next question: for tests, and after a file or a package has come."""
    for known in (kinds, find, _collected, _offered):
        known.cache_clear()
