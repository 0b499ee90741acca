"""httpx's transport over pools of connections that the guarded dialler opens."""

from __future__ import annotations

import functools
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from time import monotonic
from zlib import crc32

import httpcore
import httpx

from listener.door.dial import Dialer
from listener.door.errors import Refused, TooSlow, Unreachable
from listener.door.url import host_of

SHARDS = 64
"""Pools are sharded by host: httpcore's cost of a request grows with the connections of its pool."""
KEPT = 2
"""Idle connections kept open in each pool: of thousands of hosts few are asked again while theirs is open."""
KEPT_S = 4.0
"""For how long: shorter than the 5 s after which common servers hang up, so that no request meets a dying connection."""


@functools.cache
def trust() -> ssl.SSLContext:
    """The one TLS context: certifi's roots, host names checked, no environment variable looked at."""
    return httpx.create_ssl_context(trust_env=False)


@functools.cache
def fresh_trust() -> ssl.SSLContext:
    """As `trust`, for what is not HTTP: httpcore writes its protocols into the other one."""
    return httpx.create_ssl_context(trust_env=False)


class Wires:
    """The pools. A request that may not be repeated gets a connection of its own.

    A reused connection may be dying, and then nobody could say whether the request was received.
    """

    def __init__(self, dialer: Dialer, context: ssl.SSLContext) -> None:
        for name in ("httpx", "httpcore"):  # they print whole URLs, which may be secrets
            logging.getLogger(name).setLevel(logging.WARNING)
        self._shared = [Wire(dialer, context, kept=KEPT) for _ in range(SHARDS)]
        self._single = Wire(dialer, context, kept=0)

    def of(self, method: str, host: str) -> httpx.BaseTransport:
        if method not in ("GET", "HEAD"):
            return self._single
        return self._shared[crc32(host.encode()) % SHARDS]

    def close(self) -> None:
        for wire in (*self._shared, self._single):
            wire.close()


class Wire(httpx.BaseTransport):
    """One pool of HTTP/1.1 connections. Raises the door's own errors, also while a body is read."""

    def __init__(self, dialer: Dialer, context: ssl.SSLContext, *, kept: int) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=None,  # bounded by the threads that ask
            max_keepalive_connections=kept,
            keepalive_expiry=KEPT_S,
            network_backend=dialer,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        outgoing = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        host = host_of(url)
        with told(host):
            answer = self._pool.handle_request(outgoing)
        return httpx.Response(answer.status, headers=answer.headers, stream=Body(answer, host))

    def close(self) -> None:
        self._pool.close()


_beyond = attrgetter("_stream._connection._h11_state.trailing_data")
"""What came after the end of an answer: httpcore would take it for the answer to the next request on that connection.

httpcore keeps it private; test_what_follows_an_answer_is_not_taken_for_the_next_one tells when it is kept elsewhere.
"""


class Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, host: str) -> None:
        self._answer = answer
        self._host = host

    def __iter__(self) -> Iterator[bytes]:
        with told(self._host):
            yield from self._answer.iter_stream()
            if _beyond(self._answer.stream)[0]:
                self._answer.extensions["network_stream"].spend()

    def close(self) -> None:
        self._answer.close()


def until(ends_at: float) -> dict[str, dict[str, float]]:
    """The request extension that carries the deadline to the dialler and its streams (see dial.py)."""
    return {
        "timeout": {
            "connect": ends_at,
            "read": ends_at,
            "write": ends_at,
            "pool": max(ends_at - monotonic(), 0.0),
        }
    }


@contextmanager
def told(host: str) -> Iterator[None]:
    """Tells httpcore's errors in the door's own words. What the dialler raises passes through: it is told already."""
    try:
        yield
    except (httpcore.PoolTimeout, httpcore.ConnectTimeout):
        raise TooSlow(f"{host} could not be connected in time.", sent=False) from None
    except httpcore.TimeoutException:
        raise TooSlow(f"{host} does not finish its answer in time.", sent=True) from None
    except httpcore.LocalProtocolError:
        raise Refused(
            f"A header for {host} holds characters that no header may hold: check its key or token."
        ) from None
    except httpcore.RemoteProtocolError as error:
        raise Unreachable(f"{host} breaks off or does not speak HTTP ({_short(error)}).", sent=True) from None
    except httpcore.NetworkError:
        raise Unreachable(f"{host} closed the connection before its answer was whole.", sent=True) from None


def _short(error: Exception) -> str:
    """h11's words without what the other side sent: only its own sentence, cut before any quotation."""
    return str(error).partition(":")[0].partition("(")[0].partition("b'")[0].strip()[:80] or "no HTTP"
