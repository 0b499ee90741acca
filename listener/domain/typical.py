"""The mentions that say most: heard by many, and close to what the others of the window say; one a story.

Closeness is the cosine of a mention's words, weighed by how rare they are in the window (tf-idf, each word counted once), to the sum of
all the others. What is chosen already is not said again: a further mention counts the less the more it repeats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log, log1p, sqrt

from listener.domain.sayings import keys

MOST = 3
REPEATED = 1.0
"""What full likeness to a chosen mention takes from a candidate; reach and closeness count up to 1 each."""

Words = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What decides about one mention. `score` is toward the client, None where unknown; `id` breaks ties."""

    id: int
    story: int
    text: str
    reach: int | None
    score: float | None
    at: datetime


def tell_most(window: Sequence[Candidate], *, most: int = MOST) -> list[int]:
    """The ids of at most so many mentions, one a story, the most telling first. The order they are given in does not matter."""
    weighed = _weighed({one.id: keys(one.text) for one in window})
    close = _closeness(weighed)
    reach = _shares({one.id: log1p(max(one.reach or 0, 0)) for one in window})
    worth = {one.id: close[one.id] + reach[one.id] for one in window}
    left = sorted(window, key=lambda one: (one.score if one.score is not None else 0.0, one.at, one.id))
    chosen: list[Candidate] = []
    while left and len(chosen) < most:
        best = max(left, key=lambda one: round(worth[one.id] - _repeated(one, chosen, weighed), 9))
        chosen.append(best)
        left = [one for one in left if one.story != best.story]
    return [one.id for one in chosen]


def _repeated(one: Candidate, chosen: Sequence[Candidate], weighed: Mapping[int, Words]) -> float:
    return REPEATED * max((_likeness(weighed[one.id], weighed[other.id]) for other in chosen), default=0.0)


def _weighed(said: Mapping[int, set[str]]) -> dict[int, Words]:
    """The words of each with their weights, of length 1 together; empty for a text without words."""
    common = Counter(key for found in said.values() for key in found)
    rarity = {key: log(1 + len(said) / number) for key, number in common.items()}
    weighed: dict[int, Words] = {}
    for name, found in said.items():
        length = sqrt(sum(rarity[key] ** 2 for key in sorted(found)))
        weighed[name] = {key: rarity[key] / length for key in sorted(found)}
    return weighed


def _closeness(weighed: Mapping[int, Words]) -> dict[int, float]:
    """How close each is to the others, the closest being 1; all 0 where nobody shares a word."""
    total: Counter[str] = Counter()
    for name in sorted(weighed):
        total.update(weighed[name])
    to_others = {
        name: max(0.0, sum(weight * total[key] for key, weight in words.items()) - bool(words))
        for name, words in weighed.items()
    }
    return _shares({name: round(close, 9) for name, close in to_others.items()})


def _shares(values: Mapping[int, float]) -> dict[int, float]:
    most = max(values.values(), default=0.0)
    return {name: value / most if most else 0.0 for name, value in values.items()}


def _likeness(one: Words, other: Words) -> float:
    return sum(weight * other.get(key, 0.0) for key, weight in one.items())
