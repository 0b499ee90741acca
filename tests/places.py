"""Places on loopback for tests: a real HTTP server that answers what it is told to, or misbehaves as it is told to.

    with Place() as place:
        place.says("/feed.xml", body=FEED, headers={"ETag": '"1"'})
        place.does("/slow", drip(b"never done", every_s=0.05))
        door.send("GET", place.url + "/feed.xml")
        assert place.asked[0].headers["user-agent"].startswith("listener/")

Handlers write raw bytes, so that every lie about lengths, codings and headers can be told.
"""

from __future__ import annotations

import gzip
import socket
import socketserver
import ssl
import subprocess
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Wire:
    """What a misbehaviour may do: write bytes, and wait without outliving the test."""

    sock: socket.socket
    closing: threading.Event

    def write(self, data: bytes) -> None:
        self.sock.sendall(data)

    def wait(self, seconds: float) -> bool:
        """True while the place is open."""
        return not self.closing.wait(seconds)


Behaviour = Callable[[Wire, Asked], bool]
"""Writes an answer; returns whether the connection stays open."""


def answer(status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Behaviour:
    """A well-formed answer that keeps the connection open."""

    def behave(wire: Wire, asked: Asked) -> bool:
        length = "" if status in {204, 304} else f"Content-Length: {len(body)}\r\n"
        lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        head = f"HTTP/1.1 {status} Told\r\n{length}{lines}\r\n".encode("latin-1")
        wire.write(head + (b"" if status in {204, 304} or asked.method == "HEAD" else body))
        return True

    return behave


def redirect(to: str, status: int = 302) -> Behaviour:
    return answer(status, headers={"Location": to})


def raw(data: bytes) -> Behaviour:
    """Exactly these bytes, then the connection is closed."""

    def behave(wire: Wire, asked: Asked) -> bool:
        wire.write(data)
        return False

    return behave


def drip(head: bytes, *, every_s: float = 0.02) -> Behaviour:
    """Sends `head`, then a byte at a time for ever: slow headers or a slow body, as `head` has it."""

    def behave(wire: Wire, asked: Asked) -> bool:
        wire.write(head)
        while wire.wait(every_s):
            wire.write(b"x")
        return False

    return behave


def silence(wire: Wire, asked: Asked) -> bool:
    """Takes the request and never answers."""
    wire.closing.wait()
    return False


def hang_up(wire: Wire, asked: Asked) -> bool:
    """Takes the request and closes without an answer."""
    return False


def endless(wire: Wire, asked: Asked) -> bool:
    """A body without end, as fast as it is taken."""
    wire.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while wire.wait(0):
        wire.write(b"more " * 10_000)
    return False


def bomb(coding: str, layers: int = 1, size: int = 200 * 2**20) -> Behaviour:
    """A small body that unpacks to `size` zeros, gzipped `layers` times and declared as `coding`."""
    return answer(body=packed_zeros(size, layers), headers={"Content-Encoding": coding})


def packed_zeros(size: int, layers: int = 1) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = bytes(2**20)
    body = b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()
    for _ in range(layers - 1):
        body = gzip.compress(body)
    return body


class Place:
    """A server on a free loopback port, up while its context is entered. Paths that nobody told are 404."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self._behaviours: dict[str, Behaviour] = {}
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self, tls)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.port: int = self._server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"

    def says(
        self, path: str, body: bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.does(path, answer(status, body, headers))

    def does(self, path: str, behaviour: Behaviour) -> None:
        """`path` is without the query; what stands there before is replaced."""
        self._behaviours[path] = behaviour

    @property
    def paths(self) -> list[str]:
        """Those that were told, in the order of telling."""
        return list(self._behaviours)

    def count(self, path: str) -> int:
        return sum(asked.path.partition("?")[0] == path for asked in self.asked)

    def behave(self, wire: Wire, asked: Asked) -> bool:
        self.asked.append(asked)
        behaviour = self._behaviours.get(asked.path.partition("?")[0], answer(404, b"nobody here"))
        return behaviour(wire, asked)

    @property
    def closing(self) -> threading.Event:
        return self._closing

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], place: Place, tls: ssl.SSLContext | None) -> None:
        super().__init__(address, _Handler)
        self.place = place
        self.tls = tls

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away mid-answer is what many tests are about."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        place = self.server.place
        place.connections += 1
        sock: socket.socket = self.request
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.server.tls is not None:
                sock = self.server.tls.wrap_socket(sock, server_side=True)
            self._talk(place, sock)
        except OSError:
            pass
        finally:
            sock.close()

    def _talk(self, place: Place, sock: socket.socket) -> None:
        with sock.makefile("rb") as reader:
            while (asked := _read(reader)) is not None:
                if not place.behave(Wire(sock, place.closing), asked):
                    return


def _read(reader) -> Asked | None:
    line = reader.readline().decode("latin-1").split()
    if len(line) < 2:
        return None
    headers = {}
    while header := reader.readline().decode("latin-1").strip():
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", 0)))
    return Asked(method=line[0], path=line[1], headers=headers, body=body)


def certificate(folder: Path, host: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """A server context with a fresh self-signed certificate for `host`, and the file that a client would trust.

    Raises FileNotFoundError where there is no `openssl` command.
    """
    key, pem = folder / "key.pem", folder / "cert.pem"
    names = f"subjectAltName=DNS:{host}"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-keyout", str(key), "-out", str(pem), "-days", "2", "-subj", f"/CN={host}", "-addext", names]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    return context, pem
