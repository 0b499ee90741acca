"""What others said about a client as a replay hears it, so that a window of complaints is held against the volume of talk.

The same numbers as those that episodes.py asks of the store (store/recent.py), of what had come in by then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from listener.domain.spans import Span
from listener.domain.spike import LOOK_BACK, STILL_NEWS, WINDOWS, Spike
from listener.domain.usual import DAY
from listener.domain.voices import Testimony, voices_in
from listener.domain.volume import CHANCE, Share, Volume, volume
from listener.store.matches import BUCKET, bucket

RECENT = STILL_NEWS + max(WINDOWS)


class Talk:
    """Everything so far that counts: by others, no backfill, with a label that is known."""

    def __init__(self) -> None:
        self._complaints: Counter[datetime] = Counter()
        self._others: Counter[datetime] = Counter()
        self._recent: list[Testimony] = []

    def hear(self, said: Iterable[Testimony], *, now: datetime) -> None:
        """What came in now, in order of storing."""
        new = [one for one in said if not one.own and not one.backfill and one.label != "unknown"]
        for one in new:
            side = self._complaints if one.complains else self._others
            side[bucket(one.counted_at)] += 1
        self._recent = [one for one in (*self._recent, *new) if one.counted_at > now - RECENT]

    def held_against(self, spike: Spike, *, past: Sequence[Span], more: float = 1.0) -> Volume:
        """The window of this spike against the usual share of complaints, incidents in `past` left out of that.

        `more` is how many times its usual budget the rule has.
        """
        starts_at = spike.ends_at - spike.window
        said = [one for one in self._recent if starts_at < one.counted_at <= spike.ends_at]
        complain = {one.witness for one in said if one.complains}
        others = [one for one in said if not one.complains and one.witness not in complain]
        until = min(starts_at, spike.ends_at - DAY)
        return volume(
            len(spike.voices),
            len(spike.voices) + voices_in(others),
            self._share(since=spike.ends_at - LOOK_BACK, until=until, without=past),
            enough=CHANCE * more,
        )

    def _share(self, *, since: datetime, until: datetime, without: Sequence[Span]) -> Share:
        return Share(
            complaints=_counted(self._complaints, since=since, until=until, without=without),
            others=_counted(self._others, since=since, until=until, without=without),
        )


def _counted(counts: Counter[datetime], *, since: datetime, until: datetime, without: Sequence[Span]) -> int:
    return sum(
        number
        for at, number in counts.items()
        if since <= at < until and not any(start - BUCKET < at < end for start, end in without)
    )
