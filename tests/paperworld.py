"""A web on paper for connectors: the real door, visit and robots.txt over pages that a test writes and rewrites.

    web = PaperWeb({"https://mills.example/news": "<p>Hello"})
    mills = Poller(web, CONNECTOR, {"url": "https://mills.example/news"})
    assert mills.poll() == []                                # a baseline
    web.pages["https://mills.example/news"] = "<p>Hello<p>New words"
    (found,) = mills.poll(hours=1)

A poller keeps cursor and validators as the engine does: with each page that is yielded, and what was raised in `trouble`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from listener.connector import Found, Page, Refused, Trouble
from listener.connector.apart import Inline, Runner
from listener.connector.visit import Visit
from listener.door.door import Door

BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands at one address."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PaperWeb:
    """Addresses without a sheet are 404; a text alone is an HTML page, or XML where it begins as such."""

    pages: dict[str, str | bytes | Sheet] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        self.asked.append(url)
        sheet = _sheet(self.pages.get(url, Sheet(status=404)))
        # a stream, as it would come over a wire: httpx would unpack bytes by itself
        return httpx.Response(sheet.status, headers=dict(sheet.headers), stream=httpx.ByteStream(sheet.body))


def _sheet(page: str | bytes | Sheet) -> Sheet:
    if isinstance(page, Sheet):
        return page
    body = page.encode() if isinstance(page, str) else page
    kind = "application/xml" if body.lstrip().startswith((b"<?xml", b"<rss", b"<urlset")) else HTML
    return Sheet(body=body, headers={"Content-Type": kind})


class Poller:
    """One source, polled as the engine would."""

    def __init__(
        self, web: PaperWeb, connector: Any, options: Mapping[str, Any], *, apart: Runner | None = None
    ) -> None:
        self.now = BEGIN
        self.cursor: Any = None
        self.pages: list[Page] = []
        self.refused: list[Refused] = []
        self.trouble: Trouble | None = None
        self._web, self._connector = web, connector
        self._options = connector.options(**options)
        self._validators: dict[str, Any] = {}
        self._robots: dict[str, Any] = {}
        self._apart = apart or Inline()

    def poll(self, *, hours: float = 0.5) -> list[Found]:
        """Everything found `hours` after the last poll; the world has been asked anew."""
        self.now += timedelta(hours=hours)
        self._web.asked.clear()
        self.pages, self.refused, self.trouble = [], [], None
        visit = self._visit()
        try:
            for page in self._connector.fetch(visit, self._options, self.cursor):
                self._keep(page, visit)
        except Trouble as trouble:
            self.trouble = trouble
        return [found for page in self.pages for found in page.found]

    def check(self) -> str:
        return self._connector.check(self._visit(), self._options)

    def _keep(self, page: Page, visit: Visit) -> None:
        self.pages.append(page)
        self.refused.extend(page.refused)
        self.cursor = json.loads(json.dumps(page.cursor))
        self._validators |= visit.validators

    def _visit(self) -> Visit:
        door = Door(
            contact=None,
            version="0",
            now=lambda: self.now,
            per_host_every=timedelta(0),
            transport=httpx.MockTransport(self._web.answer),
        )
        return Visit(
            door, now=self.now, validators=self._validators, robots=_Memory(self._robots), apart=self._apart
        )


@dataclass(frozen=True, slots=True)
class _Memory:
    kept: dict[str, Any]

    def get(self, origin: str) -> Any:
        return self.kept.get(origin)

    def put(self, origin: str, robots: Any) -> None:
        self.kept[origin] = robots
