"""What is usual for a client: a level, a rhythm of the week, and how far its counts have really strayed from both.

The state is small, moved on a day at a time, and survives JSON. How far counts stray is learned honestly: each day is foretold
from the days before it and then compared, for in hindsight every stream looks steadier than it was (docs/alerts.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from operator import mul
from typing import Any

from listener.domain.rhythm import FLAT, HOUR, HOURS, fitted, hour_of_week, reached, summed
from listener.domain.spans import Span
from listener.domain.straying import BLOCKS, NOT_SEEN, Straying, block_of

DAY = timedelta(days=1)

# The level forgets half in two weeks, the rhythm half in eight (a discounted gamma-Poisson level as in Harvey and Fernandes,
# Journal of Business & Economic Statistics 7, 1989).
KEPT_LEVEL = 0.5 ** (1 / 21)
KEPT = 0.5 ** (1 / 56)

# Before anything was heard: half a voice in two hours. One day of listening outweighs it.
PRIOR_VOICES, PRIOR_HOURS = 0.5, 2.0

# While the rhythm is not known, blocks of hours differ from each other by so much (variance of a day-and-night rhythm).
# That shrinks with the voices that were heard, as the rhythm's own factors do, and over the first two weeks at the fastest.
# Days of the week differ too, and of these nothing is known before a week is over.
UNKNOWN_RHYTHM = (0.5, 0.5, 0.45, 0.3, 0.05)
DAYS_DIFFER = 0.15
KEEN, RHYTHM_KNOWN = 12.0, 336.0

VERSION = 2
"""Of the plain form. A state of another version is made anew from the counts."""

NEW_SHARE = 0.1
"""The rhythm is fitted anew when so much of what it rests on is new."""

YOUNG = 120.0
"""A client that was heard for fewer hours also leans on the hours that are too fresh for the state."""

LEAST = 1e-9
"""Voices that are expected at the least, so that a logarithm can be taken."""

EVER = datetime(1970, 1, 5, tzinfo=UTC)
NOTHING = (0.0,) * HOURS

Factor = tuple[Span, float]
"""A stretch of time, and by how much what is expected there is multiplied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Whole hours in a row from `start` on: voices that count, and how much of each hour was heard.

    An hour counts by the share of the places that could hear, times the factor by which an event raised what was expected.
    """

    start: datetime
    voices: tuple[int, ...]
    heard: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is known of a client up to `at`, exclusive; without arguments what is taken of one that was never heard.

    since             the first moment that it rests on
    voices, heard     by hour of the week, old ones fading
    rhythm            factors by hour of the week, 1 on average; `unfitted` voices came since it was fitted
    said, listened    the level: voices, and hours weighed by the rhythm, fading faster; `squares` tells how many voices
                      the fading sum is worth
    straying          how far counts have strayed from what was foretold
    hours             all that were heard since the first moment, so that one can see whether history was changed
    fresh             hours after `at`, for a young client; they move its level and nothing else
    """

    at: datetime = EVER
    since: datetime = EVER
    voices: tuple[float, ...] = NOTHING
    heard: tuple[float, ...] = NOTHING
    rhythm: tuple[float, ...] = FLAT
    unfitted: float = 0.0
    said: float = 0.0
    listened: float = 0.0
    squares: float = 0.0
    straying: Straying = NOT_SEEN
    hours: float = 0.0
    fresh: Hours | None = None

    @property
    def level(self) -> float:
        """Voices an hour, averaged over the week."""
        return (PRIOR_VOICES + self.said) / (PRIOR_HOURS + self.listened)

    @property
    def is_young(self) -> bool:
        return sum(self.heard) < YOUNG

    @cached_property
    def sums(self) -> tuple[float, ...]:
        """What a week brings by each of its hours, weighed by the rhythm."""
        return summed(self.rhythm)

    def weight(self, since: datetime, until: datetime) -> float:
        """Hours in [since, until), weighed by the rhythm."""
        return reached(self.sums, until) - reached(self.sums, since)

    def expected(self, since: datetime, until: datetime, *, factors: Sequence[Factor] = ()) -> float:
        """The expected number of voices in (since, until]. Factors of spans that overlap add what each adds."""
        hours = self.weight(since, until)
        for (start, end), factor in factors:
            first, last = max(start, since), min(end, until)
            if first < last:
                hours += (factor - 1) * self.weight(first, last)
        return max(self.level * hours, LEAST)

    def shape(self, window: timedelta) -> float:
        """How well the count of such a window is known: the shape of the gamma distribution of its rate."""
        return self._shapes[block_of(window)]

    @cached_property
    def _shapes(self) -> tuple[float, ...]:
        """By block."""
        strays = zip(self.straying.by_block, self._unsure, strict=True)
        return tuple(1 / (stray + unsure) for stray, unsure in strays)

    @property
    def _unsure(self) -> tuple[float, ...]:
        """By block, how badly level and rhythm are known: the variance of what is foretold, as a part of its square.

        The level rests on so many voices; the rhythm on few, or on no whole weeks yet; both on so many weeks of moods; and a
        block that is longer than all that was heard goes beyond it.
        """
        worth = PRIOR_VOICES + (self.said * self.said / self.squares if self.squares else 0.0)
        heard = sum(self.heard)
        hours = max(KEEN / (KEEN + sum(self.voices)), 1 - heard / RHYTHM_KNOWN)
        days = DAYS_DIFFER * min(max(2 - heard / HOURS, 0.0), 1.0)
        moods, known = HOURS / max(heard, HOURS), PRIOR_HOURS + self.listened
        return tuple(
            1 / worth + hours * rhythm + days + moods * stray + max(block / known - 1, 0.0)
            for block, rhythm, stray in zip(BLOCKS, UNKNOWN_RHYTHM, self.straying.by_block, strict=True)
        )

    def strayed(self, day: Hours) -> Straying:
        """With this day, if there were two weeks before it to foretell it from."""
        if sum(self.heard) < RHYTHM_KNOWN:
            return self.straying
        first = hour_of_week(day.start)
        expected = [
            self.level * self.rhythm[(first + hour) % HOURS] * share for hour, share in enumerate(day.heard)
        ]
        return self.straying.with_day(day.voices, expected, unsure=self._unsure)

    def before(self, until: datetime) -> Usual:
        """As it was known at this moment: the fresh hours that were over by then move the level."""
        if self.fresh is None or until < self.fresh.start + HOUR:
            return self
        count = min((until - self.fresh.start) // HOUR, len(self.fresh.voices))
        said, listened = sum(self.fresh.voices[:count]), _weighed(self, self.fresh, count)
        return replace(
            self,
            said=self.said + said,
            listened=self.listened + listened,
            squares=self.squares + said,
            fresh=None,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, to six figures."""
        plain: dict[str, Any] = {"at": self.at.isoformat(), "since": self.since.isoformat()}
        plain |= {
            "version": VERSION,
            "missed": _sixes(self.straying.missed),
            "weighed": _sixes(self.straying.weighed),
        }
        plain |= {name: _six(getattr(self, name)) for name in _NUMBERS}
        plain |= {name: _sixes(getattr(self, name)) for name in _ROWS}
        if self.fresh is not None:
            plain["fresh"] = [self.fresh.start.isoformat(), self.fresh.voices, self.fresh.heard]
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Usual:
        """Raises ValueError for what an older version wrote, which means something else."""
        if plain.get("version") != VERSION:
            raise ValueError(
                f"what is usual was written in version {plain.get('version')}, this reads {VERSION}"
            )
        fresh = plain.get("fresh")
        numbers: dict[str, Any] = {name: plain[name] for name in _NUMBERS}
        numbers |= {name: tuple(plain[name]) for name in _ROWS}
        return cls(
            at=datetime.fromisoformat(plain["at"]),
            since=datetime.fromisoformat(plain["since"]),
            fresh=fresh
            and Hours(start=datetime.fromisoformat(fresh[0]), voices=tuple(fresh[1]), heard=tuple(fresh[2])),
            straying=Straying(missed=tuple(plain["missed"]), weighed=tuple(plain["weighed"])),
            **numbers,
        )


_NUMBERS = ("unfitted", "said", "listened", "squares", "hours")
_ROWS = ("voices", "heard", "rhythm")


def _six(value: float) -> float:
    return float(f"{value:.6g}")


def _sixes(values: Sequence[float]) -> list[float]:
    """All at once: a row has 168."""
    return list(map(float, ("%.6g " * len(values) % tuple(values)).split()))


def moved_on(usual: Usual, day: Hours) -> Usual:
    """After this day of 24 hours, which begins where the state ends (or is its first)."""
    first = hour_of_week(day.start)
    places = [(first + hour) % HOURS for hour in range(24)]
    said = sum(day.voices)
    voices, heard = [one * KEPT for one in usual.voices], [one * KEPT for one in usual.heard]
    for place, count, share in zip(places, day.voices, day.heard, strict=True):
        voices[place] += count
        heard[place] += share
    return _with_rhythm(
        replace(
            usual,
            at=day.start + DAY,
            since=usual.since if usual.at > EVER else day.start,
            voices=tuple(voices),
            heard=tuple(heard),
            unfitted=usual.unfitted + said,
            said=usual.said * KEPT_LEVEL + said,
            listened=usual.listened * KEPT_LEVEL + _weighed(usual, day, 24),
            squares=usual.squares * KEPT_LEVEL**2 + said,
            straying=usual.strayed(day),
            hours=usual.hours + sum(day.heard),
        )
    )


def _weighed(usual: Usual, hours: Hours, count: int) -> float:
    """The first `count` of these hours as they were heard, weighed by the rhythm."""
    first = hour_of_week(hours.start)
    return sum(usual.rhythm[(first + hour) % HOURS] * hours.heard[hour] for hour in range(count))


def _with_rhythm(usual: Usual) -> Usual:
    """With the rhythm fitted anew if enough is new. Hours of listening so far are weighed as the new one weighs them."""
    if usual.unfitted < max(1.0, NEW_SHARE * sum(usual.voices)):
        return usual
    rhythm = fitted(usual.voices, usual.heard, stray=usual.straying.by_block[0])
    was, will = (sum(map(mul, factors, usual.heard)) for factors in (usual.rhythm, rhythm))
    listened = usual.listened * will / was if was else usual.listened
    return replace(usual, rhythm=rhythm, unfitted=0.0, listened=listened)
