"""A configuration that has been read and holds no mistake."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from listener.config.digests import FileDigests
from listener.config.events import PlannedEvent
from listener.config.marks import Marks
from listener.config.mistakes import Mistake, without_password
from listener.config.model import Network, Person, WatchList
from listener.config.placed import Placed
from listener.config.scoring import Scoring
from listener.config.tellings import Escalate, Tellings
from listener.config.values import Listen
from listener.notify.contract import AnyNotifier, ReceiverOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A named destination. `off` says why it takes nothing, or is None."""

    name: str
    notifier: AnyNotifier
    options: ReceiverOptions
    off: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the daemon works by; its repr holds no secret.

    path      the file
    database  the URL, SQLite paths absolute; it may hold a password: show `database_shown`
    web       where the page listens
    health    names of the receivers that hear of sources
    fallback  the receiver that hears what another could not be told, where it is on
    digest    when and to whom all that was heard is told
    events    what is planned, in which more will be said of a client
    telling   how incidents are told on, where a list has no way of its own
    escalate  who else is told where nobody takes one
    public_url  where people reach the page, without a slash at its end
    scoring   what labels texts besides the base
    placed    what the sources come down to
    marks     what people marked, from the file beside this one
    warnings  what is allowed and probably not meant
    secrets   every secret value, to be kept out of logs
    """

    path: pathlib.Path
    database: str = field(repr=False)
    timezone: ZoneInfo
    web: Listen
    network: Network
    health: tuple[str, ...]
    people: Mapping[str, Person]
    receivers: Mapping[str, Receiver]
    watch_lists: tuple[WatchList, ...]
    fallback: str | None = None
    digest: FileDigests | None = None
    telling: Tellings = field(default_factory=Tellings)
    escalate: Escalate | None = None
    public_url: str | None = None
    events: tuple[PlannedEvent, ...] = ()
    scoring: Scoring = field(default_factory=Scoring)
    placed: tuple[Placed, ...] = field(default=(), repr=False)
    marks: Marks = field(default_factory=Marks)
    warnings: tuple[Mistake, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def database_shown(self) -> str:
        """The database URL without its password."""
        return without_password(self.database)
