"""A generic webhook: the message as JSON, signed, with an Idempotency-Key.

    POST <url>
    Content-Type: application/json
    Idempotency-Key: <the message's id, percent-encoded; the same in every attempt>
    Listener-Signature: t=<seconds since 1970>,v1=<hexadecimal HMAC-SHA256>      (where a secret is configured)

The signature covers `<t>.<body>`, byte for byte as they were sent, under the secret in UTF-8. `t` is the time of the
message, not of the attempt: it stays the same in a repeat and may be hours old after an outage, so refuse repeats by the
Idempotency-Key rather than by age. Any 2xx takes the message. `repeat` in the body is true where an earlier attempt got
no clear answer.
"""

from __future__ import annotations

import json
from datetime import datetime
from urllib.parse import quote

from pydantic import ConfigDict, Field, SecretStr, field_validator

from listener.domain.message import Message
from listener.domain.signing import HEADER, signed
from listener.notify.address import web_address
from listener.notify.contract import Notifier, Post, ReceiverOptions
from listener.notify.verdict import refusal


class WebhookOptions(ReceiverOptions):
    """Where to post, and the secret that both sides know."""

    model_config = ConfigDict(hide_input_in_errors=True)

    url: SecretStr = Field(
        description="The address that takes the messages as JSON; empty means off.",
        examples=["https://ops.example/hook"],
    )
    secret: SecretStr | None = Field(
        default=None,
        description="The key of the HMAC-SHA256 in the header Listener-Signature; without it nothing is signed.",
        examples=["${HOOK_SECRET}"],
    )

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, value: SecretStr) -> SecretStr:
        return web_address(value)

    @property
    def off(self) -> str | None:
        return None if self.url.get_secret_value() else "its url is empty"


def deliver(post: Post, message: Message, options: WebhookOptions) -> None:
    """Post the message; returns when it was taken."""
    body = json.dumps(message.to_json(), separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": quote(message.id, safe=":/", errors="replace"),
    }
    secret = options.secret.get_secret_value() if options.secret else ""
    if secret:
        headers[HEADER] = signature(body, secret=secret, at=message.at)
    reply = post(options.url.get_secret_value(), content=body, headers=headers)
    if not 200 <= reply.status < 300:
        raise refusal(reply, place="The webhook")


def signature(body: bytes, *, secret: str, at: str) -> str:
    """The value of Listener-Signature; `at` is ISO 8601, and empty stands for 1970."""
    return signed(body, secret=secret, seconds=int(datetime.fromisoformat(at).timestamp()) if at else 0)


NOTIFIER = Notifier(
    kind="webhook",
    summary="posts each message as signed JSON to an address of yours",
    options=WebhookOptions,
    deliver=deliver,
    short="url",
)
