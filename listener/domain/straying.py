"""How far counts really stray from what was foretold, beyond chance: learned by blocks of hours, each drawn towards all.

For each length of block sums are kept of what was missed and of what it weighs; a block weighs by how surely it tells (one that expects
little tells little, one that expects much tells of one mood only). All lengths together tell whether people here are moodier than
elsewhere; what a single length adds to that counts as far as it was seen (docs/alerts.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

BLOCKS = (1, 2, 4, 8, 24)
"""Hours over which straying is measured; a window takes that of the longest block within it."""

NO_BLOCKS = (0.0,) * len(BLOCKS)

# What real series of mentions do in the median, beyond a rhythm of the week (benchmarks/realworld.py).
ELSEWHERE = (0.14, 0.14, 0.14, 0.12, 0.06)

# What elsewhere is worth: other clients are half or twice as moody, and a length by itself differs by a third.
COMMON_WORTH, BLOCK_WORTH = 20.0, 1000.0

KEPT = 0.5 ** (1 / 112)


def block_of(window: timedelta) -> int:
    """The number of the longest block within such a window; the first where none is."""
    return max((i for i, hours in enumerate(BLOCKS) if timedelta(hours=hours) <= window), default=0)


@dataclass(frozen=True, kw_only=True)
class Straying:
    """By block length: squared misses beyond Poisson, and squared expected voices, each block by its weight; old ones fading."""

    missed: tuple[float, ...] = NO_BLOCKS
    weighed: tuple[float, ...] = NO_BLOCKS

    @property
    def by_block(self) -> tuple[float, ...]:
        """The variance by which counts stray, as a part of their mean squared."""
        own = sum(one * missed for one, missed in zip(ELSEWHERE, self.missed, strict=True))
        seen = sum(one * one * weighed for one, weighed in zip(ELSEWHERE, self.weighed, strict=True))
        common = max((COMMON_WORTH + own) / (COMMON_WORTH + seen), 0.0)
        return tuple(
            max((BLOCK_WORTH * common * one + missed) / (BLOCK_WORTH + weighed), 0.0)
            for one, missed, weighed in zip(ELSEWHERE, self.missed, self.weighed, strict=True)
        )

    def over(self, window: timedelta) -> float:
        """That of the longest block within such a window."""
        return self.by_block[block_of(window)]

    def with_day(
        self, voices: Sequence[int], expected: Sequence[float], *, unsure: Sequence[float] = NO_BLOCKS
    ) -> Straying:
        """With the hours of this day, as they came and as they had been foretold; `unsure` is how badly that was known."""
        missed, weighed = [], []
        for number, block in enumerate(BLOCKS):
            beyond = weight = 0.0
            for start in range(0, len(voices), block):
                count, mean = sum(voices[start : start + block]), sum(expected[start : start + block])
                sure = (1 + (ELSEWHERE[number] + unsure[number]) * mean) ** -2
                beyond += sure * ((count - mean) ** 2 - mean - unsure[number] * mean * mean)
                weight += sure * mean * mean
            missed.append(self.missed[number] * KEPT + beyond)
            weighed.append(self.weighed[number] * KEPT + weight)
        return Straying(missed=tuple(missed), weighed=tuple(weighed))


NOT_SEEN = Straying()
