"""One poll's way out: what a connector gets as `http`. Everything polite and guarded is seen to here or in the door."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from time import monotonic
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from listener.connector.apart import Runner, time_for
from listener.connector.at_once import at_once
from listener.connector.contract import JSON, NeedsAttention, TryLater, UsedUp
from listener.connector.folder import InboxHere
from listener.connector.inbox import FileSeen, Inbox, LinesRead, Mailbox, MailsRead, Posted
from listener.connector.ledger import LedgerHere
from listener.connector.purse import Purse
from listener.connector.robots import MOST_BYTES, VERDICTS, RobotsMemory, Verdict, current, origin
from listener.connector.status import trouble
from listener.domain import limits
from listener.door.door import MEGABYTE, Door, Response
from listener.door.errors import Busy, NotUpgraded, Refused, TooSlow, Unreachable
from listener.door.retry_after import retry_after
from listener.door.url import as_web

T = TypeVar("T")
HTML = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
REQUEST_S = 30.0
LONGEST_VALIDATOR = 1_000
LONG = timedelta(hours=1)
"""A window of requests is shorter; who has to wait longer has used up a day or a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer that can be used (contract.Answer)."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int = 200
    unchanged: bool = False

    def json(self) -> JSON:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            host = urlsplit(self.url).hostname
            raise TryLater(f"{host} did not answer with JSON: it is asked again later.") from None


