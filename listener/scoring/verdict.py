"""From what the sentences of a text weigh to one value toward the client."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from listener.scoring.points import Point
from listener.scoring.sentence import Sentence

PRAISE_FROM = 1.0
COMPLAINT_FROM = 0.5
"""What is lost of a text's sum before it is a verdict: people are polite, and speak warmly of much that is no praise of a company."""

COMPLAINED = 1.2
SARCASTIC = 0.4
"""Beside a complaint of this weight praise counts so much: "great, down again"; "thanks, but my bag is still missing"."""

ASKED = 0.5
"""What praise counts in a question: "is there a good flight on Monday?"."""

_SCALE = 15.0
_MOST = 10.0


class Weight(NamedTuple):
    """A sentence with what counts in it toward the client."""

    sentence: Sentence
    points: Sequence[Point]

    @property
    def sums(self) -> tuple[float, float]:
        """Praise and complaint, both from zero up."""
        good = bad = 0.0
        for point in self.points:
            if point.weight > 0:
                good += point.weight
            else:
                bad -= point.weight
        return (good * ASKED if good and self.sentence.asks else good), bad


class Sums(NamedTuple):
    """Praise and complaint of a text, on the lexicon's scale; neither grows with the length alone."""

    good: float
    bad: float

    @property
    def counted(self) -> float:
        """Praise that is left beside the complaint."""
        return self.good * (SARCASTIC if self.bad >= COMPLAINED else 1.0)

    @property
    def value(self) -> float:
        """The verdict in [-1, 1]."""
        whole = self.counted - self.bad
        left = max(0.0, whole - PRAISE_FROM) if whole > 0 else min(0.0, whole + COMPLAINT_FROM)
        return round(left / math.sqrt(left * left + _SCALE), 4)


def summed(weights: Sequence[Weight]) -> Sums:
    """A long text is read like a few sentences that say as much as its own on the whole."""
    calm = max(1.0, math.sqrt(len(weights) / 2))
    good = bad = 0.0
    for one in weights:
        praise, complaint = one.sums
        good += praise
        bad += complaint
    return Sums(good / calm, bad / calm)


class Features(Mapping[str, float]):
    """What a learned model may lean on, each within [-10, 10]: sums, cues by name, emoji, questions. Worked out when first asked for."""

    def __init__(self, weights: Sequence[Weight], sums: Sums) -> None:
        self._of = (weights, sums)

    @cached_property
    def _told(self) -> dict[str, float]:
        told = _features(*self._of)
        return {name: max(-_MOST, min(_MOST, value)) for name, value in told.items()}

    def __getitem__(self, name: str) -> float:
        return self._told[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


def _features(weights: Sequence[Weight], sums: Sums) -> dict[str, float]:
    told = {"value": sums.value, "good": sums.good, "bad": sums.bad, "word": 0.0, "cue": 0.0, "emoji": 0.0}
    told.update(questions=0.0, exclamations=0.0, length=0.0)
    for one in weights:
        told["questions"] += one.sentence.asks
        told["exclamations"] += one.sentence.text.count("!")
        told["length"] += len(one.sentence.lowered)
        for point in one.points:
            told[point.kind] += point.weight
            if point.kind == "cue":
                name = f"cue: {point.name}"
                told[name] = told.get(name, 0.0) + point.weight
    told["length"] = math.log1p(told["length"])
    return told
