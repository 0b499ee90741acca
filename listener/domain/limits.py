"""How much a place says is left, in every spelling that places use in their headers.

| place | spelling |
| --- | --- |
| X, GitHub | `x-rate-limit-remaining` or `x-ratelimit-remaining`, reset in seconds since 1970 |
| Mastodon | `x-ratelimit-remaining`, reset as an ISO time |
| Reddit | `x-ratelimit-remaining` as a fraction, reset in seconds from now |
| Bluesky and the draft standard | `ratelimit-remaining`, reset in seconds since 1970 or from now |
| Meta | percentages as JSON: `x-app-usage`, `x-page-usage`, `x-business-use-case-usage` |
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

FAMILIES = ("x-rate-limit", "x-ratelimit", "ratelimit")
USAGE = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
LONGEST = timedelta(days=31)
META_PAUSE = timedelta(hours=1)
"""Meta counts over a sliding hour and seldom says when there is more."""
LONG_AGO = 1_000_000_000
"""A reset above this is a time since 1970, one below a number of seconds from now."""
DEEPEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How much is left, and when there is more; None where the place does not say."""

    left: float
    resets_at: datetime | None


def left(headers: Mapping[str, str], *, now: datetime) -> Left | None:
    """What the headers of an answer (names in lower case) say, the scarcest of them; None where nothing can be read."""
    told = [*_counted(headers, now), *_percentages(headers, now)]
    return min(told, key=lambda one: one.left, default=None)


def _counted(headers: Mapping[str, str], now: datetime) -> Iterator[Left]:
    for family in FAMILIES:
        remaining = _number(headers.get(f"{family}-remaining"))
        if remaining is not None and remaining >= 0:
            yield Left(left=remaining, resets_at=_time(headers.get(f"{family}-reset"), now))


def _percentages(headers: Mapping[str, str], now: datetime) -> Iterator[Left]:
    """100 % of anything is nothing left; below that the percentage points that are."""
    for name in USAGE:
        try:
            told = json.loads(headers.get(name, "null"))
        except (ValueError, RecursionError):
            continue
        used = list(_used(told))
        if used:
            minutes = max(wait for _, wait in used)
            pause = timedelta(minutes=min(minutes, 1440)) if minutes > 0 else META_PAUSE
            yield Left(left=max(0.0, 100.0 - max(percent for percent, _ in used)), resets_at=now + pause)


_PERCENTS = ("call_count", "total_time", "total_cputime")


def _used(told: Any, depth: int = 0) -> Iterator[tuple[float, float]]:  # noqa: ANN401 - whatever JSON holds
    """Every percentage in there, with the minutes until access is regained where they stand beside it."""
    if depth > DEEPEST:
        return
    if isinstance(told, Mapping):
        minutes = _number(told.get("estimated_time_to_regain_access")) or 0.0
        for name in _PERCENTS:
            if (percent := _number(told.get(name))) is not None:
                yield percent, minutes
    for inner in told.values() if isinstance(told, Mapping) else told if isinstance(told, list) else ():
        yield from _used(inner, depth + 1)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _time(value: str | None, now: datetime) -> datetime | None:
    """A time after now and within a month; None for all else."""
    if value is None:
        return None
    seconds = _number(value)
    try:
        if seconds is None:
            at = datetime.fromisoformat(value.strip())
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        elif seconds > LONG_AGO:
            at = datetime.fromtimestamp(seconds, UTC)
        else:
            at = now + timedelta(seconds=seconds)
    except (ValueError, OverflowError, OSError):
        return None
    return at if now < at <= now + LONGEST else None