class Visit:
    """contract.Http for one poll, and what the engine keeps of it.

    validators      by URL as asked: etag, last_modified, hash; to be stored with the page in place of the former ones
    held            origins that named a time (Retry-After) -> when they may be asked again
    moved           URL as asked -> where permanent redirects led
    requests_count  requests sent, those for robots.txt among them
    last_status     of the last answer that was no robots.txt; None where nothing answered
    purse           what the credential may spend and is remembered by; forgets with the visit where none is given
    inbox           the folders and what was posted to us; nothing was, where none is given

    `validators` given are those of the last stored poll; a "moved_to" among them is asked instead of the URL, and the URL
    itself where that fails. `deadline_s` is for all requests together. The first request waits `patience_s` at most for
    its turn at the host, those after it as long as the deadline allows. Raises Trouble, and the door's Busy.
    """

    def __init__(
        self,
        door: Door,
        *,
        now: datetime,
        validators: Mapping[str, Mapping[str, str]],
        robots: RobotsMemory,
        apart: Runner,
        fresh: bool = False,
        purse: Purse | None = None,
        inbox: Inbox | None = None,
        deadline_s: float = 60.0,
        patience_s: float = 3.0,
    ) -> None:
        self.now = now
        self.fresh = fresh
        self.purse = purse or Purse(ledger=LedgerHere(), account=("", ""), meters={}, now=now)
        self.validators: dict[str, dict[str, str]] = {}
        self.held: dict[str, datetime] = {}
        self.moved: dict[str, str] = {}
        self.requests_count = 0
        self.last_status: int | None = None
        self._door = door
        self._inbox = inbox or InboxHere()
        self._known = validators
        self._memory = robots
        self._apart = apart
        self._began_at = monotonic()
        self._deadline_s = deadline_s
        self._patience_s = patience_s

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        accept: str | None = None,
        conditional: bool = True,
        headers: Mapping[str, str] | None = None,
        reads: Collection[int] = (),
        meter: str | None = None,
    ) -> Told:
        if meter is not None:
            self.purse.allow(meter)
        asked = _with(url, params)
        known = self._known.get(asked, {}) if conditional else {}
        sent = {"accept": accept or "*/*", **(headers or {}), **_conditions(known)}
        response, known = self._first_useful(asked, known, sent)
        if meter is not None:
            self.purse.heed(meter, response.headers)
        if response.status in reads:
            return _as_it_is(response)
        if response.status != 304:
            self._judge(response)
        if response.moved_to is not None and conditional:
            self.moved[asked] = response.moved_to
        return self._told(asked, known, response, conditional=conditional)

    def post(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: JSON = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        reads: Collection[int] = (),
        meter: str | None = None,
    ) -> Told:
        if meter is not None:
            self.purse.allow(meter)
        kind, content = _content(json, form)
        sent = {"accept": "application/json", "content-type": kind, **(headers or {})}
        response = self._send(_with(url, params), sent, content=content)
        if meter is not None:
            self.purse.heed(meter, response.headers)
        if response.status not in reads:
            self._judge(response)
        return _as_it_is(response)

    def stream(
        self,
        url: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        for_s: float,
    ) -> Generator[bytes, None, None]:
        left_s, patience_s = self._left()
        asked = _with(url, params)
        try:
            yield from self._door.stream(
                asked, headers=headers, for_s=min(for_s, left_s), patience_s=patience_s
            )
        except NotUpgraded as answer:
            self._judge(Response(status=answer.status, url=as_web(asked), headers=answer.headers, body=b""))
            raise NeedsAttention(
                f"{urlsplit(url).hostname} answers, but not with a stream: check the URL."
            ) from None
        except Refused as refused:
            raise NeedsAttention(refused.reason) from None
        except (Unreachable, TooSlow) as error:
            raise TryLater(error.reason) from None

    def reserve(self, meter: str, amount: float = 1.0) -> None:
        self.purse.reserve(meter, amount)

    def settle(self, meter: str, spent: float) -> None:
        self.purse.settle(meter, spent)

    def told(self, meter: str, *, left: float | None, resets_at: datetime | None) -> None:
        self.purse.told(meter, left=left, resets_at=resets_at)

    def recall(self, name: str) -> JSON:
        return self.purse.recall(name)

    def remember(self, name: str, value: JSON) -> None:
        self.purse.remember(name, value)

    def _first_useful(
        self, asked: str, known: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[Response, Mapping[str, str]]:
        """The answer of the place that it moved to; of the old one, and the move forgotten, where that has none."""
        if "moved_to" in known:
            response = self._send(known["moved_to"], headers)
            if response.status in {200, 304}:
                return response, known
            known = {name: value for name, value in known.items() if name != "moved_to"}
        return self._send(asked, headers), known

    def _told(self, asked: str, known: Mapping[str, str], response: Response, *, conditional: bool) -> Told:
        if response.status == 304 and not known:
            raise TryLater(
                f"{_host(response)} says 'not modified' to a question without a condition: asked again later."
            )
        if not conditional:
            return _as_it_is(response)
        fresh = _validators(response, known)
        self.validators[asked] = fresh
        unchanged = response.status == 304 or fresh["hash"] == known.get("hash")
        body = b"" if unchanged else response.body
        return Told(
            url=response.url,
            headers=response.headers,
            body=body,
            status=response.status,
            unchanged=unchanged,
        )

    def page(self, url: str, *, conditional: bool = True) -> Told:
        expected = self._known.get(url, {}).get("moved_to", url)
        self._obey(expected)
        told = self.get(url, accept=HTML, conditional=conditional)
        if told.url != expected:
            self._obey(told.url)
        return told

    def _obey(self, url: str) -> None:
        verdict = self._verdict(url)
        if not verdict.allowed:
            rule = f"'{verdict.rule}'"
            raise NeedsAttention(
                f"The robots.txt of {origin(url)} closes this page to programs ({rule}): ask the owner."
            )
        if verdict.delay_s:
            self._door.pace(url, timedelta(seconds=verdict.delay_s))

    def sitemaps(self, url: str) -> tuple[str, ...]:
        return self._verdict(url).sitemaps

    def pace(self, url: str, every: timedelta) -> None:
        self._door.pace(url, every)

    def _verdict(self, url: str) -> Verdict:
        robots = current(origin(url), memory=self._memory, ask=self._ask_robots, now=self.now)
        return VERDICTS.of(robots.body, url, self._apart) if robots.body else Verdict()

    def _ask_robots(self, url: str) -> Response:
        response = self._knock(url, {"accept": "text/plain, */*;q=0.5"}, max_bytes=MOST_BYTES)
        self._note_hold(response)
        return response

    def apart(self, work: Callable[..., T], *args: object) -> T:
        if at_once(work, args):
            return work(*args)
        return self._apart.run(work, *args, deadline_s=time_for(*args))

    def files(self, folder: str, endings: Sequence[str]) -> Sequence[FileSeen]:
        return self._inbox.files(folder, endings)

    def lines(self, path: str, *, after: int, most: int) -> LinesRead:
        return self._inbox.lines(path, after=after, most=most)

    def posted(self, name: str, *, after: int, most: int) -> Sequence[Posted]:
        return self._inbox.posted(name, after=after, most=most)

    def mails(self, mailbox: Mailbox, *, after: int, most: int, since: date | None = None) -> MailsRead:
        left_s, patience_s = self._left()
        with _told():
            return self._door.mails(
                mailbox, after=after, most=most, since=since, deadline_s=left_s, patience_s=patience_s
            )

    def _judge(self, response: Response) -> None:
        after = self._note_hold(response)
        found = trouble(response.status, host=_host(response), after=after)
        if found is None:
            return
        more = _until_more(response, self.now)
        if more is not None and more > LONG and more == after:
            until = f"{self.now + more:%Y-%m-%d %H:%M} UTC"
            raise UsedUp(
                f"{_host(response)} says that all it allows is used up until {until}: raise it there, or wait.",
                after=more,
                account="/".join((*self.purse.account, _host(response))),
            )
        raise found

    def _note_hold(self, response: Response) -> timedelta | None:
        """Retry-After, remembered for the whole origin in the door and for the engine to store; else when a limit resets."""
        if response.status < 400:
            return None
        at = self.now + timedelta(seconds=monotonic() - self._began_at)
        after = retry_after(response.headers, now=at)
        if after is not None:
            self.held[origin(response.url)] = at + after
            self._door.hold(response.url, at + after)
        return after or _until_more(response, self.now)

    def _send(self, url: str, headers: Mapping[str, str], *, content: bytes | None = None) -> Response:
        with _told():
            response = self._knock(url, headers, max_bytes=5 * MEGABYTE, content=content)
        self.last_status = response.status
        return response

    def _knock(
        self, url: str, headers: Mapping[str, str], *, max_bytes: int, content: bytes | None = None
    ) -> Response:
        left_s, patience_s = self._left()
        with self._paid():
            return self._door.send(
                "GET" if content is None else "POST",
                url,
                headers=headers,
                content=content,
                deadline_s=min(left_s, REQUEST_S + patience_s),
                max_bytes=max_bytes,
                patience_s=patience_s,
            )

    @contextmanager
    def _paid(self) -> Iterator[None]:
        """What was reserved for a request is spent once it has left this machine, and given back where it has not."""
        try:
            yield
        except (Unreachable, TooSlow, Busy) as error:
            if isinstance(error, Busy) or not error.sent:
                self.purse.give_back()
            else:
                self.purse.asked()
            raise
        self.purse.asked()

    def _left(self) -> tuple[float, float]:
        """How long one more request may take, and how long of it may go into waiting for its turn. Raises TryLater."""
        left_s = self._deadline_s - (monotonic() - self._began_at)
        if left_s <= 0:
            raise TryLater(f"The poll took longer than {self._deadline_s:.0f} s: it goes on later.")
        patience_s = self._patience_s if self.requests_count == 0 else left_s / 2
        self.requests_count += 1
        return left_s, patience_s


@contextmanager
def _told() -> Iterator[None]:
    """Tells the door's errors as outcomes of a poll."""
    try:
        yield
    except Refused as refused:
        raise NeedsAttention(refused.reason) from None
    except (Unreachable, TooSlow) as error:
        raise TryLater(error.reason) from None


def _with(url: str, params: Mapping[str, str] | Sequence[tuple[str, str]] | None) -> str:
    if not params:
        return url
    base = url.partition("#")[0]
    return f"{base}{'&' if '?' in base else '?'}{urlencode(params)}"


def _content(body: JSON, form: Mapping[str, str] | None) -> tuple[str, bytes]:
    if form is not None:
        return "application/x-www-form-urlencoded", urlencode(form).encode()
    return "application/json", json.dumps(body).encode()


def _as_it_is(response: Response) -> Told:
    return Told(url=response.url, headers=response.headers, body=response.body, status=response.status)


def _until_more(response: Response, at: datetime) -> timedelta | None:
    """How long a 429 asks us to wait in the place's own spelling."""
    said = limits.left(response.headers, now=at) if response.status == 429 else None
    return said.resets_at - at if said and said.resets_at else None


def _host(response: Response) -> str:
    return urlsplit(response.url).hostname or "The host"


def _conditions(known: Mapping[str, str]) -> dict[str, str]:
    named = {"if-none-match": known.get("etag"), "if-modified-since": known.get("last_modified")}
    return {name: value for name, value in named.items() if value}


def _validators(response: Response, known: Mapping[str, str]) -> dict[str, str]:
    """What makes the next question conditional; a 304 without an ETag leaves the former one standing."""
    body_hash = blake2b(response.body, digest_size=16).hexdigest()
    kept = dict(known) if response.status == 304 else {"hash": body_hash}
    if "moved_to" in known:
        kept["moved_to"] = known["moved_to"]
    for key, header in (("etag", "etag"), ("last_modified", "last-modified")):
        value = response.headers.get(header, "")
        if 0 < len(value) <= LONGEST_VALIDATOR:
            kept[key] = value
    return kept
