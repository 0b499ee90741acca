"""What a notifier declares and what it may raise; the mirror of a connector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from listener.domain.message import Message
from listener.door.letter import Letter, MailServer, Said


class Undelivered(Exception):  # noqa: N818 - the two below are outcomes of an attempt, named as such
    """The message was not taken, or we cannot know. The text is a sentence for a person, without secrets.

    `in_doubt` is True where the message may have arrived all the same (no answer after sending): the next attempt says
    "possible repeat".
    """

    def __init__(self, reason: str, *, in_doubt: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.in_doubt = in_doubt


class Retryable(Undelivered):
    """Worth another try, not before `after` if the place named a time."""

    def __init__(self, reason: str, *, after: timedelta | None = None, in_doubt: bool = False) -> None:
        super().__init__(reason, in_doubt=in_doubt)
        self.after = after


class Permanent(Undelivered):
    """This message will never be taken there. `receiver_dead` is True where no message will (revoked, archived)."""

    def __init__(self, reason: str, *, receiver_dead: bool = False) -> None:
        super().__init__(reason)
        self.receiver_dead = receiver_dead


class ReceiverOptions(BaseModel):
    """Base of every notifier's options: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def off(self) -> str | None:
        """Why this receiver takes nothing (its address is empty), or None; said once at start."""
        return None

    @property
    def dials(self) -> tuple[str, int] | None:
        """Host and port that it connects to, where no option of it is a web address."""
        return None


R = TypeVar("R", bound=ReceiverOptions)

Place = Mapping[str, Any]
"""Where a conversation stands, as JSON that only its notifier understands: a thread, the id of a mail."""


class Reply(Protocol):
    """What a receiver answered."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def body(self) -> bytes: ...


class Post(Protocol):
    """The only way out that a notifier has; redirects are not followed; raises Retryable where no answer came."""

    def __call__(self, url: str, *, content: bytes, headers: Mapping[str, str]) -> Reply: ...

    def mail(self, letter: Letter, server: MailServer) -> Said: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier(Generic[R]):
    """A kind of receiver, declared. `deliver(post, message, options)` returns when the message was taken, else raises.

    What it returns, if anything, is kept for the message's incident and receiver, and stands in the `place` of the next message
    about it. A message whose place was lost is delivered all the same: it begins a new conversation.
    """

    kind: str
    summary: str
    options: type[R]
    deliver: Callable[[Post, Message, R], Place | None]
    short: str | None = None


AnyNotifier = Notifier[Any]
