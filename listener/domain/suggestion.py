"""Which mentions to mark next: those whose words are shared by many unmarked texts and by no marked one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from math import sqrt

from listener.domain.ground import Ground, Mark
from listener.domain.naming import Names, is_telling
from listener.domain.spreading import sample, spread

SUGGESTED = 5


def suggest(
    marks: Sequence[Mark], pool: Sequence[str], *, own_terms: Collection[str], count: int = SUGGESTED
) -> tuple[int, ...]:
    """At most `count` indexes of unmarked texts of the pool, the one that would teach most first; also without any mark yet."""
    ground = Ground.of(marks, pool, own_terms=own_terms)
    learned = sample(len(ground.texts), ground.marks)
    telling = {index: tuple(filter(is_telling, ground.texts[index])) for index in learned}
    shared = _shared(telling.values())
    doubt = _doubts(ground)
    told = {name for index in ground.marks for name in telling[index]}
    chosen: list[int] = []
    left = [index for index in learned if index not in ground.marks]
    while left and len(chosen) < count:
        best = max(left, key=lambda index: (doubt[index] * _news(telling[index], shared, told), -index))
        left.remove(best)
        chosen.append(best)
        told.update(telling[best])
    first = {index: number for number, index in reversed(list(enumerate(ground.pool)))}
    return tuple(first[index] for index in chosen)


def _shared(texts: Collection[Names]) -> Mapping[str, int]:
    """How many texts hold each word that more than one does."""
    counts = Counter(name for text in texts for name in text)
    return {name: held for name, held in counts.items() if held > 1}


def _doubts(ground: Ground) -> Sequence[float]:
    if not ground.marks:
        return [1.0] * len(ground.texts)
    return [0.01 + likely * (1 - likely) for likely in spread(ground.texts, ground.marks, ground.hints())]


def _news(text: Names, shared: Mapping[str, int], told: Collection[str]) -> float:
    """How many texts the words of this one speak of, those of marked texts left out; long texts do not win by length."""
    return sum(shared.get(name, 0) for name in text if name not in told) / sqrt(len(text) or 1)
