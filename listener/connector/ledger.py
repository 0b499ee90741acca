"""What is written down of meters and credentials: the contract of the store, and one that lives as long as its process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from listener.connector.contract import JSON
from listener.domain.limits import Left
from listener.domain.spending import Spent

Account = tuple[str, str]
"""Kind and name of the credential."""
Change = Callable[[Spent | None], Spent]


class Ledger(Protocol):
    """Kept at once, apart from any page. `change` is atomic: no two spend the same."""

    def change(self, account: Account, meter: str, how: Change, *, now: datetime) -> Spent:
        """Put what `how` makes of the present state in its place, and give that back."""
        ...

    def hear(self, account: Account, meter: str, said: Left, *, now: datetime) -> None:
        """What a place told beside its answer: all polls of this process know it at once, and it is written with `write_heard`.
        A crash forgets it, and the next answer tells it again.
        """
        ...

    def write_heard(self) -> None:
        """Write what was heard, all in one transaction."""
        ...

    def spent(self, account: Account, meter: str) -> Spent | None:
        """The state as it was last written or heard; its period may be over."""
        ...

    def left(self, account: Account, meter: str) -> Left | None:
        """What the place said is left, as far as it was heard here lately or is written; its time may be over."""
        ...

    def recall(self, account: Account, name: str) -> JSON: ...

    def remember(self, account: Account, name: str, value: JSON, *, now: datetime) -> None: ...


def heard(said: Left, now: datetime) -> Change:
    """The change that it makes."""
    return lambda known: replace(known or Spent(began_at=now), left=said.left, resets_at=said.resets_at)


def left_of(known: Spent | None) -> Left | None:
    """What the place said of it, if it did."""
    return None if known is None or known.left is None else Left(left=known.left, resets_at=known.resets_at)


@dataclass(slots=True)
class LedgerHere:
    """For a look that keeps nothing, and for tests."""

    meters: dict[tuple[Account, str], Spent] = field(default_factory=dict)
    known: dict[tuple[Account, str], JSON] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def change(self, account: Account, meter: str, how: Change, *, now: datetime) -> Spent:  # noqa: ARG002 - the contract
        with self._lock:
            changed = how(self.meters.get((account, meter)))
            self.meters[account, meter] = changed
            return changed

    def hear(self, account: Account, meter: str, said: Left, *, now: datetime) -> None:
        self.change(account, meter, heard(said, now), now=now)

    def write_heard(self) -> None: ...

    def spent(self, account: Account, meter: str) -> Spent | None:
        return self.meters.get((account, meter))

    def left(self, account: Account, meter: str) -> Left | None:
        return left_of(self.meters.get((account, meter)))

    def recall(self, account: Account, name: str) -> JSON:
        return self.known.get((account, name))

    def remember(self, account: Account, name: str, value: JSON, *, now: datetime) -> None:  # noqa: ARG002 - the contract
        if value is None:
            self.known.pop((account, name), None)
        else:
            self.known[account, name] = value


@dataclass(slots=True)
class SpendingOnly:
    """What a look spends counts for all, and what it is told of sessions is forgotten with it: a daemon's own go on untouched."""

    ledger: Ledger
    _here: LedgerHere = field(default_factory=LedgerHere)

    def change(self, account: Account, meter: str, how: Change, *, now: datetime) -> Spent:
        return self.ledger.change(account, meter, how, now=now)

    def hear(self, account: Account, meter: str, said: Left, *, now: datetime) -> None:
        self.ledger.change(account, meter, heard(said, now), now=now)

    def write_heard(self) -> None: ...

    def spent(self, account: Account, meter: str) -> Spent | None:
        return self.ledger.spent(account, meter)

    def left(self, account: Account, meter: str) -> Left | None:
        return self.ledger.left(account, meter)

    def recall(self, account: Account, name: str) -> JSON:
        return self._here.recall(account, name)

    def remember(self, account: Account, name: str, value: JSON, *, now: datetime) -> None:
        self._here.remember(account, name, value, now=now)
