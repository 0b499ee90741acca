"""Whether so many speak that there may be an alert at all: asked of everybody, before it is known what is usual."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from listener.domain.spike import STILL_NEWS, WINDOWS, Voice

LONGEST = max(WINDOWS)


def may_fire(voices: Sequence[Voice], *, at_least: int, now: datetime) -> bool:
    """Whether the longest window, where it ends on a voice of the last 24 h, ever holds so many voices and witnesses.

    If not, no window does: `find_spike` would find nothing, whatever is usual.
    """
    if len(voices) < at_least:
        return False
    ordered = sorted(voices, key=lambda voice: voice.at)
    first = 0
    for last, voice in enumerate(ordered):
        while ordered[first].at <= voice.at - LONGEST:
            first += 1
        if last - first + 1 < at_least or voice.at < now - STILL_NEWS:
            continue
        if len({one.witness for one in ordered[first : last + 1]}) >= at_least:
            return True
    return False
