"""Connectors found by the name of their file: `connectors/rss.py` is the kind `rss`. Nothing is imported before it is asked for."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from functools import cache

from listener.connector.contract import AnyConnector, Connector

COLLECTION = "connectors"


class UnknownKind(LookupError):  # noqa: N818 - named for what it says
    """No file of the collection has this name; the message lists those there are."""


class BadConnector(TypeError):  # noqa: N818 - as above
    """A file of the collection that does not declare its connector; the message says what is missing."""


@cache
def kinds() -> tuple[str, ...]:
    """Every kind there is, in alphabetical order."""
    spec = importlib.util.find_spec(COLLECTION)
    places = spec.submodule_search_locations if spec else None
    return tuple(
        sorted(module.name for module in pkgutil.iter_modules(places) if not module.name.startswith("_"))
    )


@cache
def find(kind: str) -> AnyConnector:
    """The connector of this kind. Raises UnknownKind where no file has its name, BadConnector where the file is wrong."""
    if kind not in kinds():
        raise UnknownKind(f"There is no connector '{kind}'; there are: {', '.join(kinds())}.")
    module = importlib.import_module(f"{COLLECTION}.{kind}")
    declared = getattr(module, "CONNECTOR", None)
    if not isinstance(declared, Connector):
        raise BadConnector(
            f"{COLLECTION}/{kind}.py has no CONNECTOR: end it with CONNECTOR = Connector(kind='{kind}', …)."
        )
    if declared.kind != kind:
        raise BadConnector(
            f"{COLLECTION}/{kind}.py declares the kind '{declared.kind}': a file's name is its kind, so rename one of them."
        )
    return declared
