"""Numbers that stand in a path or a query: whoever asks may have written anything there."""

from __future__ import annotations

DIGITS_MOST = 18
"""Any number of the database has no more."""


def number(text: str) -> int | None:
    """The number, None for what is none of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MOST else None
