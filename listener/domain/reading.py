"""What a query means: each node of its tree asked of one item, of which nothing is looked for twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from listener.domain.facts import Facts, Tell
from listener.domain.item import Item
from listener.domain.near import least_between, near_spans
from listener.domain.needle import Span, needle
from listener.domain.passage import Passage
from listener.domain.tree import (
    And,
    Domain,
    Exact,
    Followers,
    Handle,
    In,
    Known,
    Near,
    Node,
    Not,
    Or,
    Part,
    Phrase,
    Prefix,
    Tag,
    Term,
    Word,
)
from listener.domain.words import BARRIER

__all__ = ["Reading", "Span", "whole"]


def whole(title: str | None, text: str) -> str:
    """Title and text as one string, which spans count in."""
    return f"{title}\n{text}" if title else text


class Reading:
    """An item while queries are asked of it. `where` is the part of the item to look into; without one it is title and text, over
    whose barrier nothing reaches.

    `tell` finds out the language where the place told none; it is asked at most once.
    """

    __slots__ = ("_facts", "_parts", "_tell", "_whole", "folded", "item")

    def __init__(self, item: Item, tell: Tell | None = None) -> None:
        self.item = item
        self._whole = Passage(f"{item.title}{BARRIER}{item.text}" if item.title else item.text, item.links)
        self.folded = self._whole.folded
        self._tell = tell
        self._facts: Facts | None = None
        self._parts: dict[Part, Passage] | None = None

    def holds(self, node: Node, where: Part | None = None) -> bool:
        """Whether the query is true of the item."""
        return _HOLDS[type(node)](self, node, self.passage(where) if where else self._whole)

    def spans(self, node: Node, where: Part | None = None) -> tuple[Span, ...]:
        """The places in `whole(title, text)` of the terms that make this true, in order and at most 10,000 of each; none where it
        is not true, and none for what is known of the item, for links and for its author.
        """
        if where == "author":
            return ()
        if isinstance(node, In):
            return self.spans(node.part, node.where)
        if isinstance(node, And | Or):
            holding = node.parts if isinstance(node, Or) or self.holds(node, where) else ()
            return tuple(sorted({span for part in holding for span in self.spans(part, where)}))
        if isinstance(node, Not | Known | Followers):
            return ()
        passage = self.passage(where)
        first = len(self.item.title) + 1 if where == "text" and self.item.title else 0
        places = near_spans(node, passage) if isinstance(node, Near) else passage.places(node)
        return tuple((start + first, end + first) for start, end in places)

    def least_between(self, near: Near, where: Part | None = None) -> int | None:
        """The fewest words between the two sides of a NEAR, the left one first if it is ordered, however many it allows.

        None where they do not stand side by side in title or text at all.
        """
        return least_between(near, self.passage(where))

    def passage(self, where: Part | None = None) -> Passage:
        """A part of the item by itself, or title and text."""
        if where is None:
            return self._whole
        if self._parts is None:
            self._parts = {}
        if where not in self._parts:
            self._parts[where] = self._cut(where)
        return self._parts[where]

    def facts(self) -> Facts:
        """What is known of the item besides its words."""
        if self._facts is None:
            self._facts = Facts(self.item, whole(self.item.title, self.item.text), self._tell)
        return self._facts

    def _cut(self, where: Part) -> Passage:
        if where == "author":
            return Passage(BARRIER.join(self.item.author))
        return (
            Passage(self.item.title or "") if where == "title" else Passage(self.item.text, self.item.links)
        )


def _says(_: Reading, term: Word | Phrase, passage: Passage) -> bool:
    """The hot path: most of what is asked is whether a name stands in a text."""
    text = term.text
    held = passage.held.get(text)
    if held is None:
        held = passage.held[text] = needle(text).occurs(passage.folded)
    return held


def _holds_term(_: Reading, term: Term, passage: Passage) -> bool:
    held = passage.held.get(term)
    if held is None:
        held = passage.held[term] = passage.holds(term)
    return held


def _is_near(_: Reading, near: Near, passage: Passage) -> bool:
    held = passage.held.get(near)
    if held is None:
        distance = least_between(near, passage)
        held = passage.held[near] = distance is not None and distance <= near.within
    return held


def _all(reading: Reading, node: And, passage: Passage) -> bool:
    for part in node.parts:  # noqa: SIM110 - this is hot, and a generator costs more than its parts
        if not _HOLDS[type(part)](reading, part, passage):
            return False
    return True


def _any(reading: Reading, node: Or, passage: Passage) -> bool:
    for part in node.parts:  # noqa: SIM110 - as above
        if _HOLDS[type(part)](reading, part, passage):
            return True
    return False


def _not(reading: Reading, node: Not, passage: Passage) -> bool:
    return not _HOLDS[type(node.part)](reading, node.part, passage)


def _in(reading: Reading, node: In, _: Passage) -> bool:
    return reading.holds(node.part, node.where)


def _known(reading: Reading, fact: Known, _: Passage) -> bool:
    return reading.facts().holds(fact)


def _reaches(reading: Reading, asked: Followers, _: Passage) -> bool:
    return reading.facts().within(asked)


_Asked: TypeAlias = Callable[[Reading, Any, Passage], bool]
_HOLDS: dict[type, _Asked] = {
    Word: _says,
    Phrase: _says,
    **dict.fromkeys((Handle, Tag, Prefix, Exact, Domain), _holds_term),
    Near: _is_near,
    Known: _known,
    Followers: _reaches,
    In: _in,
    Not: _not,
    And: _all,
    Or: _any,
}
