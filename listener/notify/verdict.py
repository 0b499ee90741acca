"""What an answer's status means for a message, where the kind of place has nothing of its own to say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from listener.notify.contract import Permanent, Reply, Retryable, Undelivered

UNNAMED_WAIT = timedelta(
    seconds=30
)  # for a 429 that names no time we can read: knocking sooner may get us banned
LONGEST_WAIT = timedelta(hours=1)
_LATER = {408, 409, 425}  # too slow, another attempt still under way there, too early
_ANSWER_LOST = {502, 504}  # a gateway that lost the answer: what stands behind it may have taken the message
_SHUT = {401, 403, 404, 407, 410}


def refusal(reply: Reply, *, place: str) -> Undelivered:
    """Why a message was not taken, for a status that does not say so. The sentence holds no word of the answer."""
    status, asked = reply.status, retry_after(reply.headers)
    if status == 429:
        return Retryable(f"{place} asks for a pause (429)", after=UNNAMED_WAIT if asked is None else asked)
    if status in _LATER or status >= 500:
        return Retryable(f"{place} is in trouble ({status})", after=asked, in_doubt=status in _ANSWER_LOST)
    if 300 <= status < 400:
        reason = f"{place} sends us elsewhere ({status}), which is not followed: configure the new address"
        return Permanent(reason, receiver_dead=True)
    if status in _SHUT:
        reason = f"{place} is closed to us ({status}): check its address in the configuration"
        return Permanent(reason, receiver_dead=True)
    return Permanent(f"{place} does not take this message ({status})")


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """The pause that an answer asks for, at most an hour; None without one that can be read.

    A date counts from the answer's own Date, so that no clock of ours is needed.
    """
    named = {name.lower(): value.strip() for name, value in headers.items()}
    asked = named.get("retry-after", "")
    if asked.isascii() and asked.isdigit():
        seconds = int(asked[:9]) if len(asked) < 10 else 10**9
        return min(timedelta(seconds=seconds), LONGEST_WAIT)
    until, since = _date(asked), _date(named.get("date", ""))
    return None if until is None or since is None else min(max(until - since, timedelta(0)), LONGEST_WAIT)


def _date(text: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
