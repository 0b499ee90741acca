"""The counts of a while as they are drawn: in signs beside a sentence, or as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Counts in blocks of equal length, oldest first, and what is usual in each. Plain data that survives JSON.

    counts   of voices, a number each block
    usual    the least and the most that is usual, in each block; empty where that is not known
    marked   the window that is told about: its first block, and the one after its last
    labels   when each block begins, as its reader's clock shows it ("08:00")
    block_s  the length of a block in seconds
    """

    counts: tuple[int, ...]
    usual: tuple[tuple[int, int], ...] = ()
    marked: tuple[int, int] = (0, 0)
    labels: tuple[str, ...] = ()
    block_s: int = 3600

    def to_json(self) -> dict[str, Any]:
        """Of lists, as JSON gives it back."""
        return {
            "counts": list(self.counts),
            "usual": [list(pair) for pair in self.usual],
            "marked": list(self.marked),
            "labels": list(self.labels),
            "block_s": self.block_s,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Chart:
        return cls(
            counts=tuple(data["counts"]),
            usual=tuple((low, high) for low, high in data.get("usual") or ()),
            marked=(data["marked"][0], data["marked"][1]),
            labels=tuple(data.get("labels") or ()),
            block_s=data.get("block_s", 3600),
        )
