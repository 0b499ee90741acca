"""The words of `listener import`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from listener.cli.parser_quiet import Command, Commands

FORMS = ("post", "comment", "review", "article")


def importing(commands: Commands, command: Command) -> None:
    """`listener import FILE`."""
    parser = command(
        commands,
        "import",
        "importing:import_now",
        "store items from a file: they are found and shown like others, but wake nobody",
    )
    parser.add_argument(
        "file", metavar="FILE", help="CSV with a line of column names, or JSON lines; - reads standard input"
    )
    whom = parser.add_mutually_exclusive_group()
    whom.add_argument("--client", metavar="NAME", help="all of it is about this client; no query is asked")
    whom.add_argument(
        "--list", metavar="NAME", help="held against the queries of this watch list (default: of all)"
    )
    parser.add_argument(
        "--kind-name",
        metavar="KIND",
        default="import",
        help="where it comes from, such as trustpilot; what is of a kind that Listener reads is one with what that brings (default: import)",
    )
    parser.add_argument(
        "--form",
        choices=FORMS,
        help="what the rows are, where they do not say so (default: post; rated: review)",
    )
