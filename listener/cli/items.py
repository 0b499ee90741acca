"""Items that somebody hands in, one JSON object a line. A wrong line is told with its number and costs only itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from listener.connector import rows
from listener.connector.rows import Unfit
from listener.connector.table import json_object
from listener.polling.trial import Given

LONGEST = 16 * 2**20
"""Bytes of one line; what is longer is no item, and is not held in memory to find out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A line that holds no item, and why."""

    line: int
    reason: str


def read(lines: BinaryIO) -> Iterator[Given | Wrong]:
    """Every line that is not empty, in order, without holding more than one of them."""
    number = 0
    while raw := lines.readline(LONGEST + 1):
        number += 1
        if len(raw) > LONGEST:
            _skip_rest(lines, raw)
            yield Wrong(
                line=number, reason=f"is longer than {LONGEST // 2**20} MB: write one item on each line"
            )
        elif not raw.isspace():
            try:
                yield _given(raw if number > 1 else raw.removeprefix(b"\xef\xbb\xbf"))
            except Unfit as unfit:
                yield Wrong(line=number, reason=str(unfit))


def _skip_rest(lines: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = lines.readline(LONGEST)


def _given(raw: bytes) -> Given:
    row = rows.read(json_object(raw))
    return Given(id=row.id, found=row.found, kind=row.kind, source=row.source)
