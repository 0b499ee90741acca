"""Mail through any SMTP server: text and HTML, the messages of one incident in one thread."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator

from listener.domain.message import Message
from listener.door.letter import Letter, MailServer, Said, Security
from listener.notify.contract import Notifier, Permanent, Place, Post, ReceiverOptions, Retryable, Undelivered

_PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
_HERE = {"localhost", "127.0.0.1", "::1"}
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{3,254}}$){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_REFUSED = {
    "greeting": "does not want mail from this address: ask who runs it",
    "login": "refuses user and password: set them anew (many providers want an app password)",
    "sender": "does not send for this `sender`: use an address that belongs to the user",
    "recipient": "does not take mail for `to`: check the address",
    "content": "does not take this mail",
}
_MEANT = {
    523: "it wants TLS: set security to starttls",
    530: "it wants a login, or TLS: set user and password, or security",
    534: "it wants another way of logging in: many providers want an app password",
    538: "it wants TLS before the login: set security to starttls",
    552: "the mailbox is full, or the mail too large",
}


class EmailOptions(ReceiverOptions):
    """An SMTP server, and one address that mail goes to."""

    model_config = ConfigDict(hide_input_in_errors=True)

    host: str = Field(description="The SMTP server; empty means off.", examples=["smtp.agency.example"])
    port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Its port; without it 587 for starttls, 465 for tls, 25 for none.",
    )
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the way there is kept private; none is for a server on this machine.",
    )
    user: str = Field(default="", description="Who logs in; empty where the server asks nobody.")
    password: SecretStr | None = Field(
        default=None, description="The user's password.", examples=["${SMTP_PASSWORD}"]
    )
    sender: str = Field(description="The address that mail comes from.", examples=["listener@agency.example"])
    to: str = Field(description="The one address that mail goes to.", examples=["dana@agency.example"])

    @field_validator("host")
    @classmethod
    def _is_a_host(cls, value: str) -> str:
        text = value.strip().strip("[]").lower()
        if not re.fullmatch(r"[a-z0-9._:-]{0,253}", text):
            raise ValueError("is no name of a server: write it without a scheme, such as smtp.agency.example")
        return text

    @field_validator("sender", "to")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        text = value.strip()
        if not _ADDRESS.fullmatch(text):
            raise ValueError(
                "is no single mail address: write such as dana@agency.example, one for each receiver"
            )
        return text

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        secret = self.password.get_secret_value() if self.password else ""
        if bool(self.user) != bool(secret):
            raise ValueError("needs user and password together: write both, or neither")
        if self.security == "none" and self.host and self.host not in _HERE:
            raise ValueError(
                "must not send in the clear: security none is for a server on this machine; write starttls or tls"
            )
        return self

    @property
    def off(self) -> str | None:
        return None if self.host else "its host is empty"

    @property
    def dials(self) -> tuple[str, int] | None:
        return (self.host, self.server.port) if self.host else None

    @property
    def server(self) -> MailServer:
        return MailServer(
            host=self.host,
            port=self.port or _PORTS[self.security],
            security=self.security,
            user=self.user,
            password=self.password.get_secret_value() if self.password else "",
        )


def deliver(post: Post, message: Message, options: EmailOptions) -> Place:
    """Mail the message, as an answer to the first mail of its incident where there was one; returns that one's id."""
    from listener.notify.letter import letter, message_id

    place = message.place or {}
    thread = str(place.get("message_id", "")) if place.get("to") == options.to else ""
    content = letter(message, sender=options.sender, to=options.to, thread=thread)
    said = post.mail(Letter(sender=options.sender, to=options.to, content=content), options.server)
    if not said.taken:
        raise _refusal(said)
    return {"to": options.to, "message_id": thread or message_id(message, sender=options.sender)}


def _refusal(said: Said) -> Undelivered:
    """4xx is for later. 5xx is for ever: for this mail where its content was looked at, else for whatever comes."""
    words = f": “{said.words}”" if said.words else ""
    if 400 <= said.code < 500:
        return Retryable(f"The mail server asks for another try later ({said.code}){words}")
    if not 500 <= said.code < 600:
        doubt = said.stage == "content"
        return Retryable(f"The mail server answers {said.code}, which is no answer here", in_doubt=doubt)
    meant = f"; {_MEANT[said.code]}" if said.code in _MEANT else ""
    reason = f"The mail server {_REFUSED[said.stage]} ({said.code}{meant}){words}"
    return Permanent(reason, receiver_dead=said.stage != "content" and said.code != 552)


NOTIFIER = Notifier(
    kind="email",
    summary="mails through any SMTP server, the messages of one incident in one thread",
    options=EmailOptions,
    deliver=deliver,
)
