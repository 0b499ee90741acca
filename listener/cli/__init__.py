"""The command line: prints, never decides. Exit codes: 0 done, 1 it did not work out, 2 the words or the file are wrong."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

from listener.cli.parser import build

FAILED, WRONG = 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = build()
    if not (sys.argv[1:] if argv is None else argv):
        parser.print_help(sys.stderr)
        return WRONG
    arguments = parser.parse_args(argv)
    module, _, name = arguments.does.partition(":")
    try:
        command = getattr(importlib.import_module(f"listener.cli.{module}"), name)
        return int(command(arguments))
    except BrokenPipeError:  # `listener mentions | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        code = told(error)
        if code is None:
            raise
        return code


def told(error: Exception) -> int | None:
    """Print an error that was made to be read, and return its exit code; None for a fault of the program."""
    from listener.config.mistakes import Mistakes
    from listener.store.errors import StoreError
    from listener.web.port import PortTaken

    if isinstance(error, Mistakes):
        print(error, file=sys.stderr)
        return WRONG
    if isinstance(error, StoreError | PortTaken | Refusal):
        print(f"listener: {error}", file=sys.stderr)
        return error.code if isinstance(error, Refusal) else FAILED
    return None


class Refusal(Exception):  # noqa: N818 - its text is the sentence that is shown
    """A command that cannot do what was asked; the text names the remedy."""

    def __init__(self, sentence: str, *, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code
