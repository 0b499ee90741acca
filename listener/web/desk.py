"""What the page needs to let people answer: the database, who is watched and who people are now, and where it is reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from listener.domain.rules import Watched
from listener.store.engine import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The functions are asked at each request, for the configuration may have changed.

    watched     clients by id, with who is told of them
    people      names of people by their keys
    public_url  where the page is reached from outside; None where nobody is to reach it
    listens_on  host and port as a Host header has them, for who sits at the machine
    """

    database: Database
    watched: Callable[[], Mapping[str, Watched]]
    people: Callable[[], Mapping[str, str]]
    public_url: Callable[[], str | None]
    listens_on: str
    now: Callable[[], datetime]

    @property
    def hosts(self) -> frozenset[str]:
        """The Host headers that are ours: any other was made by a name that somebody else gave this machine."""
        public = urlsplit(self.public_url() or "").netloc.lower()
        port = self.listens_on.rpartition(":")[2]
        return frozenset(filter(None, [public, self.listens_on, f"localhost:{port}", f"127.0.0.1:{port}"]))
