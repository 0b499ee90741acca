"""Which mentions are voices: independent witnesses of a complaint (docs/words.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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


def is_voice(new: Testimony, earlier: Iterable[Testimony]) -> bool:
    """Whether `new` adds a witness to the `earlier` stored ones about the same client.

    It does if it complains and no earlier voice within 24 h has its witness or its story. What is stored late is compared
    in its own time, so the distance counts in both directions.
    """
    return new.complains and not any(
        old.voice
        and (old.witness == new.witness or old.story == new.story)
        and abs(old.counted_at - new.counted_at) <= ALONE_FOR
        for old in earlier
    )


def decided(batch: Sequence[Testimony], earlier: Sequence[Testimony]) -> list[bool]:
    """For a batch about one client in order of storing: which are voices, each also against those before it in the batch."""
    known = [old for old in earlier if old.voice]
    verdicts = []
    for new in batch:
        verdict = is_voice(new, known)
        verdicts.append(verdict)
        if verdict:
            known.append(replace(new, voice=True))
    return verdicts
