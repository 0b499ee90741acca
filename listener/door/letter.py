"""A mail on its way: where it is handed in, and what the server there said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Security = Literal["starttls", "tls", "none"]
Stage = Literal["greeting", "login", "sender", "recipient", "content"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """An SMTP server. Without a user nobody logs in. `security` "none" is for this machine alone."""

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail to one address; `content` is the whole of it, headers included, as RFC 5322 has it."""

    sender: str
    to: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the server said last, and how far the mail had come: it was taken where `content` was answered with a 250.

    `words` are the server's own: untrusted, one line, at most 200 characters; none where somebody logs in.
    """

    code: int
    stage: Stage
    words: str = ""

    @property
    def taken(self) -> bool:
        return self.stage == "content" and self.code == 250
