"""Reading a body: at most one layer of gzip, and never more than the cap, however small it came."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping

from listener.door.errors import Refused, Unreachable

GZIP = zlib.MAX_WBITS | 16
PLAIN = frozenset({"", "identity"})
GZIPPED = frozenset({"gzip", "x-gzip"})
MOST_MEMBERS = 1_000
"""Members of one gzip stream; each costs a copy of what follows it, so that a million tiny ones would be a bomb of time."""


def read(
    chunks: Iterable[bytes], *, headers: Mapping[str, str], status: int, host: str, max_bytes: int
) -> bytes:
    """The decompressed body, at most `max_bytes` long; Refused beyond, and for every coding that we did not ask for."""
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in PLAIN | GZIPPED:
        raise Refused(
            f"{host} sends a body coded as {coding[:40]!r}, which we did not ask for.", status=status
        )
    length = headers.get("content-length", "")
    if length.isdecimal() and len(length) < 20 and int(length) > max_bytes:
        raise _too_large(host, status, max_bytes)
    gunzip = Gunzip(host, max_bytes) if coding in GZIPPED else None
    parts, size, raw = [], 0, 0
    for chunk in chunks:
        part = gunzip.feed(chunk) if gunzip else chunk
        parts.append(part)
        raw += len(chunk)
        size += len(part)
        if max(size, raw) > max_bytes:
            raise _too_large(host, status, max_bytes)
    if gunzip and raw:
        gunzip.finish()
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large(host: str, status: int, max_bytes: int) -> Refused:
    return Refused(
        f"{host} sends more than {max_bytes:,} bytes: that is no answer we can use.", status=status
    )


class Gunzip:
    """Decompresses a stream of one or more gzip members, never more than a byte beyond `max_bytes` at a time."""

    def __init__(self, host: str, max_bytes: int) -> None:
        self._host = host
        self._max_bytes = max_bytes
        self._member = zlib.decompressobj(GZIP)
        self._members = 1
        self._done = False

    def feed(self, chunk: bytes) -> bytes:
        out, size = [], 0
        while chunk and not self._done and size <= self._max_bytes:
            part = self._step(chunk, self._max_bytes + 1 - size)
            size += len(part)
            out.append(part)
            chunk = self._rest()
        return b"".join(out)

    def _step(self, chunk: bytes, room: int) -> bytes:
        try:
            return self._member.decompress(chunk, room)
        except zlib.error:
            raise Unreachable(
                f"{self._host} sends gzip that is broken: it is asked again.", sent=True
            ) from None

    def _rest(self) -> bytes:
        """What is still to be fed: a further member, or nothing. Padding after the last one is ignored, as browsers do."""
        if not self._member.eof:
            return self._member.unconsumed_tail
        rest = self._member.unused_data
        if rest and (not rest.startswith(b"\x1f") or self._members == MOST_MEMBERS):
            self._done = True
        elif rest:
            self._members += 1
            self._member = zlib.decompressobj(GZIP)
        return rest

    def finish(self) -> None:
        if not self._member.eof:
            raise Unreachable(f"{self._host} ended its gzip too early: it is asked again.", sent=True)
