"""Retry-After (RFC 9110, 10.2.3), as hosts really send it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SECONDS = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{0,300})?")


def retry_after(
    headers: Mapping[str, str],
    *,
    now: datetime,
    least: timedelta = timedelta(seconds=1),
    most: timedelta = timedelta(hours=24),
) -> timedelta | None:
    """How long the host asks us to wait, between `least` and `most`; None where it says nothing that can be read.

    `headers` has lower-case names. Seconds and dates are read; what is past, zero or negative counts as `least`.
    """
    text = headers.get("retry-after", "").strip()
    if SECONDS.fullmatch(text):
        seconds = min(max(float(text), least.total_seconds()), most.total_seconds())
        return timedelta(seconds=seconds)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max(aware - now, least), most)
