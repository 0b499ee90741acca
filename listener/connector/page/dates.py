"""The dates that pages and sitemaps write (W3C: a year, a month, a day or an instant) → UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_PARTIAL = re.compile(r"\d{4}(?:-\d{2})?")


def instant(text: object, *, now: datetime) -> datetime | None:
    """The instant that `text` names, or None where it names none, or one before the web or more than a day ahead.

    A date without a time is its first moment; a time without a zone is taken as UTC.
    """
    if not isinstance(text, str):
        return None
    written = text.strip()[:40]
    if _PARTIAL.fullmatch(written):
        written += "-01-01"[len(written) - 4 :]
    try:
        read = datetime.fromisoformat(written)
        aware = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return aware if _EARLIEST <= aware <= now + timedelta(days=1) else None
