"""What one leaf of a query certainly says of another: that it holds too, or that both cannot hold of one item.

Only what is certain: where two terms might be independent, they are taken to be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from listener.domain.needle import needle, needle_of
from listener.domain.tree import (
    Domain,
    Exact,
    Followers,
    Handle,
    Known,
    Leaf,
    Near,
    Part,
    Phrase,
    Prefix,
    Tag,
    Word,
)
from listener.domain.words import normalise

Claim: TypeAlias = Leaf | Near
"""What holds of an item or does not, as far as can be told without looking further into it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A claim, and the part of the item of which it is made (None: title and text)."""

    claim: Claim
    where: Part | None = None


def implies(one: Fact, other: Fact) -> bool:
    """Whether `other` holds of every item of which `one` does."""
    if isinstance(other.claim, Known | Followers):
        return _known_implies(one.claim, other.claim)
    if one.where != other.where and (other.where is not None or one.where == "author"):
        return False
    if isinstance(one.claim, Near) and isinstance(other.claim, Near):
        return _near_implies(one.claim, other.claim)
    return _term_implies(one.claim, other.claim)


def excludes(one: Fact, other: Fact) -> bool:
    """Whether no item can have both: an item has one site, one language, one kind, and its author one reach."""
    left, right = one.claim, other.claim
    if isinstance(left, Followers) and isinstance(right, Followers):
        return max(left.least or 0, right.least or 0) > min(_most(left), _most(right))
    if not (isinstance(left, Known) and isinstance(right, Known)) or left.fact != right.fact:
        return False
    if left.fact in {"source", "url"}:
        return False
    return not _known_implies(left, right) and not _known_implies(right, left)


def _known_implies(one: Claim, other: Known | Followers) -> bool:
    if isinstance(one, Followers) and isinstance(other, Followers):
        return (one.least or 0) >= (other.least or 0) and _most(one) <= _most(other)
    alike = isinstance(one, Known) and isinstance(other, Known) and one.fact == other.fact
    return alike and _value_implies(one, other)  # type: ignore[arg-type]


def _value_implies(one: Known, other: Known) -> bool:
    said, asked = one.value.lower(), other.value.lower()
    if one.fact == "url":
        return asked in said
    if one.fact == "source":
        return needle(other.value).occurs(normalise(one.value))
    wider = {"site": said.endswith("." + asked), "lang": said.startswith(asked + "-"), "kind": False}
    return said == asked or wider[one.fact]


def _most(reach: Followers) -> float:
    return float("inf") if reach.most is None else reach.most


def _near_implies(one: Near, other: Near) -> bool:
    """The same sides, no looser order, no wider distance."""
    alike = replace(other, within=one.within, ordered=one.ordered) == one
    return alike and one.within <= other.within and (one.ordered or not other.ordered)


def _term_implies(one: Claim, other: Claim) -> bool:
    if one == other:
        return True
    if isinstance(one, Domain) and isinstance(other, Domain):
        return one.host.lower().endswith("." + other.host.lower())
    if isinstance(one, Near | Domain | Exact | Known | Followers) or isinstance(other, Near | Domain | Exact):
        return False
    return _plain_implies(one, other)


def _plain_implies(one: Word | Phrase | Handle | Tag | Prefix, other: Claim) -> bool:
    """Whether the other term stands in this one, wherever this one stands."""
    assert isinstance(other, Word | Phrase | Handle | Tag | Prefix)
    inner, outer = needle_of(other), needle_of(one)
    if isinstance(one, Prefix):  # what follows it is not known
        return isinstance(other, Prefix) and outer.text.startswith(inner.text)
    if isinstance(other, Handle | Tag):  # what follows them may be a part of a longer one
        return outer.whole and outer.text == inner.text
    return inner.occurs(outer.text)
