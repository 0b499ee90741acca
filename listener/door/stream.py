"""A connection whose every operation ends by the deadline of the whole request.

httpcore hands a `timeout` through to here unseen. In this house that number is no duration: it is the instant on the
monotonic clock at which the request must be over (`ends_at`), so that slow bytes cannot stretch a deadline.
"""

from __future__ import annotations

import select
import socket
import ssl
from time import monotonic

import httpcore

from listener.door.errors import TooSlow, Unreachable


class Stream(httpcore.NetworkStream):
    """A socket whose every operation ends by the instant that httpcore hands on as `timeout`."""

    def __init__(self, sock: socket.socket, host: str) -> None:
        self._sock = sock
        self._host = host
        self._spent = False

    def spend(self) -> None:
        """Never use this connection again."""
        self._spent = True

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
    ) -> Stream:
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
            return self._spent or _readable(self._sock)
        if info == "ssl_object":
            return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
        return None


def _readable(sock: socket.socket) -> bool:
    if sock.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
