"""Listening to a stream of messages: a WebSocket over the door's own dialling, on which we say nothing but what the protocol asks for."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping
from contextlib import suppress
from time import monotonic

import httpx
from websockets.client import ClientProtocol
from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.http11 import Response as Answered
from websockets.protocol import Event, State
from websockets.uri import WebSocketURI

from listener.door.errors import NotUpgraded, TooSlow, Unreachable
from listener.door.stream import Stream
from listener.door.url import host_of, port_of
from listener.door.wire import told

CHUNK = 2**16
QUIET_S = 5.0
"""After so long without a message whoever listens is told so, by an empty one."""
GOOD_ENDS = frozenset({1000, 1001})
"""The place is through, or goes away in good order."""
MESSAGES = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})

for _name in ("websockets.client", "websockets"):  # they print whole frames
    logging.getLogger(_name).setLevel(logging.WARNING)


class Listening:
    """One connection. No extension is ever agreed on, so that no message is larger than what came over the wire."""

    def __init__(self, stream: Stream, address: WebSocketURI, *, max_bytes: int) -> None:
        self._stream = stream
        self._host = address.host
        self._protocol = ClientProtocol(address, max_size=max_bytes)
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._early: list[Event] = []  # what came in one piece with the answer to our greeting

    def shake_hands(self, headers: Mapping[str, str], ends_at: float) -> None:
        """Raises NotUpgraded, Unreachable or TooSlow."""
        request: Request = self._protocol.connect()
        for name, value in headers.items():
            request.headers[name] = value
        self._protocol.send_request(request)
        self._say(ends_at)
        while self._protocol.state is State.CONNECTING and self._protocol.handshake_exc is None:
            self._hear(ends_at)
        events = self._protocol.events_received()
        answered, self._early = next(iter(events), None), events[1:]
        if self._protocol.handshake_exc is None:
            return
        if not isinstance(answered, Answered):
            raise Unreachable(f"{self._host} does not answer as a WebSocket server would.", sent=True)
        raise NotUpgraded(
            answered.status_code, {name.lower(): value for name, value in answered.headers.raw_items()}
        )

    def messages(self, ends_at: float) -> Generator[bytes, None, None]:
        """Whole messages until `ends_at` or until the place ends in good order; an empty one where none has come for a while.

        Raises Unreachable where the connection breaks, or the place breaks the rules or says that something is wrong.
        """
        heard_at = monotonic()
        while True:
            for event in [*self._early, *self._protocol.events_received()]:
                if isinstance(event, Frame) and event.opcode in MESSAGES:
                    yield from self._whole(event)
                    heard_at = monotonic()
            self._early = []
            self._say(ends_at)
            if self._protocol.state is not State.OPEN or self._protocol.parser_exc is not None:
                return self._judge_end()
            if monotonic() >= ends_at:
                return None
            if monotonic() >= heard_at + QUIET_S:
                yield b""
                heard_at = monotonic()
            with suppress(TooSlow):
                self._hear(min(ends_at, heard_at + QUIET_S))

    def close(self, ends_at: float) -> None:
        """Say goodbye where that is still possible; never raises for what happens on the way."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(1000)
        with suppress(Unreachable, TooSlow):
            self._say(max(ends_at, monotonic() + 0.5))
        self._stream.close()

    def _whole(self, frame: Frame) -> Generator[bytes, None, None]:
        if frame.fin and not self._parts:
            if frame.data:
                yield bytes(frame.data)
            return
        self._parts.append(bytes(frame.data))
        if frame.fin:
            message = b"".join(self._parts)
            self._parts.clear()
            if message:
                yield message

    def _judge_end(self) -> None:
        fault = self._protocol.parser_exc
        if isinstance(fault, PayloadTooBig):
            most = f"{self._max_bytes / 2**20:g} MB"
            raise Unreachable(f"{self._host} sends a message of more than {most}.", sent=True)
        code = self._protocol.close_rcvd.code if self._protocol.close_rcvd else None
        if code not in GOOD_ENDS:
            why = f"it says {code}" if code else "without a word" if fault is None else "against the protocol"
            raise Unreachable(f"{self._host} breaks off its stream ({why}).", sent=True)

    def _hear(self, until: float) -> None:
        with told(self._host):
            data = self._stream.read(CHUNK, timeout=until)
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()

    def _say(self, ends_at: float) -> None:
        for data in self._protocol.data_to_send():
            if data:  # an empty one asks for the end of our side, which closing brings
                with told(self._host):
                    self._stream.write(data, timeout=ends_at)


def listen(
    stream: Stream, url: httpx.URL, *, headers: Mapping[str, str], ends_at: float, max_bytes: int
) -> Generator[bytes, None, None]:
    """Every message of a stream until `ends_at`; the connection is closed however it ends."""
    target, secure = url.raw_path.decode("ascii"), url.scheme == "https"
    path, _, query = target.partition("?")
    address = WebSocketURI(secure, host_of(url), port_of(url), path, query)
    listening = Listening(stream, address, max_bytes=max_bytes)
    try:
        listening.shake_hands(headers, ends_at)
        yield from listening.messages(ends_at)
    finally:
        listening.close(ends_at)
