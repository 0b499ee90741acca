"""The words of `listener incidents`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from listener.cli.ids import number

if TYPE_CHECKING:
    from listener.cli.parser_quiet import Command, Commands


def incidents(commands: Commands, command: Command) -> None:
    """`listener incidents [show|take|close|note]`."""
    parser = command(
        commands,
        "incidents",
        "incidents:listed",
        "show the incidents, those that go on first; take one, close it, note something",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="the whole table, not its first 100 rows; jsonl and csv have all anyway",
    )
    _format(parser, "table", "jsonl", "csv")
    actions = parser.add_subparsers(title="what to do", metavar="show|take|close|note")
    show = _one(actions, command, "show", "show one with everything that happened to it")
    _format(show, "table", "jsonl")
    _who(_one(actions, command, "take", "say that you answer for it; whoever heard of it is told"))
    close = _one(actions, command, "close", "end it before the rate is back to normal")
    close.add_argument("--why", metavar="TEXT", required=True, help="how it ended: it stands in the message")
    _who(close)
    note = _one(actions, command, "note", "keep a word on it, and tell it")
    note.add_argument("text", metavar="TEXT", help="what is to be remembered, in quotes")
    _who(note)


def _one(actions: Commands, command: Command, name: str, text: str) -> argparse.ArgumentParser:
    parser = command(actions, name, f"incidents:{name}", text, config=False)
    parser.add_argument("id", metavar="ID", type=number, help="its number, as in `listener incidents`")
    parser.add_argument(
        "-c",
        "--config",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="the configuration (default: $LISTENER_CONFIG, else config.yaml)",
    )
    return parser


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--who", metavar="NAME", help="a key of people, or a name (default: the user of this machine)"
    )


def _format(parser: argparse.ArgumentParser, *forms: str) -> None:
    parser.add_argument("--format", choices=forms, default="table", help="how to print it (default: table)")
