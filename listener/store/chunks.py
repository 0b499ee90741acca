"""Long lists of values cut to what a statement can take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")
CHUNK = 500  # bound parameters stay far below the limits of both databases


def chunks(rows: list[T]) -> Iterator[list[T]]:
    """Slices of at most CHUNK."""
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
