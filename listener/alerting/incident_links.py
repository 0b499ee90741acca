"""Links in messages by which a person answers, and to the picture of the counts, where the page can be reached from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from listener.domain import pictured
from listener.domain.answer import HOLDS_FOR, Action, Answer, path
from listener.domain.message import Link, Message
from listener.domain.pictured import Pictured
from listener.domain.rules import Watched
from listener.store import secrets
from listener.telemetry import REDACTION

KEY = "answers"
WORDS: dict[Action, str] = {"take": "Take it", "close": "Close it", "note": "Add a note"}


def with_links(
    connection: sa.Connection,
    message: Message,
    watched: Watched,
    receiver: str,
    *,
    now: datetime,
    change: int | None = None,
) -> Message:
    """The message with what this receiver may do about its incident; unchanged where no page is known, or nothing is left to do.

    `change` is the number of the change that tells it; its chart, if it has one, is kept there.
    """
    if watched.public_url is None or message.incident is None:
        return message
    actions: tuple[Action, ...] = ("take", "close", "note")
    if message.kind in {"closed", "resolved"}:
        actions = ("note",)
    elif message.kind in {"taken", "noted"}:
        actions = ("close", "note")
    key = secrets.made(connection, KEY, now=now)
    REDACTION.learn([key])
    until = now + HOLDS_FOR
    page = watched.public_url.rstrip("/")
    links = [
        Link(
            words=WORDS[action],
            url=page
            + path(Answer(incident=message.incident, action=action, receiver=receiver, until=until), key),
        )
        for action in actions
    ]
    picture = None
    if message.chart is not None and change is not None:
        picture = page + pictured.path(Pictured(incident=message.incident, change=change, until=until), key)
    return replace(message, links=(*message.links, *links), picture=picture)
