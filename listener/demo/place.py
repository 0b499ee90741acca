"""The loopback server of the demo: two feeds and a company page that tell the story so far, and a receiver like Slack."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from listener.demo.story import CLIENT, LINES, Line

LARGEST = 1 << 20


class World:
    """Serves the story on a free loopback port; what the receiver got waits in `received`."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.opened_at = clock()
        self.raised_at: datetime | None = None  # the story goes on once the daemon has looked everywhere
        self._seen: set[str] = set()
        self.received: queue.Queue[dict[str, Any]] = queue.Queue()
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, body = world.told(self.path)
                self.answer(200 if body else 404, kind, body)

            def do_POST(self) -> None:
                length = min(int(self.headers.get("Content-Length", 0)), LARGEST)
                world.received.put(json.loads(self.rfile.read(length)))
                self.answer(200, "text/plain", b"ok")

            def answer(self, status: int, kind: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, name="demo-world", daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def told(self, path: str) -> tuple[str, bytes]:
        """Content type and body at this path, as of now; an empty body where there is nothing."""
        if self.raised_at is None:
            self._seen.add(path)
            if {"/town-talk.xml", "/gazette.xml"} <= self._seen:
                self.raised_at = self.clock()
        said = [line for line in LINES if (at := self.said_at(line)) and at <= self.clock()]
        for place in ("town-talk", "gazette"):
            if path == f"/{place}.xml":
                return "application/rss+xml", self._feed(
                    place, [line for line in said if line.place == place]
                )
        if path == "/company/news":
            return "text/html; charset=utf-8", self._page()
        return "text/plain", b""

    def said_at(self, line: Line) -> datetime | None:
        """When somebody says this; None while nobody knows."""
        if line.minute < 0:
            return self.opened_at + line.after
        return self.raised_at + line.after if self.raised_at else None

    def _feed(self, place: str, said: list[Line]) -> bytes:
        items = "".join(
            f"<item><guid isPermaLink='false'>{place}-{line.minute}</guid>"
            f"<link>http://{place}.example/{line.minute}</link>"
            f"<title>{escape(line.text)}</title>"
            + (f"<author>{line.who}@{place}.example ({line.who})</author>" if line.who else "")
            + f"<pubDate>{format_datetime(self.said_at(line) or self.clock())}</pubDate></item>"
            for line in said
        )
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>{place}</title>{items}</channel></rss>".encode()

    def _page(self) -> bytes:
        last = self.said_at(LINES[-1])
        sorry = last is not None and self.clock() >= last
        news = (
            "<p>We are sorry: every double charge of this morning has been refunded in full.</p>"
            if sorry
            else ""
        )
        return (
            f"<!doctype html><html lang='en'><head><title>{CLIENT}: news</title></head><body><main>"
            f"<h1>News from {CLIENT}</h1><p>We roast every Tuesday and Friday, and our doors are open to visitors.</p>"
            f"<p>Our fourth shop is open on Mill Street, every day from seven in the morning.</p>{news}"
            "</main></body></html>"
        ).encode()
