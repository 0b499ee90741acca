"""A notifier's way out, through the one door."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from listener.door.door import Door
from listener.door.errors import Busy, Refused, TooSlow, Unreachable
from listener.door.letter import Letter, MailServer, Said
from listener.notify.contract import Permanent, Post, Reply, Retryable

DEADLINE_S = 15.0
MAIL_DEADLINE_S = 60.0  # a mail is looked at for a while before it is taken
MOST_BYTES = 256 * 2**10  # Slack's API hands back the whole message, each sign of it escaped


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A reply of which only the status could be taken: its body was too large, or coded as nobody asked."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def poster(door: Door) -> Post:
    """What notifiers send with."""
    return Poster(door)


@dataclass(frozen=True, slots=True)
class Poster:
    """The contract's Post, through this door.

    Raises Retryable where no answer came, in doubt where the message may have been received; Permanent where the door
    does not ask such an address: that is no message's fault, so the receiver is shut and its messages wait.
    """

    door: Door

    def __call__(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Reply:
        """A redirect is handed back as it is."""
        with _told():
            try:
                return self.door.send(
                    "POST",
                    url,
                    content=content,
                    headers=headers,
                    deadline_s=DEADLINE_S,
                    max_bytes=MOST_BYTES,
                    follow=False,
                )
            except Refused as refused:
                if refused.status is None:
                    raise
                return Unread(status=refused.status)

    def mail(self, letter: Letter, server: MailServer) -> Said:
        with _told():
            return self.door.mail(letter, server, deadline_s=MAIL_DEADLINE_S)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise Permanent(refused.reason, receiver_dead=True) from None
    except Busy as busy:
        raise Retryable(busy.reason, after=busy.after) from None
    except (Unreachable, TooSlow) as error:
        raise Retryable(error.reason, in_doubt=error.sent) from None
