"""A mailbox that is read, and the mails in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

MailSecurity = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One folder of a mailbox at an IMAP server. `security` "none" is for this machine alone."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    security: MailSecurity = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail as it was sent. `cut` where it is so large that only its beginning was read."""

    number: int
    body: bytes = field(repr=False)
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailsRead:
    """Some mails of a folder, by their numbers (UIDs).

    validity  numbers hold within it: where it has changed, they are others' (UIDVALIDITY)
    reached   up to this number the folder was read
    more      there is more behind it
    """

    validity: int
    mails: tuple[Mail, ...]
    reached: int
    more: bool
