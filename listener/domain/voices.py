"""Which mentions are voices: independent witnesses of a complaint, or of praise (docs/words.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from listener.domain.sentiment import Label

ALONE_FOR = timedelta(hours=24)

Side = Literal["negative", "positive"]
"""The label that speaks for a side. Voices of one side silence none of the other."""

SIDES: tuple[Side, Side] = ("negative", "positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """What of a match decides whether it is a voice. `witness` is who testifies, `story` what they repeat.

    `voice` where it is a voice of complaint, `praise` where it is one of praise.
    """

    counted_at: datetime
    witness: str
    story: int
    label: Label
    own: bool = False
    backfill: bool = False
    voice: bool = False
    praise: bool = False

    @property
    def complains(self) -> bool:
        return self.speaks("negative")

    def speaks(self, side: Side) -> bool:
        """Whether it counts for this side, as a voice or not."""
        return self.label == side and not self.own and not self.backfill

    def is_voice(self, side: Side) -> bool:
        """Whether it was decided to be a voice of this side."""
        return self.voice if side == "negative" else self.praise

    def as_voice(self, side: Side, is_voice: bool) -> Testimony:  # noqa: FBT001 - the verdict itself
        """The same with this verdict."""
        return replace(self, voice=is_voice) if side == "negative" else replace(self, praise=is_voice)


class Chorus:
    """The voices of one side about one client so far, by witness and by story, so that one more is judged without asking all."""

    def __init__(self, earlier: Iterable[Testimony] = (), *, side: Side = "negative") -> None:
        self._heard: dict[str | int, list[datetime]] = {}
        for voice in earlier:
            if voice.is_voice(side):
                self.join(voice)

    def join(self, voice: Testimony) -> None:
        """Count this one among the voices."""
        for name in (voice.witness, voice.story):
            self._heard.setdefault(name, []).append(voice.counted_at)

    def lacks(self, new: Testimony) -> bool:
        """Whether no voice within 24 h has the witness or the story of this one.

        What is stored late is compared in its own time, so the distance counts in both directions.
        """
        times = [*self._heard.get(new.witness, ()), *self._heard.get(new.story, ())]
        return not any(abs(at - new.counted_at) <= ALONE_FOR for at in times)


def is_voice(new: Testimony, earlier: Iterable[Testimony], *, side: Side = "negative") -> bool:
    """Whether `new` adds a witness of this side to the `earlier` stored ones about the same client."""
    return new.speaks(side) and Chorus(earlier, side=side).lacks(new)


def decided(
    batch: Sequence[Testimony], earlier: Sequence[Testimony], *, side: Side = "negative"
) -> list[bool]:
    """For a batch about one client in order of storing: which are voices of this side, each also against those before it."""
    chorus = Chorus(earlier, side=side)
    verdicts = []
    for new in batch:
        verdicts.append(new.speaks(side) and chorus.lacks(new))
        if verdicts[-1]:
            chorus.join(new)
    return verdicts


def voices_in(said: Sequence[Testimony]) -> int:
    """How many independent voices these are together, in order of storing, whatever their labels."""
    chorus = Chorus()
    number = 0
    for one in said:
        if chorus.lacks(one):
            chorus.join(one)
            number += 1
    return number
