"""The words of `listener doctor`, `listener recheck` and `listener connector`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from listener.cli.parser_quiet import Command

if TYPE_CHECKING:
    from listener.cli.parser_quiet import Commands


def doctor(commands: Commands, command: Command) -> None:
    """`listener doctor`."""
    parser = command(
        commands,
        "doctor",
        "doctor:doctor",
        "ask every source once whether it works: reachable, authorised, what it would bring, what is left of its budget",
    )
    parser.add_argument("--client", metavar="NAME", help="only what is read for this client")
    parser.add_argument("--list", metavar="NAME", help="only what is read for this watch list")
    parser.add_argument("--kind", metavar="KIND", help="only sources of this kind")
    parser.add_argument(
        "--format", choices=("table", "jsonl"), default="table", help="how to print it (default: table)"
    )


def recheck(commands: Commands, command: Command) -> None:
    """`listener recheck`."""
    parser = command(
        commands,
        "recheck",
        "recheck:recheck_now",
        "ask places what has become of stored items: what was deleted there is erased here, what was edited is read anew",
    )
    parser.add_argument("--kind", metavar="KIND", help="only sources of this kind")
    parser.add_argument(
        "--since", metavar="SPAN", help="only what was fetched in the last 24h, 7d, or from a date on"
    )
    parser.add_argument(
        "--format", choices=("table", "jsonl"), default="table", help="how to print it (default: table)"
    )


def connector(commands: Commands, command: Command) -> None:
    """`listener connector new KIND`."""
    parser = command(
        commands,
        "connector",
        "connector:connector",
        "write a connector for another kind of place, with recordings that its tests play",
        config=False,
    )
    parser.add_argument("action", choices=("new",))
    parser.add_argument("kind", metavar="KIND", help="its name in configurations, as in guestbook")
    parser.add_argument(
        "--package", metavar="DIR", help="a package of its own there, instead of files in this checkout"
    )
