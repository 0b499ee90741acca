"""What a value of the configuration is judged by that stands elsewhere."""

from __future__ import annotations

import pathlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pydantic import BaseModel, ValidationInfo

from listener.connector.contract import AnyConnector
from listener.door.address import Private
from listener.notify.contract import AnyNotifier

T_co = TypeVar("T_co", covariant=True)


class Registry(Protocol[T_co]):
    """Where kinds are found by name; the modules listener.connector.registry and listener.notify.registry are two."""

    def kinds(self) -> Collection[str]: ...

    def find(self, kind: str) -> T_co: ...


class Declared(Protocol):
    """What connectors and notifiers have in common."""

    @property
    def kind(self) -> str: ...

    @property
    def options(self) -> type[BaseModel]: ...

    @property
    def short(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The folder of the file, the registries of kinds, and what other parts of the file say."""

    folder: pathlib.Path
    connectors: Registry[AnyConnector]
    notifiers: Registry[AnyNotifier]
    receivers: frozenset[str]
    private: Private
    inline_secrets: bool

    @classmethod
    def of(cls, info: ValidationInfo) -> Context:
        assert isinstance(info.context, Context)
        return info.context
