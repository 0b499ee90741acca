"""What corrections teach: one lesson for each distinct text, weaker where people contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from listener.domain.sentiment import Label
from listener.scoring.weighed import Weighed

CLASSES: tuple[Label, ...] = ("negative", "neutral", "positive")
"""What can be learned, in this order wherever three numbers stand together."""

MOST = 2_000
"""Corrections that a model is trained from: the newest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person said a text says, and what the base makes of the text."""

    weighed: Weighed
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A distinct text, the place in CLASSES of what it says, and how far to trust that, in (0, 1]."""

    weighed: Weighed
    says: int
    trust: float


def lessons(corrections: Sequence[Correction]) -> list[Lesson]:
    """A lesson for each text, in the order in which the texts came; equal texts are one, and those evenly disputed are none.

    Nothing is learned from "unknown", nor from a text that the base cannot read: such a text stays unknown.
    """
    said: dict[str, Counter[int]] = {}
    read: dict[str, Weighed] = {}
    for one in _readable(corrections[-MOST:]):
        key = " ".join(one.weighed.masked.lower().split())
        read.setdefault(key, one.weighed)
        said.setdefault(key, Counter())[CLASSES.index(one.label)] += 1
    found = ((read[key], *_settled(votes)) for key, votes in said.items())
    return [Lesson(weighed=weighed, says=says, trust=trust) for weighed, says, trust in found if trust > 0]


def _readable(corrections: Iterable[Correction]) -> Iterable[Correction]:
    return (one for one in corrections if one.label in CLASSES and one.weighed.readable)


def _settled(votes: Counter[int]) -> tuple[int, float]:
    """What most say, and by how much they outweigh the others."""
    (says, most), *others = votes.most_common()
    return says, (most - sum(count for _, count in others)) / votes.total()
