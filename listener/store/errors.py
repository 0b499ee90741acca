"""Why the database cannot do what was asked, by what a person does about it. A class's docstring is its message."""

# ruff: noqa: N818 - named by what happened; that they are errors is said by their base

from __future__ import annotations

from typing import ClassVar


class StoreError(Exception):
    """The database cannot do what was asked."""

    passing: ClassVar[bool] = False
    """True where it may go away without a restart: whoever writes waits, says so, and tries again."""

    def __init__(self, **facts: object) -> None:
        """`facts` fill the docstring; those that it does not name are ignored."""
        super().__init__(" ".join((type(self).__doc__ or "").split()).format_map(facts))


class BadUrl(StoreError):
    """`database` is {reason}: write sqlite:///listener.db for a file, or postgresql+psycopg://user@host/name."""


class NoDatabase(StoreError):
    """There is no database at {where} yet: start the daemon with `listener run`, or make an empty one with
    `listener db upgrade`.
    """


class NotAFile(StoreError):
    """{where} is not a file: name a file at `database`, such as sqlite:///{where}/listener.db."""


class NoFolder(StoreError):
    """The folder {folder} does not exist: make it, or name another place at `database`."""


class NotADatabase(StoreError):
    """{where} is not a SQLite database, or its first page is damaged: put a backup in its place, or name another file
    at `database`. It is left as it is.
    """


class Corrupt(StoreError):
    """{where} is damaged ({detail}): stop Listener, keep a copy of the file, and put a backup in its place. Nothing is
    deleted and no new file is made over it.
    """


class ForeignDatabase(StoreError):
    """{where} belongs to another program (it holds {evidence}): give Listener a database of its own at `database`. It is
    left as it is.
    """


class OlderSchema(StoreError):
    """{where} has the schema {found} of an older Listener and this one needs {newest}: run `listener db upgrade`, or
    start `listener run`, which does it first.
    """


class NewerSchema(StoreError):
    """{where} was written by a newer Listener (its schema is {found}, this one knows up to {newest}): install the newer
    version again. Nothing was changed.
    """


class ReadOnly(StoreError):
    """{where} cannot be written: give the user who runs Listener the right to write the file and its folder. Nothing is
    taken until then.
    """

    passing = True


class DiskFull(StoreError):
    """The disk of {where} is full: make room. Nothing is taken until then, and nothing that was stored is lost."""

    passing = True


class DiskTrouble(StoreError):
    """Reading or writing {where} failed ({detail}): check the disk and the system's log."""

    passing = True


class Busy(StoreError):
    """{where} has been locked by someone else for {seconds} s: close what holds it open (a database browser, a backup, a
    long transaction). Listener goes on by itself then.
    """

    passing = True


class FileReplaced(StoreError):
    """{where} is no longer the file that was opened ({what}): put it back, or restart Listener to use what is there.
    Nothing is written until then.
    """

    passing = True


class Unreachable(StoreError):
    """No connection to {where} ({reason}): check that PostgreSQL runs there and lets this machine in."""

    passing = True


class AccessDenied(StoreError):
    """{where} refuses this user ({reason}): check the user, the password and the rights given in `database`."""


class Slow(StoreError):
    """{where} did not answer in time ({reason}): see what else keeps that server busy. It is tried again."""

    passing = True


class AlreadyRunning(StoreError):
    """Another Listener{who} works on {where}: stop it first, or give this one a `database` of its own."""


class LeadLost(StoreError):
    """Another Listener has taken the lead on {where}: this one must stop."""


class LeaseLost(StoreError):
    """The claim on target {target_id} is no longer ours: it ran out and another poll has taken it."""
