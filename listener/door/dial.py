"""Dialling: names are resolved, every answer is judged, and the very address that was judged is dialled.

As in stream.py, `timeout` is the instant at which the request must be over.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

import httpcore

from listener.door.address import Private, literal, why_not
from listener.door.errors import Refused, TooSlow, Unreachable
from listener.door.stream import Stream

Resolve = Callable[[str, int], Sequence[str]]
"""Every address of a host, as texts; raises OSError or UnicodeError."""
Connect = Callable[[tuple[str, int], float], socket.socket]

MOST_ADDRESSES = 4
"""How many addresses of one name are tried, each with its share of the time that is left."""


def resolve(host: str, port: int) -> Sequence[str]:
    """The system's resolver."""
    return [str(answer[4][0]) for answer in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Dialer(httpcore.NetworkBackend):
    """Opens connections to addresses that may be dialled, and to the private hosts that the configuration names."""

    def __init__(
        self, private: Private, *, resolve: Resolve = resolve, connect: Connect = socket.create_connection
    ) -> None:
        self._private = private
        self._resolve = resolve
        self._connect = connect

    def allow(self, private: Private) -> None:
        """Let these private hosts be dialled from now on, and no others."""
        self._private = private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - httpcore's interface
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - httpcore's interface
    ) -> httpcore.NetworkStream:
        """Raises Refused, Unreachable or TooSlow, none of them sent."""
        return Stream(self.open(host, port, timeout or 0.0), host)

    def open(self, host: str, port: int, ends_at: float) -> socket.socket:
        """A connection to an address that was judged. Raises as `connect_tcp` does."""
        addresses = self._addresses(host, port, ends_at)
        if not self._private.lets(host, port):
            _judge(host, addresses)
        return self._dial(host, port, addresses[:MOST_ADDRESSES], ends_at)

    def _addresses(self, host: str, port: int, ends_at: float) -> list[str]:
        if literal(host) is not None:
            return [host]
        try:
            found = _within(lambda: self._resolve(host, port), ends_at, host)
        except (UnicodeError, ValueError):
            raise Refused(f"{host[:80]} is not a host name: check the URL.") from None
        except OSError as error:
            why = error.strerror or "no answer"
            raise Unreachable(
                f"The name {host} cannot be found ({why}): check the URL or the DNS.", sent=False
            ) from None
        if not found:
            raise Unreachable(f"The name {host} has no address: check the URL.", sent=False)
        return list(dict.fromkeys(found))

    def _dial(self, host: str, port: int, addresses: Sequence[str], ends_at: float) -> socket.socket:
        why = "no answer"
        for tried, address in enumerate(addresses):
            share_s = (ends_at - monotonic()) / (len(addresses) - tried)
            if share_s <= 0:
                break
            try:
                sock = self._connect((address, port), share_s)
            except TimeoutError:
                why = "no answer"
            except OSError as error:
                why = error.strerror or "refused"
            else:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return sock
        if ends_at <= monotonic():
            raise TooSlow(f"{host} does not take the connection in time.", sent=False)
        raise Unreachable(f"{host} does not take the connection on port {port} ({why}).", sent=False)


def _judge(host: str, addresses: Sequence[str]) -> None:
    """One bad answer spoils all: an attacker's name with a public and a private address must not get a second try."""
    for address in addresses:
        known = literal(address)
        kind = "not readable" if known is None else why_not(known)
        if kind is not None:
            raise Refused(
                f"{host} resolves to {address}, which is {kind}: "
                f"only public addresses are asked, and the hosts in network.allow_private."
            )


def _within(work: Callable[[], Sequence[str]], ends_at: float, host: str) -> Sequence[str]:
    """Run a lookup that cannot be interrupted aside, and leave it behind at the deadline."""
    answers: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(work())
        except (OSError, ValueError) as error:  # UnicodeError is a ValueError
            answers.put(error)

    threading.Thread(target=look_up, name="door-lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=max(ends_at - monotonic(), 0.0))
    except Empty:
        raise TooSlow(f"The name {host} is not resolved in time: check the DNS.", sent=False) from None
    if isinstance(answer, Exception):
        raise answer
    return answer
