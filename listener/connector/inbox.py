"""What comes to us by itself: files in a folder, what others post here, mails in a mailbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from listener.door.mailbox import Mail, Mailbox, MailsRead

__all__ = [
    "FileSeen",
    "Inbox",
    "LinesRead",
    "Mail",
    "Mailbox",
    "Mails",
    "MailsRead",
    "NoPosts",
    "Posted",
    "Posts",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSeen:
    """A file of a folder. `key` stays the same while it is the same file; `head` are its first bytes, 512 at the most."""

    path: str
    name: str
    key: str
    size: int
    head: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesRead:
    """Whole lines of a file, each with its line end.

    end      where the reading goes on
    ended    there is no whole line after them
    rest     what is written of the last line, where its line end is missing: it may be going on
    too_long a line there is longer than what was asked for: `end` is behind it, and `body` is its beginning
    """

    body: bytes
    end: int
    ended: bool
    rest: bytes = b""
    too_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What was posted at once. Numbers grow in the order in which it was stored."""

    number: int
    body: bytes
    at: datetime


class Inbox(Protocol):
    """Read by a connector like a place (contract.Http)."""

    def files(self, folder: str, endings: Sequence[str]) -> Sequence[FileSeen]:
        """The files there that end so, by name; the folder is relative to that of the configuration.

        Links that lead out of the folder, and what is no file, are left out. NeedsAttention where it cannot be read.
        """
        ...

    def lines(self, path: str, *, after: int, most: int) -> LinesRead:
        """Lines of a file that `files` has named, from that byte on, so many bytes at the most. TryLater where it is gone."""
        ...

    def posted(self, name: str, *, after: int, most: int) -> Sequence[Posted]:
        """What was posted under this name after that number. What comes before it is taken for stored, and let go in a while."""
        ...


class Posts(Protocol):
    """Where what was posted is kept: the database, but for tests."""

    def posted(self, name: str, *, after: int, most: int) -> Sequence[Posted]: ...


class NoPosts:
    """For who has no database."""

    def posted(self, name: str, *, after: int, most: int) -> Sequence[Posted]:  # noqa: ARG002 - the contract
        return ()


class Mails(Protocol):
    """Mailboxes, through the one door (contract.Http)."""

    def mails(self, mailbox: Mailbox, *, after: int, most: int, since: date | None = None) -> MailsRead:
        """Mails after that number, `most` of them at the most, and of those that arrived on that day or later.

        Nothing is marked as read and nothing is deleted. NeedsAttention with what mends it where the login or the folder is wrong.
        """
        ...
