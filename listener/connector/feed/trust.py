"""When a feed may be read by the fast parser: it earns that by agreement with the authority, and can lose it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

EARNED_AFTER = 3
CHECKED_EVERY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What the bodies of one target have shown.

    shape    what the last one was made of (feed_fast.shape)
    agreed   bodies of this shape in a row in which both readers agreed on every entry
    since    bodies read by the fast one alone since the last comparison
    """

    shape: str = ""
    agreed: int = 0
    since: int = 0

    def fast_alone(self, shape: str) -> bool:
        """Whether the fast reader may have the word on a body of this shape without being compared."""
        return shape == self.shape and self.agreed >= EARNED_AFTER and self.since < CHECKED_EVERY - 1

    def after(self, shape: str, *, agreed: bool | None) -> Trust:
        """The trust after one more body; `agreed` is None where the fast reader had the word alone."""
        if agreed is None:
            return replace(self, since=self.since + 1)
        before = self.agreed if shape == self.shape else 0
        return Trust(shape=shape, agreed=before + 1 if agreed else 0)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: object) -> Trust:
        """Whatever is not what `to_json` gave means no trust yet."""
        if not isinstance(data, Mapping):
            return cls()
        shape, agreed, since = data.get("shape"), data.get("agreed"), data.get("since")
        if isinstance(shape, str) and isinstance(agreed, int) and isinstance(since, int):
            return cls(shape=shape, agreed=agreed, since=since)
        return cls()
