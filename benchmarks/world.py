"""The generated feeds that both stacks read, served on loopback by a process of its own so that its CPU is nobody's.

python benchmarks/world.py PORT_FILE FEEDS ITEMS     serves /ROUND/NUMBER.xml; with an ETag, so that a body can be unchanged
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TERMS = 1000
SHARE_NAMED = 0.10  # of the items that name a client
START = datetime(2026, 3, 2, 12, tzinfo=UTC)

COMMON = (
    "the of and to in a is that for it was on are as with his they at be this from have or by one had not "
    "but what all were when we there can an your which their said if do will each about how up out them "
    "then she many some so these would other into has more her two like him see time could no make than "
    "first been its who now people my made over did down only way find use may water long little very "
    "after words called just where most know get through back much before go good new write our used me "
    "man too any day same right look think also around another came come work three must because does "
    "part even place well such here take why help put different away again off went old number great tell "
    "men say small every found still between name should home big give air line set own under read last "
    "never us left end along while might next sound below saw something thought both few those always "
    "looked show large often together asked house world going want school important until form food keep "
    "children feet land side without boy once animals life enough took sometimes four head above kind "
    "began almost live page got earth need far hand high year mother light parts country father let night "
    "following picture being study second eyes soon times story boys since white days ever paper hard "
    "near sentence better best across during today others however sure means knew try told young miles "
    "sun ways thing whole hear example heard several change answer room sea against top turned learn "
    "point city play toward five using himself usually "
)
WORDS = COMMON.split()
TONE = [
    "awful service",
    "never got my refund",
    "great people",
    "love it",
    "terrible delay",
    "really helpful",
    "broken again",
]


def terms() -> list[str]:
    """The invented client names: two words each, none of them in WORDS."""
    dice = random.Random(11)
    syllables = [
        "bar",
        "ven",
        "tor",
        "mil",
        "sko",
        "lun",
        "pra",
        "dex",
        "qui",
        "zan",
        "fel",
        "gor",
        "hib",
        "jut",
        "kro",
    ]
    names: dict[str, None] = {}
    while len(names) < TERMS:
        first, second = ("".join(dice.choices(syllables, k=3)) for _ in range(2))
        names[f"{first.title()} {second.title()}"] = None
    return list(names)


@lru_cache(maxsize=100_000)
def body(round_number: int, feed: int, items: int) -> bytes:
    """A feed of this round: two thirds of the items of the round before, one third new ones on top."""
    step = max(1, items // 3)
    newest = items + round_number * step
    entries = "".join(item(feed, number) for number in range(newest, newest - items, -1))
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        f"<channel><title>Feed {feed}</title><link>http://feed{feed}.example/</link>{entries}</channel></rss>"
    ).encode()


def item(feed: int, number: int) -> str:
    """One item, always the same for its feed and number."""
    dice = random.Random(feed * 1_000_003 + number)
    words = dice.choices(WORDS, k=dice.randint(25, 60))
    if dice.random() < SHARE_NAMED:
        words[dice.randrange(len(words))] = dice.choice(terms_once()) + " " + dice.choice(TONE)
    text = " ".join(words)
    at = START - timedelta(minutes=dice.randint(0, 10_000))
    return (
        f"<item><guid isPermaLink='false'>{feed}-{number}</guid><link>http://feed{feed}.example/{number}</link>"
        f"<title>{text[:60]}</title><dc:creator>writer {dice.randint(1, 5000)}</dc:creator>"
        f"<description>&lt;p&gt;{text}.&lt;/p&gt;</description><pubDate>{format_datetime(at)}</pubDate></item>"
    )


@lru_cache(maxsize=1)
def terms_once() -> list[str]:
    return terms()


def serve(port_file: Path, feeds: int, items: int) -> None:
    """Serve until ended. The round is part of the host's path prefix that the benchmark switches: /switch/N."""
    state = {"round": 0}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.rsplit("/", 1)[-1]
            if self.path.startswith("/switch/"):
                state["round"] = int(name)
                for feed in range(feeds):
                    body(state["round"], feed, items)
                self.answer(200, b"ok", "")
                return
            etag = f'"{state["round"]}-{name}"'
            if self.headers.get("If-None-Match") == etag:
                self.answer(304, b"", etag)
            else:
                self.answer(200, body(state["round"], int(name.partition(".")[0]), items), etag)

        def answer(self, status: int, content: bytes, etag: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("ETag", etag)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port_file.write_text(str(server.server_address[1]))
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
