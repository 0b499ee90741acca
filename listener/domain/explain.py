"""Why a query is true of an item, or what it lacks: as data that is stored with a match, and as a sentence for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """`whole(title, text)[start:end]` is where `term`, as the query writes it, stands. `excluded`: it stands behind NOT."""

    start: int
    end: int
    term: str
    excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one client's query says of one item.

    reason   one sentence for a person: "says “Mills” and “refund”, not “Hayley”; “store” is its context"
    clause   the part of the query that decided, printed: of a match what made it true, of a miss what failed
    spans    the marked places, in order, at most 50
    lacking  of a miss: what would have to stand there, or to be away, for the query to be true, each as a short phrase
    """

    client_id: str
    matched: bool
    reason: str
    clause: str
    spans: tuple[Marked, ...] = ()
    lacking: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it is stored with the match: JSON types only."""
        return {
            "reason": self.reason,
            "clause": self.clause,
            "spans": [[one.start, one.end, one.term] for one in self.spans if not one.excluded],
        }
