"""One item while queries are asked of it: what was looked for in it once is not looked for again."""

from __future__ import annotations

from collections.abc import Sequence

from listener.domain.item import Item
from listener.domain.needle import needle
from listener.domain.tree import And, Leaf, Node, Not, Or
from listener.domain.words import BARRIER, normalise, offsets

Span = tuple[int, int]


def whole(title: str | None, text: str) -> str:
    """Title and text as one string, which spans count in."""
    return f"{title}\n{text}" if title else text


class Reading:
    """An item folded once. Spans are places in `whole(title, text)`."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self._marked = f"{item.title}{BARRIER}{item.text}" if item.title else item.text
        self.folded = normalise(self._marked)
        self._seen: dict[Leaf, bool] = {}
        self._offsets: tuple[Sequence[int], Sequence[int]] | None = None

    def holds(self, node: Node) -> bool:
        """Whether the query is true of the item."""
        if isinstance(node, Not):
            return not self.holds(node.part)
        if isinstance(node, And):
            return all(self.holds(part) for part in node.parts)
        if isinstance(node, Or):
            return any(self.holds(part) for part in node.parts)
        seen = self._seen.get(node)  # type: ignore[arg-type]
        if seen is None:
            seen = self._seen[node] = needle(node.written).occurs(self.folded)  # type: ignore[index, union-attr]
        return seen

    def spans(self, leaf: Leaf) -> tuple[Span, ...]:
        """Every place where the term stands, in order."""
        starts, ends = self._places()
        found = needle(leaf.written).spans(self.folded)
        return tuple((starts[start], ends[end - 1]) for start, end in found)

    def _places(self) -> tuple[Sequence[int], Sequence[int]]:
        """Where each folded character starts and ends; the barrier is as long as the line break that it stands for."""
        if self._offsets is None:
            self._offsets = offsets(self._marked, self.folded)
        return self._offsets
