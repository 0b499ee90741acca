"""Dialling: names are resolved, every answer is judged, and the very address that was judged is dialled.

httpcore hands a `timeout` through to here unseen. In this house that number is no duration: it is the instant on the
monotonic clock at which the whole request must be over (`ends_at`), so that slow bytes cannot stretch a deadline.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

import httpcore

from listener.door.address import Private, literal, why_not
from listener.door.errors import Refused, TooSlow, Unreachable

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

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - httpcore's interface
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - httpcore's interface
    ) -> httpcore.NetworkStream:
        """Raises Refused, Unreachable or TooSlow, none of them sent."""
        ends_at = timeout or 0.0
        addresses = self._addresses(host, port, ends_at)
        if not self._private.lets(host, port):
            _judge(host, addresses)
        return Stream(self._dial(host, port, addresses[:MOST_ADDRESSES], ends_at), host)

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


class Stream(httpcore.NetworkStream):
    """A socket whose every operation ends by the instant that httpcore hands on as `timeout`."""

    def __init__(self, sock: socket.socket, host: str) -> None:
        self._sock = sock
        self._host = host

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self._limit(timeout)
            return self._sock.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except OSError as error:
            raise httpcore.ReadError from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        try:
            self._limit(timeout)
            self._sock.sendall(buffer)  # its timeout is for the whole buffer
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        except OSError as error:
            raise httpcore.WriteError from error

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Raises Unreachable or TooSlow, not sent: nothing of the request is on its way yet."""
        try:
            self._limit(timeout)
            wrapped = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except ssl.SSLCertVerificationError as error:
            self.close()
            why = error.verify_message
            raise Unreachable(f"The certificate of {self._host} is not valid ({why}).", sent=False) from None
        except TimeoutError:
            self.close()
            raise TooSlow(f"{self._host} does not finish the TLS handshake in time.", sent=False) from None
        except OSError as error:
            self.close()
            why = getattr(error, "reason", None) or error.strerror or "connection closed"
            raise Unreachable(f"{self._host} fails the TLS handshake ({why}).", sent=False) from None
        return Stream(wrapped, self._host)

    def _limit(self, ends_at: float | None) -> None:
        left_s = (ends_at or 0.0) - monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._sock.settimeout(left_s)

    def close(self) -> None:
        self._sock.close()

    def get_extra_info(self, info: str) -> object:
        """`is_readable` on an idle connection means that the other side has hung up, or talks out of turn."""
        if info == "is_readable":
            return _readable(self._sock)
        if info == "ssl_object":
            return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
        return None


def _readable(sock: socket.socket) -> bool:
    if sock.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
