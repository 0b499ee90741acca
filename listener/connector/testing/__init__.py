"""What a connector is tested with: recorded exchanges, played through the real door's rules without a socket.

A recording is a JSON file: the options, the query (for kinds with a search), the time of the first poll, and exchanges in
the place's true shape. An exchange that is listed more than once answers the first poll first, and so on; the last one
repeats. docs/add-a-connector.md shows one.
"""

from __future__ import annotations

import base64
import json
import pickle
import ssl
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx

from listener.connector.contract import JSON, AnyConnector, OptionsModel, Page
from listener.connector.ledger import Ledger
from listener.connector.purse import Purse, purse_for
from listener.connector.robots import Robots
from listener.connector.testing.inward import NONE, Inward, PlayedDoor, bytes_of
from listener.connector.visit import Visit
from listener.domain.found import Found
from listener.domain.query import parse_query
from listener.door.errors import NotUpgraded

T = TypeVar("T")
MOST_PAGES = 100  # a poll of more is one that never ends
NOTHING: Mapping[str, Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the place answered. `messages` are those of a stream, after which none comes for a while."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    messages: tuple[bytes, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One file of exchanges. `polls` is how many polls it tells of, each `every` after the one before."""

    name: str
    options: Mapping[str, Any]
    query: str | None
    now: datetime
    polls: int
    every: timedelta
    replies: Mapping[tuple[str, ...], tuple[Reply, ...]]
    inward: Inward

    @classmethod
    def load(cls, path: Path) -> Recording:
        """Read a file. Raises KeyError or ValueError where it is no recording."""
        data = json.loads(path.read_text(encoding="utf-8"))
        replies: dict[tuple[str, ...], tuple[Reply, ...]] = {}
        for exchange in data.get("exchanges", ()):
            key = _key(exchange["request"].get("method", "GET"), exchange["request"]["url"])
            replies[key] = (*replies.get(key, ()), _reply(exchange["response"]))
        return cls(
            name=path.stem,
            options=data.get("options", {}),
            query=data.get("query"),
            now=datetime.fromisoformat(data["now"]).astimezone(UTC),
            polls=data.get("polls", 1),
            every=timedelta(minutes=data.get("every_minutes", 15)),
            replies=replies,
            inward=Inward.read(data),
        )

    @property
    def is_inward(self) -> bool:
        """Whether nothing is asked over HTTP: it is about what comes by itself."""
        return self.inward.is_used and not self.replies

    def searches(self, connector: AnyConnector) -> Sequence[OptionsModel]:
        """What is polled for this recording: its options, or the searches that they and the query come down to."""
        options = connector.options(**self.options)
        asked = {} if self.query is None else {"client": parse_query(self.query)}
        found = connector.search(asked, options) if connector.search and asked else None
        return [options] if found is None else [one.options for one in found]

    def at(self, poll: int) -> datetime:
        return self.now + poll * self.every


def _reply(data: Mapping[str, Any]) -> Reply:
    encoded = data.get("body_base64")
    body = base64.b64decode(encoded) if encoded is not None else bytes_of(data.get("body", ""))
    messages = tuple(map(bytes_of, data["messages"])) if "messages" in data else None
    return Reply(
        status=data.get("status", 200), headers=data.get("headers", {}), body=body, messages=messages
    )


def _key(method: str, url: str) -> tuple[str, ...]:
    """The same for URLs whose parameters differ in order only."""
    parts = urlsplit(url)
    asked = sorted(f"{name}={value}" for name, value in parse_qsl(parts.query, keep_blank_values=True))
    return (method.upper(), parts.scheme, parts.netloc, parts.path or "/", *asked)


class Pickled:
    """Runs work here, but sends it, its arguments and its result through pickle, as the killable child would."""

    def run(self, work: Callable[..., T], *args: object, deadline_s: float | None = None) -> T:  # noqa: ARG002 - the contract
        copied: tuple[Callable[..., T], tuple[object, ...]] = pickle.loads(pickle.dumps((work, args)))  # noqa: S301 - our own
        value: T = pickle.loads(pickle.dumps(copied[0](*copied[1])))  # noqa: S301 - our own
        return value

    def close(self) -> None: ...


class RobotsKept(dict[str, Robots]):
    """robots.txt files of one test."""

    def put(self, origin: str, robots: Robots) -> None:
        self[origin] = robots


Answers = Callable[[str, str, int], Reply]
"""Method, URL and number of the poll in, the reply out."""


def recorded(recording: Recording) -> Answers:
    """The replies of a recording; an origin without a recorded robots.txt has none (404)."""

    def answers(method: str, url: str, poll: int) -> Reply:
        replies = recording.replies.get(_key(method, url), ())
        if not replies and urlsplit(url).path == "/robots.txt":
            return Reply(status=404)
        if not replies:
            raise LookupError(f"{recording.name}.json has no exchange for {method} {url}")
        return replies[min(poll, len(replies) - 1)]

    return answers


def visit(
    answers: Answers,
    *,
    now: datetime,
    poll: int = 0,
    validators: Mapping[str, Mapping[str, str]] = NOTHING,
    purse: Purse | None = None,
    inward: Inward = NONE,
) -> Visit:
    """The `http` of one poll. A reply with an ETag answers 304 to whoever already has it."""

    def handle(request: httpx.Request) -> httpx.Response:
        reply = answers(request.method, str(request.url), poll)
        etag = reply.headers.get("etag") or reply.headers.get("ETag")
        if etag and request.headers.get("if-none-match") == etag:
            return httpx.Response(304, headers={"etag": etag})
        return httpx.Response(reply.status, headers=dict(reply.headers), content=reply.body)

    def stream(url: str) -> Generator[bytes, None, None]:
        reply = answers("GET", url, poll)
        if reply.status != 200 or reply.messages is None:
            raise NotUpgraded(reply.status, {name.lower(): text for name, text in reply.headers.items()})
        yield from reply.messages
        yield b""

    door = PlayedDoor(
        contact=None,
        version="test",
        now=lambda: now,
        per_host_every=timedelta(0),
        context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        transport=httpx.MockTransport(handle),
        streams=stream,
    )
    door.mailbox = inward.mailbox(poll)
    return Visit(
        door,
        now=now,
        validators=validators,
        robots=RobotsKept(),
        apart=Pickled(),
        purse=purse,
        inbox=inward.inbox(poll),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is stored once a page is: its items, its cursor as it comes back from a database, the validators with it."""

    page: Page
    cursor: JSON
    validators: Mapping[str, Mapping[str, str]]


def poll(
    connector: AnyConnector,
    options: OptionsModel,
    answers: Answers,
    *,
    now: datetime,
    number: int = 0,
    cursor: JSON = None,
    validators: Mapping[str, Mapping[str, str]] = NOTHING,
    ledger: Ledger | None = None,
    inward: Inward = NONE,
) -> Iterator[Kept]:
    """One poll, page by page. Raises what the connector raises; AssertionError where it goes on without end.

    `ledger` remembers sessions and budgets from one poll to the next; without one each poll begins anew.
    """
    purse = purse_for(connector, options, now=now, ledger=ledger)
    http = visit(answers, now=now, poll=number, validators=validators, purse=purse, inward=inward)
    for count, page in enumerate(connector.fetch(http, options, cursor)):
        assert count < MOST_PAGES, f"{connector.kind} goes on without end"
        validators_then = {url: dict(known) for url, known in http.validators.items()}
        yield Kept(page=page, cursor=json.loads(json.dumps(page.cursor)), validators=validators_then)


def faults(found: Found, *, now: datetime) -> list[str]:
    """What is wrong with an item by the contract, one sentence each."""
    said = [found.text, found.title or "", found.external_id, found.author.key if found.author else "x"]
    when = found.published_at
    wrong = {
        "its external_id is empty": not found.external_id,
        "a text holds control characters": any(_controls(text) for text in said),
        "its author has no key": found.author is not None and not found.author.key,
        "its time is not aware and UTC": when is not None and when.utcoffset() != timedelta(0),
        "its time of change is not aware and UTC": found.edited_at is not None
        and found.edited_at.utcoffset() != timedelta(0),
        "its time is in the future": when is not None and when > now + timedelta(days=1),
        "its URL is not absolute": found.url is not None and not urlsplit(found.url).scheme,
        "its URL could run something": (found.url or "")
        .lower()
        .startswith(("javascript:", "data:", "vbscript:")),
        "its rating is not between 0 and 1": found.rating is not None and not 0 <= found.rating <= 1,
        "an engagement is not a whole number": any(
            type(count) is not int for count in found.engagement.values()
        ),
        "its raw payload is not JSON": json.loads(json.dumps(dict(found.raw))) != dict(found.raw),
    }
    return [f"{found.external_id!r}: {sentence}." for sentence, is_so in wrong.items() if is_so]


def _controls(text: str) -> bool:
    return any(
        (char < " " and char not in "\n\t") or "\x7f" <= char < "\xa0" or "\ud800" <= char <= "\udfff"
        for char in text
    )
