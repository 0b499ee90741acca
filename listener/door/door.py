"""The one door out: every request of connectors and notifiers goes through here, and every mail."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Self

import httpx

from listener.door.address import Private
from listener.door.dial import Dialer, Resolve, resolve
from listener.door.errors import Refused, TooSlow
from listener.door.letter import Letter, MailServer, Said
from listener.door.mailbox import Mailbox, MailsRead
from listener.door.read import read
from listener.door.spacing import Spacing
from listener.door.stream import Stream
from listener.door.trip import Hop, first, onward
from listener.door.url import as_web, host_of, origin_of, parse, port_of, shown
from listener.door.wire import Wires, fresh_trust, trust, until

MEGABYTE = 2**20
Streams = Callable[[str], Generator[bytes, None, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a host answered, whatever the status.

    `url` is where it came from, `moved_to` the same where every redirect on the way was permanent, else None; neither
    holds a name or password. Header names are in lower case, repeated headers joined by commas.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    moved_to: str | None = None


class Door:
    """Guarded HTTP and SMTP for many threads: see docs/house.md for what it refuses.

    `contact` is who answers for us, told in the User-Agent. Hosts in `allow_private` ("host" or "host:port") may be
    private and have no spacing. `now` stamps holds. `resolve`, `context` and `transport` are for a world on loopback:
    with a `transport` (httpx.MockTransport) nothing is dialled at all, nor with `streams`, which bring the messages of a URL.
    """

    def __init__(
        self,
        *,
        contact: str | None,
        version: str,
        now: Callable[[], datetime],
        allow_private: Iterable[str] = (),
        per_host_every: timedelta = timedelta(seconds=1),
        resolve: Resolve = resolve,
        context: ssl.SSLContext | None = None,
        transport: httpx.BaseTransport | None = None,
        streams: Streams | None = None,
    ) -> None:
        self._agent = _agent(version, contact)
        self._private = Private.read(allow_private)
        self._spacing = Spacing(every=per_host_every, now=now)
        self._dialer = Dialer(self._private, resolve=resolve)
        self._wires = Wires(self._dialer, context or trust())
        self._transport = transport
        self._streams = streams
        self._context = context

    def change(self, *, allow_private: Iterable[str], per_host_every: timedelta) -> None:
        """Work by these settings from the next request on; holds stay."""
        self._private = Private.read(allow_private)
        self._dialer.allow(self._private)
        self._spacing.change(every=per_host_every)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        deadline_s: float = 30.0,
        max_bytes: int = 5 * MEGABYTE,
        follow: bool = True,
        patience_s: float = 10.0,
    ) -> Response:
        """Ask, and read the whole answer. Only GET and HEAD are followed over redirects.

        `deadline_s` is the total: waiting for our turn, every hop, every byte. `patience_s` is how much of it may go
        into waiting for our turn at a host. `max_bytes` caps the body before and after decompression.
        Raises Refused, Unreachable, TooSlow or Busy.
        """
        ends_at = monotonic() + deadline_s
        follow = follow and method in {"GET", "HEAD"}
        hop = first(url, headers, self._private)
        asked_host = ""
        while True:
            host = host_of(hop.url)
            self._wait(hop.url, new=host != asked_host, patience_s=min(patience_s, ends_at - monotonic()))
            asked_host = host
            answer = self._ask(method, hop, content, ends_at)
            try:
                onto = self._onward(hop, answer) if follow else None
                if onto is None:
                    return _response(hop, answer, max_bytes)
            finally:
                answer.close()
            hop = onto

    def stream(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        for_s: float,
        max_bytes: int = MEGABYTE,
        patience_s: float = 10.0,
    ) -> Generator[bytes, None, None]:
        """Listen to a WebSocket (wss:// or ws://) for so long, from the first message that is asked for on; close it to hang up.

        An empty message says that none has come for some seconds. `max_bytes` caps a message; nothing is compressed. Raises
        NotUpgraded where the answer is no stream, and Refused, Unreachable, TooSlow or Busy; redirects are not followed.
        """
        from listener.door import websocket

        if self._streams is not None:
            yield from self._streams(url)
            return
        ends_at = monotonic() + for_s
        hop = first(as_web(url), headers, self._private)
        self._wait(hop.url, new=True, patience_s=min(patience_s, for_s))
        host, port = host_of(hop.url), port_of(hop.url)
        stream = Stream(self._dialer.open(host, port, ends_at), host)
        if hop.url.scheme == "https":
            stream = stream.start_tls(self._context or fresh_trust(), host, timeout=ends_at)
        sent = {**hop.headers, "user-agent": self._agent}
        yield from websocket.listen(stream, hop.url, headers=sent, ends_at=ends_at, max_bytes=max_bytes)

    def mail(
        self, letter: Letter, server: MailServer, *, deadline_s: float = 60.0, patience_s: float = 10.0
    ) -> Said:
        """Hand a letter to an SMTP server; what that said. The deadline is as that of `send`.

        Raises Refused, Unreachable, TooSlow or Busy where no answer came that could be used.
        """
        from listener.door import smtp

        ends_at = monotonic() + deadline_s
        if not self._private.lets(server.host, server.port):
            self._spacing.turn(server.host, patience_s=patience_s)
        context = self._context or fresh_trust()
        return smtp.send(letter, server, self._dialer, context, ends_at=ends_at)

    def mails(
        self,
        mailbox: Mailbox,
        *,
        after: int,
        most: int,
        since: date | None = None,
        deadline_s: float = 60.0,
        patience_s: float = 10.0,
    ) -> MailsRead:
        """Read some mails of a folder by IMAP, changing nothing there. The deadline is as that of `send`.

        Raises Refused, Unreachable, TooSlow or Busy.
        """
        from listener.door import imap

        ends_at = monotonic() + deadline_s
        if not self._private.lets(mailbox.host, mailbox.port):
            self._spacing.turn(mailbox.host, patience_s=patience_s)
        context = self._context or fresh_trust()
        return imap.read(mailbox, self._dialer, context, after=after, most=most, since=since, ends_at=ends_at)

    def _wait(self, url: httpx.URL, *, new: bool, patience_s: float) -> None:
        """Redirects within one host are part of one turn."""
        self._spacing.heed(origin_of(url), patience_s=patience_s)
        host = host_of(url)
        if new and not self._private.lets(host, port_of(url)):
            self._spacing.turn(host, patience_s=patience_s)

    def _ask(self, method: str, hop: Hop, content: bytes | None, ends_at: float) -> httpx.Response:
        host = host_of(hop.url)
        if monotonic() >= ends_at:
            raise TooSlow(f"{host} could not be asked in time.", sent=False)
        request = self._request(method, hop, content, ends_at)
        wire = self._transport or self._wires.of(method, host)
        return wire.handle_request(request)

    def _request(self, method: str, hop: Hop, content: bytes | None, ends_at: float) -> httpx.Request:
        headers = {"user-agent": self._agent, "accept": "*/*", **hop.headers, "accept-encoding": "gzip"}
        try:
            raw = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
        except UnicodeError:
            raise Refused(
                f"A header for {host_of(hop.url)} holds characters that no header may hold: check its key or token."
            ) from None
        return httpx.Request(method, hop.url, headers=raw, content=content, extensions=until(ends_at))

    def _onward(self, hop: Hop, answer: httpx.Response) -> Hop | None:
        location = answer.headers.get("location")
        return onward(hop, status=answer.status_code, location=location, private=self._private)

    def hold(self, origin: str, until: datetime) -> None:
        """No request to `origin` ("https://host") before `until`: its Retry-After, or what is restored at start."""
        self._spacing.hold(origin_of(parse(origin)), until)

    def holds(self) -> Mapping[str, datetime]:
        """The holds that stand now, by origin, to be kept over a restart."""
        return self._spacing.holds()

    def pace(self, url: str, every: timedelta) -> None:
        """Ask the host of `url` no more often than `every`, nor than the configured spacing (Crawl-delay)."""
        self._spacing.pace(host_of(parse(url)), every)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Sends away who waits for a turn, and closes every connection."""
        self._spacing.close()
        self._wires.close()


def _agent(version: str, contact: str | None) -> str:
    who = "".join(letter for letter in contact or "" if letter.isascii() and letter.isprintable())
    return f"listener/{version}" + (f" (+{who})" if who else "")


def _response(hop: Hop, answer: httpx.Response, max_bytes: int) -> Response:
    headers = _headers(answer)
    body = read(
        answer.stream,  # type: ignore[arg-type]
        headers=headers,
        status=answer.status_code,
        host=host_of(hop.url),
        max_bytes=max_bytes,
    )
    url = shown(hop.url)
    moved_to = url if hop.count and hop.permanent else None
    return Response(status=answer.status_code, url=url, headers=headers, body=body, moved_to=moved_to)


def _headers(answer: httpx.Response) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in answer.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
