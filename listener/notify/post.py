"""A notifier's way out, through the one door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from listener.door.door import Door
from listener.door.errors import Busy, Refused, TooSlow, Unreachable
from listener.notify.contract import Permanent, Post, Reply, Retryable

DEADLINE_S = 15.0
MOST_BYTES = 256 * 2**10  # Slack's API hands back the whole message, each sign of it escaped


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A reply of which only the status could be taken: its body was too large, or coded as nobody asked."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def poster(door: Door) -> Post:
    """What notifiers send with. A redirect is handed back as it is.

    Raises Retryable where no answer came, in doubt where the message may have been received; Permanent where the door
    does not ask such an address: that is no message's fault, so the receiver is shut and its messages wait.
    """

    def post(url: str, *, content: bytes, headers: Mapping[str, str]) -> Reply:
        try:
            return door.send(
                "POST",
                url,
                content=content,
                headers=headers,
                deadline_s=DEADLINE_S,
                max_bytes=MOST_BYTES,
                follow=False,
            )
        except Refused as refused:
            if refused.status is not None:
                return Unread(status=refused.status)
            raise Permanent(refused.reason, receiver_dead=True) from None
        except Busy as busy:
            raise Retryable(busy.reason, after=busy.after) from None
        except (Unreachable, TooSlow) as error:
            raise Retryable(error.reason, in_doubt=error.sent) from None

    return post
