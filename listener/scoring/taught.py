"""The scorer that has learned: a base, and for the clients of a watch list the model that their corrections made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from listener.domain.client import Client
from listener.domain.sentiment import Ask, Label, Score
from listener.scoring.base import BaseScorer
from listener.scoring.learned import Model, Three, decides, says, told, word_parts
from listener.scoring.lessons import CLASSES
from listener.scoring.weighed import BAD_FROM, GOOD_FROM, Weighed, Weigher, as_score, label_of

SHOWN = 4
"""Words that a reason names."""

_EDGE = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A model with the number under which the database keeps it, and how many corrections it learned from."""

    number: int
    corrections: int
    model: Model


Learned = Mapping[str, Version]
"""The models that count, by watch list."""

NOTHING_LEARNED: Learned = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TaughtScorer:
    """Another scorer with models by watch list that lean on it. What it cannot read stays unknown.

    `version` names every model; a score names the one that made it.
    """

    models: Learned
    base: Weigher = field(default_factory=BaseScorer)

    @property
    def version(self) -> str:
        learned = (f"{name}.{one.number}" for name, one in sorted(self.models.items()))
        return "+".join([self.base.version, "learned", *learned])

    def version_for(self, client: Client) -> str:
        learned = self.models.get(client.watch_list)
        return self.base.version if learned is None else f"{self.base.version}+learned.{learned.number}"

    def score(self, *, text: str, title: str | None, client: Client, language: str | None) -> Score:
        return self.score_all([Ask(text=text, title=title, client=client, language=language)])[0]

    def score_all(self, asks: Sequence[Ask]) -> list[Score]:
        """The scores of several texts, in order: at once where the base can."""
        weighed = self.base.weigh_all(asks)
        return [self._score(one, ask.client) for one, ask in zip(weighed, asks, strict=True)]

    def _score(self, weighed: Weighed, client: Client) -> Score:
        learned, version = self.models.get(client.watch_list), self.version_for(client)
        if learned is None or not weighed.readable:
            return as_score(weighed, version)
        return _scored(learned, weighed, version)


def _scored(learned: Version, weighed: Weighed, version: str) -> Score:
    chances = told(learned.model, weighed)
    if not decides(chances, weighed):
        return as_score(weighed, version)
    at = says(chances)
    return Score(
        label=CLASSES[at],
        value=_value(weighed, chances, CLASSES[at]),
        scorer=version,
        reasons=(*weighed.reasons, _reason(learned, weighed, at)),
    )


def _value(weighed: Weighed, chances: Three, label: Label) -> float | None:
    """The base's where it said the same; else how much likelier praise is than complaint, on the side of the label."""
    if label_of(weighed.value) == label:
        return weighed.value
    raw = chances[2] - chances[0]
    if label == "positive":
        return max(GOOD_FROM, raw)
    return min(BAD_FROM, raw) if label == "negative" else min(GOOD_FROM - _EDGE, max(BAD_FROM + _EDGE, raw))


def _reason(learned: Version, weighed: Weighed, at: int) -> str:
    """Which model, whether it changed the label, and the words that counted most for it."""
    before = label_of(weighed.value)
    change = f"{before} became {CLASSES[at]}" if before != CLASSES[at] else f"{before} as well"
    names = ", ".join(_telling(learned.model, weighed, at))
    by = f": {names}" if names else ""
    return f"learned from {learned.corrections} corrections (model {learned.number}): {change}{by}"


def _telling(model: Model, weighed: Weighed, at: int) -> Iterator[str]:
    """The words that speak most for this class against the mean of the others, the strongest first."""
    speaks = {
        name: 1.5 * adds[at] - 0.5 * sum(adds)
        for name, adds in word_parts(model, weighed)
        if any(map(str.isalpha, name))
    }
    yield from sorted((name for name in speaks if speaks[name] > 0), key=lambda name: (-speaks[name], name))[
        :SHOWN
    ]
