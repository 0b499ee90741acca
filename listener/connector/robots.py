"""robots.txt (RFC 9309): asked once a day for each origin, judged in the killable child, remembered over restarts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Protocol
from urllib.parse import urljoin

from listener.connector.apart import Runner
from listener.connector.contract import NeedsAttention, TryLater
from listener.door.door import Response
from listener.door.errors import Refused, TooSlow, Unreachable
from listener.door.url import origin_of, parse

AGENT = "listener"
FRESH_FOR = timedelta(hours=24)
MOST_BYTES = 2**20
LONGEST_DELAY_S = 15.0
"""A longer Crawl-delay is honoured as this one, or a visit of several pages could never come to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What an origin answered for its robots.txt, and when. The body is empty unless the status is 2xx."""

    status: int
    body: bytes
    at: datetime


class RobotsMemory(Protocol):
    """Where robots.txt files are kept, by origin ("https://host")."""

    def get(self, origin: str) -> Robots | None: ...

    def put(self, origin: str, robots: Robots) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a robots.txt says of one URL. `rule` is the line that refuses it; sitemaps are absolute URLs."""

    allowed: bool = True
    rule: str = ""
    delay_s: float = 0.0
    sitemaps: tuple[str, ...] = ()


def judge(body: bytes, url: str) -> Verdict:
    """Pure, and to be run apart: 100 KB of user agents and rules keep the parser busy for 20 s."""
    from protego import Protego

    text = body.decode("utf-8", "replace").removeprefix("\ufeff")
    rules = Protego.parse(text)
    allowed = bool(rules.can_fetch(url, AGENT))
    joined = (urljoin(url, sitemap) for sitemap in rules.sitemaps)
    return Verdict(
        allowed=allowed,
        rule="" if allowed else _rule(text, url),
        delay_s=min(max(rules.crawl_delay(AGENT) or 0.0, 0.0), LONGEST_DELAY_S),
        sitemaps=tuple(dict.fromkeys(link for link in joined if link.startswith(("http://", "https://")))),
    )


class Verdicts:
    """What was judged before: the same file and URL need no parser again. Bounded; begins anew when it is full."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._known: dict[tuple[bytes, str], Verdict] = {}

    def of(self, body: bytes, url: str, apart: Runner) -> Verdict:
        """Judged in the child at first. Raises TryLater where it had to be killed."""
        key = (blake2b(body, digest_size=16).digest(), url)
        known = self._known.get(key)
        if known is None:
            known = apart.run(judge, body, url)
            if len(self._known) >= self._most:
                self._known = {}
            self._known[key] = known
        return known


VERDICTS = Verdicts()


def _rule(text: str, url: str) -> str:
    """The longest line that alone would refuse the URL, for people to find; the parser does not say which it was."""
    from protego import Protego

    lines = {
        line.partition("#")[0].strip()
        for line in text.splitlines()
        if line.strip().lower().startswith("disallow")
    }
    refusing = (line for line in lines if not Protego.parse(f"User-agent: *\n{line}").can_fetch(url, AGENT))
    return max(refusing, key=len, default="Disallow")[:200]


def current(origin: str, *, memory: RobotsMemory, ask: Callable[[str], Response], now: datetime) -> Robots:
    """The robots.txt of `origin`, from memory for a day.

    Where it cannot be had, the last one known stands; without one the origin is left alone this round (TryLater).
    """
    known = memory.get(origin)
    if known is not None and now - known.at < FRESH_FOR:
        return known
    try:
        answer = ask(origin + "/robots.txt")
    except Refused as refused:
        raise NeedsAttention(refused.reason) from None
    except (Unreachable, TooSlow) as error:
        return _last_known(known, error.reason)
    if answer.status >= 500 or answer.status == 429:
        return _last_known(known, f"the robots.txt of {origin} answers {answer.status}.")
    body = answer.body if 200 <= answer.status < 300 else b""
    fresh = Robots(status=answer.status, body=body, at=now)
    memory.put(origin, fresh)
    return fresh


def _last_known(known: Robots | None, why: str) -> Robots:
    if known is None:
        raise TryLater(f"Pages are left alone until robots.txt can be read: {why}")
    return known


def origin(url: str) -> str:
    """Raises NeedsAttention where the URL is none that can be asked."""
    try:
        return origin_of(parse(url))
    except Refused as refused:
        raise NeedsAttention(refused.reason) from None
