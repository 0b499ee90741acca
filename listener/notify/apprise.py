"""The services that Apprise knows, as the extra `apprise`. It says what to send; sending is the door's.

Apprise would make its requests itself. So it runs in a process without any network, which hands each of them to us; what
it would do in other ways than by requests to the web (its own mail, MQTT, programs) is not done.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

from pydantic import ConfigDict, Field, SecretStr, field_validator

from listener.domain.message import Message
from listener.notify import shape
from listener.notify.contract import Notifier, Permanent, Post, ReceiverOptions, Reply, Retryable, Undelivered
from listener.notify.verdict import refusal

DEADLINE_S = 60.0
MOST_BYTES = 2**20
MOST_REQUESTS = 10
_PING = re.compile(r"<(?=[@!#])")


class AppriseOptions(ReceiverOptions):
    """One service by its Apprise address."""

    model_config = ConfigDict(hide_input_in_errors=True)

    service: SecretStr = Field(
        description="The service as Apprise writes it, such as tgram://TOKEN/CHAT; empty means off.",
        examples=["${APPRISE_URL:-}"],
    )

    @field_validator("service")
    @classmethod
    def _can_be_used(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value().strip()
        if text and not re.fullmatch(r"[A-Za-z0-9+-]+://[\x21-\x7e]*", text):
            raise ValueError(
                "is no service of Apprise: write it as its documentation does, such as tgram://TOKEN/CHAT"
            )
        if text and find_spec("apprise") is None:
            raise ValueError("needs the extra apprise: pip install 'client-listener[apprise]'")
        return SecretStr(text)

    @property
    def off(self) -> str | None:
        return None if self.service.get_secret_value() else "its service is empty"


@dataclass(slots=True)
class Round:
    """The requests that were made for one message: what was answered, or why nothing was."""

    replies: list[Reply] = field(default_factory=list)
    failure: Undelivered | None = None

    @property
    def may_have_arrived(self) -> bool:
        return any(200 <= reply.status < 300 for reply in self.replies)


def deliver(post: Post, message: Message, options: AppriseOptions) -> None:
    """Notify through Apprise; returns when the service took it."""
    order = {
        "service": options.service.get_secret_value(),
        "title": _defused(_title(message)),
        "body": _defused("\n".join(shape.plain(message).splitlines()[1:])),
    }
    made = Round()
    ends_at = monotonic() + DEADLINE_S
    with _child() as line:
        told = _talked(line, order, post, made, ends_at=ends_at)
    _judge(told, made)


def _title(message: Message) -> str:
    return shape.plain(message).partition("\n")[0]


def _defused(text: str) -> str:
    """Some services ring for <@somebody> wherever it stands."""
    return _PING.sub("<\u2060", text)


@contextmanager
def _child() -> Iterator[Connection]:
    """A process of its own, which is gone when we leave. Spawned: a forked one would hold what we hold."""
    from listener.notify.apprise_child import serve

    context = get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=serve, args=(its,), daemon=True, name="apprise")
    process.start()
    its.close()
    try:
        yield ours
    finally:
        ours.close()
        process.kill()
        process.join()
        process.close()


def _talked(
    line: Connection, order: dict[str, str], post: Post, made: Round, *, ends_at: float
) -> dict[str, Any]:
    """Answer its requests until it says how it ended. Raises Retryable where it never does."""
    try:
        line.send_bytes(json.dumps(order).encode())
        while line.poll(max(0.0, ends_at - monotonic())):
            told: dict[str, Any] = json.loads(line.recv_bytes(MOST_BYTES))
            if "url" not in told:
                return told
            line.send_bytes(json.dumps(_asked(post, told, made)).encode())
    except (EOFError, OSError, ValueError):
        raise Retryable("Apprise broke off", in_doubt=made.may_have_arrived) from None
    raise Retryable("Apprise does not finish in time", in_doubt=made.may_have_arrived)


def _asked(post: Post, told: dict[str, Any], made: Round) -> dict[str, Any]:
    """One request of the child, through the door; an empty answer where there was none."""
    if told["method"] != "POST" or len(made.replies) >= MOST_REQUESTS:
        made.failure = Permanent(
            "Apprise would reach this service by other requests than we make for it: use another receiver",
            receiver_dead=True,
        )
        return {}
    try:
        reply = post(told["url"], content=b64decode(told["content"]), headers=told["headers"])
    except Undelivered as failure:
        made.failure = failure
        return {}
    made.replies.append(reply)
    headers = {name.lower(): value for name, value in reply.headers.items()}
    return {"status": reply.status, "headers": headers, "body": b64encode(reply.body).decode()}


def _judge(told: dict[str, Any], made: Round) -> None:
    """Returns where the service took the message. Apprise says only whether, so why is read from the answers."""
    if told.get("taken") and made.may_have_arrived:
        return
    if told.get("unknown"):
        reason = "Apprise does not know such a service: write it as its documentation does"
        raise Permanent(reason, receiver_dead=True)
    if made.failure is not None:
        made.failure.in_doubt = made.failure.in_doubt or made.may_have_arrived
        raise made.failure
    if not made.replies:
        reason = "Apprise reaches this service in other ways than by requests to the web, which are all that we make for it"
        raise Permanent(reason, receiver_dead=True)
    if 200 <= made.replies[-1].status < 300:
        raise Permanent("The service answers, but not that it took this message")
    failure = refusal(made.replies[-1], place="The service")
    failure.in_doubt = failure.in_doubt or made.may_have_arrived
    raise failure


NOTIFIER = Notifier(
    kind="apprise",
    summary="notifies the services that Apprise knows, by requests of ours (an extra)",
    options=AppriseOptions,
    deliver=deliver,
    short="service",
)
