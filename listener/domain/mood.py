"""Today's mood: where more than usual complained in the six hours before a window, more do within it, too; and fewer after fewer.

What is expected in the window is drawn towards what the hours before it brought (a linear estimate of a gamma-Poisson rate that
lasts, Harvey and Fernandes, Journal of Business & Economic Statistics 7, 1989), and what is so learned of the mood strays no more.
Asked of busy clients only: a few voices tell nothing of a mood.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from listener.domain.allowance import is_busy
from listener.domain.usual import LEAST, Usual

BEFORE = timedelta(hours=6)
EIGHT_HOURS = timedelta(hours=8)

# How much the mood of a window is that of the six hours before it, by its length in minutes: from moods of six hours that
# resemble the ones before by 0.42, as real ones do in the median (benchmarks/realworld.py). A day is too long to tell.
ALIKE = {15: 0.85, 30: 0.85, 60: 0.8, 120: 0.75, 240: 0.65, 480: 0.5}

TRUSTED = 0.8
"""So much of that estimate is believed."""

LOWEST = 0.85
"""What is expected is lowered no further: hours without voices may have been hours in which somebody could not hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """How much of a window's mood the hours before it tell: `alike` before chance, `stray` the variance of a mood by itself."""

    alike: float
    stray: float
    shape: float

    def factor(self, voices: int, expected: float) -> float:
        """By how much the expected number is multiplied, where so many came in the six hours before."""
        expected = max(expected, LEAST)
        told = TRUSTED * self.alike * self.stray / (self.stray + 1 / expected)
        return max(1 + told * (voices / expected - 1), LOWEST)


def mood(usual: Usual, window: timedelta) -> Mood | None:
    """Of windows of this length; None where the hours before tell nothing: of a new or quiet client, and over a day."""
    alike = ALIKE.get(window // timedelta(minutes=1))
    if alike is None or not is_busy(usual):
        return None
    stray = usual.straying.over(EIGHT_HOURS)
    told = TRUSTED * alike * stray / (stray + 1 / (usual.level * (BEFORE / timedelta(hours=1))))
    left = 1 / usual.shape(window) - told * alike * stray
    return Mood(alike=alike, stray=stray, shape=1 / left)
