"""What a database of either make brings, so that the rest need not know which it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

import sqlalchemy as sa

from listener.store.errors import StoreError


class Lead(Protocol):
    """The right to be the one daemon on this database, held until the context ends or the process dies."""

    @property
    def number(self) -> int | None:
        """Grows with every lead taken; None where the lock itself cannot be lost while we live."""
        ...

    def check(self) -> bool:
        """Say whether it is still ours."""
        ...

    def fence(self, conn: sa.Connection) -> None:
        """Raise LeadLost, in the transaction that is about to write, where another has taken the lead."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """One database, declared.

    where     what a person calls it: a path, or a URL without its password
    writer    its transactions begin by taking the write lock
    reader    its transactions see one moment and cannot write
    migrator  as the writer, with what a change of tables needs (no foreign keys in the way, no time limit)
    check     raises where the database is no longer the one that was opened
    explain   the StoreError that tells a driver's error to a person, or None where it is a mistake of ours
    lead      takes the lead, or raises AlreadyRunning
    patience  how long another's lock is waited for, in seconds
    """

    dialect: Literal["sqlite", "postgresql"]
    where: str
    writer: sa.Engine
    reader: sa.Engine
    migrator: sa.Engine
    check: Callable[[], None]
    explain: Callable[[sa.exc.DBAPIError], StoreError | None]
    lead: Callable[[], Lead]
    patience: float
