"""What a person may do about an incident by a link: signed, for one receiver, for a while."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal
from urllib.parse import urlencode

Action = Literal["take", "close", "note"]
ACTIONS: dict[str, Action] = {"take": "take", "close": "close", "note": "note"}
HOLDS_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing that may be done about one incident, through a message to one receiver, until some time."""

    incident: int
    action: Action
    receiver: str
    until: datetime


def signature(answer: Answer, key: str) -> str:
    """What proves that we made the link: an HMAC-SHA256 over all that it says."""
    facts = (str(answer.incident), answer.action, answer.receiver, str(seconds(answer.until)))
    return signed("listener answer 1", *facts, key=key)


def signed(*lines: str, key: str) -> str:
    """The HMAC-SHA256 over these lines; the first says what they are, so that no signature does for something else."""
    return hmac.new(key.encode(), "\n".join(lines).encode(errors="backslashreplace"), sha256).hexdigest()


def path(answer: Answer, key: str) -> str:
    """The path of the link, with its signature."""
    query = {"to": answer.receiver, "until": seconds(answer.until), "sign": signature(answer, key)}
    return f"/incidents/{answer.incident}/{answer.action}?{urlencode(query)}"


def refusal(answer: Answer, sign: str, key: str | None, *, now: datetime) -> str | None:
    """Why a link is not followed, as a sentence; None where it is good."""
    if key is None or not hmac.compare_digest(signature(answer, key).encode(), sign.encode(errors="replace")):
        return "This link is not one of ours, or it was changed on its way: open it from the message again."
    if now > answer.until:
        return (
            f"This link held until {answer.until:%Y-%m-%d %H:%M} UTC: "
            f"use `listener incidents {answer.action} {answer.incident}`."
        )
    return None


def seconds(at: datetime) -> int:
    """A time as a link has it."""
    return int(at.astimezone(UTC).timestamp())
