"""The number of a row, as a person types it."""

from __future__ import annotations

import argparse

DIGITS_MOST = 18
"""As many as every database can hold."""


def number(text: str) -> int:
    """The number; anything else is told with the remedy by argparse."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MOST):
        raise argparse.ArgumentTypeError(f"{text!r} is no number that a row could have: write one such as 12")
    return int(text)
