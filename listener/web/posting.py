"""POST /in/NAME: mentions that other systems send. Signed, kept before they are answered, and read by the source `webhook`.

No session and no Host header plays a part: who has the secret may post, through whatever proxy.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from time import monotonic
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from listener.connector import rows
from listener.connector.rows import Unfit
from listener.domain.signing import HEADER, why_not
from listener.store import posts
from listener.store.engine import Database
from listener.store.errors import StoreError
from listener.telemetry import say

LARGEST = 2**20
MOST_ITEMS = 500
A_MINUTE = 120
"""Requests under one name that are taken in a minute; so many may come at once."""
BODY_S = 30.0
TOLD_WRONG = 20
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class _Refused(Exception):  # noqa: N818 - its sentence is the answer
    """The request is not taken."""

    def __init__(self, status: int, sentence: str, *, wrong: tuple[str, ...] = (), after_s: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.wrong, self.after_s = status, sentence, wrong, after_s


@dataclass(slots=True, kw_only=True)
class Rate:
    """How many requests each name may still send; refills with real time."""

    a_minute: int = A_MINUTE
    monotonic: Callable[[], float] = monotonic
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, name: str) -> float:
        """Takes one; how long to wait where there is none."""
        with self._lock:
            now = self.monotonic()
            left, at = self._left.get(name, (float(self.a_minute), now))
            left = min(self.a_minute, left + (now - at) * self.a_minute / 60)
            if left < 1:
                return (1 - left) * 60 / self.a_minute
            self._left[name] = (left - 1, now)
            return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterbox:
    """Where posts are kept, and the secrets of the webhooks that the configuration has now, by name."""

    database: Database
    secrets: Callable[[], Mapping[str, str]]
    now: Callable[[], datetime]
    rate: Rate = field(default_factory=Rate)


def routes(letterbox: Letterbox) -> list[Route]:
    """The path of all webhooks."""

    async def posted(request: Request) -> Response:
        try:
            return _taken(*await _take(letterbox, request))
        except _Refused as refused:
            return _told(refused)
        except StoreError as trouble:
            say("post-not-kept", name=request.path_params["name"], reason=trouble)
            return _told(_Refused(503, "It could not be kept: send it again.", after_s=30))

    return [Route("/in/{name}", posted, methods=["POST"])]


def _taken(count: int, repeated: bool) -> Response:  # noqa: FBT001 - what _take says
    return JSONResponse({"taken": count, "repeated": repeated}, status_code=202, headers=HEADERS)


def _told(refused: _Refused) -> Response:
    body: dict[str, Any] = {"error": refused.sentence}
    if refused.wrong:
        body["items"] = list(refused.wrong)
    headers = {**HEADERS, **({"Retry-After": str(refused.after_s)} if refused.after_s else {})}
    return JSONResponse(body, status_code=refused.status, headers=headers)


async def _take(letterbox: Letterbox, request: Request) -> tuple[int, bool]:
    """How many items it has, and whether they were here before; returns once they are kept."""
    name = request.path_params["name"]
    secret = letterbox.secrets().get(name)
    if secret is None:
        raise _Refused(404, "There is no webhook of this name: name it in a source, `webhook: {path: …}`.")
    _judge_kind(request)
    body = await _body(request)
    why = why_not(request.headers.get(HEADER, ""), body, secret=secret, now=letterbox.now())
    if why is not None:
        raise _Refused(401, why)
    wait_s = letterbox.rate.wait_s(name)
    if wait_s:
        raise _Refused(
            429,
            f"More than {letterbox.rate.a_minute} requests a minute: send several items at once.",
            after_s=1 + int(wait_s),
        )
    return await run_in_threadpool(_keep, letterbox, name, request.headers.get("Idempotency-Key"), body)


def _judge_kind(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or request.headers.get("content-encoding", "identity") != "identity":
        raise _Refused(415, "Send JSON: Content-Type: application/json, and nothing compressed.")


async def _body(request: Request) -> bytes:
    told = request.headers.get("content-length", "0")
    body = bytearray()
    if told.isdigit() and int(told) <= LARGEST:
        try:
            async with asyncio.timeout(BODY_S):
                async for part in request.stream():
                    body += part
                    if len(body) > LARGEST:
                        break
        except (TimeoutError, ClientDisconnect):
            raise _Refused(408, f"The body did not come within {BODY_S:.0f} s: send it again.") from None
        if len(body) <= LARGEST:
            return bytes(body)
    raise _Refused(413, "A request may have 1 MB: send fewer items at once.")


def _keep(letterbox: Letterbox, name: str, key: str | None, body: bytes) -> tuple[int, bool]:
    now = letterbox.now()
    count = len(_items(body, now))
    if key is not None and not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
        raise _Refused(422, "The Idempotency-Key may have 200 visible ASCII characters: shorten it.")
    known_by = f"key {key}" if key else f"body {sha256(body).hexdigest()}"
    with letterbox.database.write() as connection:
        outcome = posts.take(connection, name, key=known_by, body=body, now=now)
    if outcome == "another":
        raise _Refused(
            409, "This Idempotency-Key came with another body before: give each message a key of its own."
        )
    if outcome == "full":
        raise _Refused(
            429,
            "Too much waits to be read: is the source `webhook` polled? Send it again later.",
            after_s=300,
        )
    return count, outcome == "repeated"


def _items(body: bytes, now: datetime) -> list[Any]:
    """The items; raises _Refused where one of them cannot be read: then none is taken."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(422, "The body is no JSON: send one item, or a list of items.") from None
    items = data if isinstance(data, list) else [data]
    if len(items) > MOST_ITEMS:
        raise _Refused(413, f"A request may have {MOST_ITEMS} items: send the rest in another one.")
    if not items:
        raise _Refused(422, "The list is empty: send one item, or a list of items.")
    wrong = [f"item {number} {why}" for number, one in enumerate(items, start=1) if (why := _unfit(one, now))]
    if wrong:
        raise _Refused(
            422,
            f"{len(wrong)} of {len(items)} items cannot be read, so none was taken.",
            wrong=tuple(wrong[:TOLD_WRONG]),
        )
    return items


def _unfit(one: object, now: datetime) -> str:
    if not isinstance(one, dict):
        return 'is no object: write {"id": …, "text": …}'
    try:
        rows.item(one, now=now)
    except (Unfit, RecursionError) as unfit:
        return str(unfit) if isinstance(unfit, Unfit) else "is nested too deeply to be an item"
    return ""
