"""A client's query, parsed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """Placeholder shape until the grammar lands: the text as written."""

    text: str
