"""A file that a command reads, or standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from listener.cli import WRONG, Refusal


@contextmanager
def opened_input(name: str) -> Iterator[BinaryIO]:
    """The file, or standard input for `-`. Raises Refusal where it cannot be opened."""
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below; what cannot be opened is told by itself
    except OSError as error:
        raise Refusal(f"cannot read {name}: {error.strerror}", code=WRONG) from None
    with file:
        yield file
