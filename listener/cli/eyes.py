"""What a command looks at places with, apart from a daemon that may run beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from listener.app import Clock, make_door
from listener.config.config import Config
from listener.connector.apart import Apart
from listener.connector.folder import InboxHere
from listener.connector.ledger import Ledger, LedgerHere, SpendingOnly
from listener.polling.look import Eyes


@contextmanager
def eyes_of(
    config: Config, clock: Clock, *, ledger: Ledger | None = None, asked_by_a_person: bool = False
) -> Iterator[Eyes]:
    """A door and a child of our own. Without a ledger no database is opened, and what is spent is not known to it."""
    with closing(make_door(config, clock)) as door, closing(Apart()) as apart:
        counted = LedgerHere() if ledger is None else SpendingOnly(ledger)
        inbox = InboxHere(config.path.resolve().parent)
        yield Eyes(door=door, apart=apart, inbox=inbox, ledger=counted, asked_by_a_person=asked_by_a_person)
