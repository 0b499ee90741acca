"""Choosing a short list of words that finds some texts and spares others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from listener.domain.naming import Names

LEAST_TEXTS = 2
LEAST_GAIN = 0.5
PURITY = 0.7  # a word's share of wanted texts: so much of the way from the usual share to all
STEM_COSTS = 1.0  # `stem*` also finds words that nobody has seen yet: it must earn more than the word itself

Worth: TypeAlias = Sequence[float]
"""For each text what it is worth to find it: above 0 it is wanted, below 0 it is to be spared."""


class Choice:
    """A list of words and `stem*` that grows by what each adds to those before it."""

    def __init__(self, texts: Sequence[Names], worth: Worth, *, barred: Collection[str] = ()) -> None:
        self.chosen: list[str] = []
        self._texts = texts
        self._worth = worth
        self._holders = _holders(texts, barred)
        self._found: set[int] = set()
        self._gains: dict[str, float] = {}

    def misses(self, wanted: Iterable[int]) -> list[int]:
        """Which of these texts no chosen word finds."""
        return [index for index in wanted if index not in self._found]

    def grow(self, *, most: int, keep_room_for: Collection[int] = ()) -> None:
        """Take the word that gains most, again and again; one place is left for each text of `keep_room_for` not found yet."""
        self._gains = {name: self._gain(name) for name in _pure(self._holders, self._worth)}
        while self._gains and len(self.chosen) + len(self.misses(keep_room_for)) < most:
            best = max(self._gains, key=lambda name: (self._gains[name], name))
            if self._gains[best] < LEAST_GAIN:
                break
            self._take(best)

    def reach(self, wanted: Iterable[int], *, preferred: Collection[str], least: float | None = None) -> None:
        """Take words until all these texts are found, as far as there are such that gain at least so much."""
        while missed := self.misses(wanted):
            names = {name for index in missed for name in self._texts[index] if name in self._holders}
            ranked = [(self._gain(name), name in preferred, len(name), name) for name in names]
            if not ranked:
                return
            gain, *_, best = max(ranked)
            if least is not None and gain < least:
                return
            self._take(best)

    def _take(self, name: str) -> None:
        self.chosen.append(name)
        self._gains.pop(name, None)
        for index in self._holders[name]:
            if index not in self._found:
                self._found.add(index)
                self._settle(index)

    def _settle(self, index: int) -> None:
        """The words of a text that is found now gain nothing by it any more."""
        for name in self._texts[index]:
            if name in self._gains:
                self._gains[name] -= self._worth[index]

    def _gain(self, name: str) -> float:
        new = sum(self._worth[index] for index in self._holders[name] if index not in self._found)
        return new - STEM_COSTS if name.endswith("*") else new


def gained(texts: Sequence[Names], worth: Worth, terms: Collection[str]) -> float:
    """What the texts that a list finds are worth, in all."""
    wanted = frozenset(terms)
    return sum(value for text, value in zip(texts, worth, strict=True) if not wanted.isdisjoint(text))


def _holders(texts: Sequence[Names], barred: Collection[str]) -> dict[str, list[int]]:
    """Each word that may be chosen with the texts that hold it."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        for name in text:
            if name not in barred:
                holders[name].append(index)
    return holders


def _pure(holders: Mapping[str, Sequence[int]], worth: Worth) -> list[str]:
    """The words that stand in wanted texts far more often than in others."""
    usual = _share(worth) / max(1, len(worth))
    least = usual + (1 - usual) * PURITY
    return [
        name
        for name, held in holders.items()
        if len(held) >= LEAST_TEXTS
        and (_share([worth[index] for index in held]) + usual) / (len(held) + 1) >= least
    ]


def _share(worth: Iterable[float]) -> float:
    """How many texts are wanted, an undecided one as half."""
    return sum((max(-1.0, min(1.0, value)) + 1) / 2 for value in worth)
