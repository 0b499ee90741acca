"""Which mentions are voices: independent witnesses of a complaint (docs/words.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from listener.domain.sentiment import Label

ALONE_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """What of a match decides whether it is a voice. `witness` is who testifies, `story` what they repeat."""

    counted_at: datetime
    witness: str
    story: int
    label: Label
    own: bool = False
    backfill: bool = False
    voice: bool = False

    @property
    def complains(self) -> bool:
        return self.label == "negative" and not self.own and not self.backfill


class Chorus:
    """The voices about one client so far, by witness and by story, so that one more is judged without asking them all."""

    def __init__(self, earlier: Iterable[Testimony] = ()) -> None:
        self._heard: dict[str | int, list[datetime]] = {}
        for voice in earlier:
            if voice.voice:
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


def is_voice(new: Testimony, earlier: Iterable[Testimony]) -> bool:
    """Whether `new` adds a witness to the `earlier` stored ones about the same client: it complains, as none of them did."""
    return new.complains and Chorus(earlier).lacks(new)


def decided(batch: Sequence[Testimony], earlier: Sequence[Testimony]) -> list[bool]:
    """For a batch about one client in order of storing: which are voices, each also against those before it in the batch."""
    chorus = Chorus(earlier)
    verdicts = []
    for new in batch:
        verdicts.append(new.complains and chorus.lacks(new))
        if verdicts[-1]:
            chorus.join(new)
    return verdicts
