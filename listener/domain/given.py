"""What is left to ask of a query once one of its terms is known to stand in the text."""

from __future__ import annotations

from listener.domain.needle import Needle, needle_of
from listener.domain.tree import And, Handle, Near, Node, Not, Or, Phrase, Prefix, Tag, Word, all_of


def given(node: Node, needle: Needle) -> Node | bool:
    """The query of an item in whose title and text the needle stands: a smaller one, or what is settled by that.

    `Mills OR late`, where Mills stands, is true; `Mills (late OR refund)` is `late OR refund`.
    """
    if isinstance(node, Not):
        inner = given(node.part, needle)
        return not inner if isinstance(inner, bool) else Not(inner)
    if isinstance(node, And | Or):
        return _joined(node, [given(part, needle) for part in node.parts])
    if isinstance(node, Near):
        return _beside(node, needle)
    if isinstance(node, Word | Phrase | Handle | Tag | Prefix) and needle_of(node) == needle:
        return True
    return node


def _beside(near: Near, needle: Needle) -> Node:
    """Whether the other side is there at all is asked first: it mostly is not, and distances cost much to count."""
    sides = (given(near.left, needle), given(near.right, needle))
    return all_of((*(side for side in sides if not isinstance(side, bool)), near))


def _joined(node: And | Or, parts: list[Node | bool]) -> Node | bool:
    settles = isinstance(node, Or)
    if any(part is settles for part in parts):
        return settles
    left = tuple(part for part in parts if not isinstance(part, bool))
    if len(left) < 2:
        return left[0] if left else not settles
    return type(node)(left)
