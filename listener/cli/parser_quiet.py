"""The words of `listener silence` and `listener digest`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Protocol

from listener.cli.ids import number

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it


class Command(Protocol):
    """How a command is made."""

    def __call__(
        self, commands: Commands, name: str, does: str, text: str, *, config: bool = True
    ) -> argparse.ArgumentParser: ...


def silence(commands: Commands, command: Command) -> None:
    """`listener silence add|list|expire`."""
    parser = command(
        commands,
        "silence",
        "silence:listed",
        "hold back alerts that are expected, for a while; what was hidden is told at the end",
        config=False,
    )
    actions = parser.add_subparsers(title="what to do", metavar="add|list|expire", required=True)
    _add(command(actions, "add", "silence:add", "make a silence"))
    listed = command(actions, "list", "silence:listed", "show the silences that hold now or later")
    listed.add_argument("--all", action="store_true", help="those that are over, too")
    listed.add_argument(
        "--format",
        choices=("table", "jsonl", "csv"),
        default="table",
        help="how to print it (default: table)",
    )
    expire = command(actions, "expire", "silence:expire", "end a silence now")
    expire.add_argument("id", metavar="ID", type=number, help="its number, as in `listener silence list`")
    _who(expire)


def _add(add: argparse.ArgumentParser) -> None:
    add.add_argument("--client", metavar="NAME", action="append", help="only this client; repeatable")
    add.add_argument("--list", metavar="NAME", action="append", help="only this watch list; repeatable")
    add.add_argument(
        "--rule",
        metavar="NAME",
        action="append",
        help="only alerts of this rule: negative_spike …; repeatable",
    )
    add.add_argument("--severity-below", choices=("major", "severe"), help="only what is less severe")
    how_long = add.add_mutually_exclusive_group(required=True)
    how_long.add_argument("--for", dest="length", metavar="LENGTH", help="how long: 90m, 2h, 1d")
    how_long.add_argument(
        "--until", metavar="TIME", help="until when, by the file's time zone: 14:00, or 2026-12-24T18:00"
    )
    add.add_argument("--from", dest="begin", metavar="TIME", help="from when on (default: now)")
    add.add_argument(
        "--comment", metavar="TEXT", required=True, help="why: it stands in the message at the end"
    )
    _who(add)


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--who",
        metavar="NAME",
        help="who says so: a key of people, or a name (default: the user of this machine)",
    )


def digest(commands: Commands, command: Command) -> None:
    """`listener digest`."""
    parser = command(
        commands,
        "digest",
        "digest:digest_now",
        "print what was heard, alarmed, hidden and deaf until now; nothing is sent",
    )
    period = parser.add_mutually_exclusive_group()
    period.add_argument("--daily", action="store_true", help="of the last day (the default)")
    period.add_argument("--weekly", action="store_true", help="of the last seven days")
    parser.add_argument("--list", metavar="NAME", action="append", help="only this watch list; repeatable")
