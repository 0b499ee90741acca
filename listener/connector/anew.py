"""Reading everything once more for a client that is new, however many polls that takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from listener.connector.contract import JSON

KEY = "anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anew:
    """What a cursor says, nothing where all is to be read once more (`http.fresh`), and whether that is under way.

    Its cursors say so until the reading has come to its end, which is to be kept by a page of its own.
    """

    known: Mapping[str, Any]
    under_way: bool

    @classmethod
    def resumed(cls, cursor: JSON, *, fresh: bool) -> Anew:
        told: Mapping[str, Any] = cursor if isinstance(cursor, Mapping) else {}
        begins = fresh and told.get(KEY) is not True
        return cls(known={} if begins else told, under_way=fresh)

    def cursor(self, told: Mapping[str, JSON]) -> JSON:
        """The cursor of a page before the end."""
        return {**told, KEY: True} if self.under_way else dict(told)
