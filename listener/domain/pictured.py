"""Where the page shows the counts of a message as a picture: a link that is signed, and holds for a while."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from listener.domain.answer import seconds, signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """The counts of one incident as they were told by the change of this number, to be seen until some time."""

    incident: int
    change: int
    until: datetime


def signature(pictured: Pictured, key: str) -> str:
    """What proves that we made the link: it opens nothing else, and no other link opens it."""
    facts = (pictured.incident, pictured.change, seconds(pictured.until))
    return signed("listener picture 1", *map(str, facts), key=key)


def path(pictured: Pictured, key: str) -> str:
    """The path of the picture, with its signature."""
    query = {"until": seconds(pictured.until), "sign": signature(pictured, key)}
    return f"/incidents/{pictured.incident}/counts/{pictured.change}.png?{urlencode(query)}"


def holds(pictured: Pictured, sign: str, key: str | None, *, now: datetime) -> bool:
    """Whether the link is ours, and not too old."""
    if key is None:
        return False
    is_ours = hmac.compare_digest(signature(pictured, key).encode(), sign.encode(errors="replace"))
    return is_ours and now <= pictured.until
