"""What the base makes of a text toward a client, before it is a label: what a label, and a learned model, go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from listener.domain.sentiment import Ask, Label, Score, Scorer

GOOD_FROM = 0.05
BAD_FROM = -0.05
"""From here on a value is praise, and down from here a complaint; between them it is neither."""


def label_of(value: float | None) -> Label:
    """The label that follows from a value."""
    if value is None:
        return "unknown"
    if value >= GOOD_FROM:
        return "positive"
    return "negative" if value <= BAD_FROM else "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A text weighed toward one client.

    masked     what was scored: title and the sentences about the client, its names replaced by one neutral token
    value      the base's verdict in [-1, 1], None where it has none: then the label is unknown
    features   numbers of the base by name (its four values, cues by kind, questions, …), each within [-10, 10]; none where it
               cannot read the text
    reasons    short sentences that a person can check
    """

    masked: str
    value: float | None
    features: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether the base reads the text; a text that contradicts itself is read, and has no verdict all the same."""
        return self.value is not None or bool(self.features)


class Weigher(Scorer, Protocol):
    """A scorer that tells what it makes of a text before that is a label: what a learned model leans on."""

    def weigh_all(self, asks: Sequence[Ask]) -> list[Weighed]:
        """What these weigh, in order; the label of each is that of its value."""
        ...


def as_score(weighed: Weighed, version: str) -> Score:
    """The score that follows."""
    return Score(label=label_of(weighed.value), value=weighed.value, scorer=version, reasons=weighed.reasons)
