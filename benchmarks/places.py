"""Places of every kind on loopback, each host at an address of its own, answering in the shape of the true ones and without news.

python -m benchmarks.places READY_FILE     serves until it or who started it is ended; the file then holds the port

Whatever is asked, a place shows what it showed before: known items, an empty list, "not modified". GET /hang?ADDRESS,… makes hosts
accept whatever comes and never answer again.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

from benchmarks.world import WORDS

HOSTS = {
    "control": 1,
    "rss": 4_000,
    "company_page": 1_000,
    "mastodon": 100,
    "hackernews": 1,
    "discourse": 250,
    "github": 20,
    "lemmy": 50,
}
"""How many of each kind there are; hosts with an API serve several sources."""
BEGAN = datetime.now(UTC).replace(microsecond=0)
ITEMS = 10
MINUTES = (30,)
"""How old what was last said about a client is."""
Answer = tuple[int, dict[str, str], bytes]
_NUMBERS = count()


def address(kind: str, number: int) -> str:
    """The loopback address of one host."""
    first, second = divmod(number, 250)
    return f"127.{10 + list(HOSTS).index(kind)}.{first}.{second + 1}"


def addresses() -> Iterator[tuple[str, str]]:
    """Every host, with its kind."""
    for kind, number in HOSTS.items():
        yield from ((address(kind, one), kind) for one in range(number))


def said_of(name: str) -> Iterator[tuple[int, str, datetime]]:
    """What anybody ever said of a client: a number, the words and the time."""
    base = crc32(name.casefold().encode()) * 1_000
    for number, minutes in enumerate(MINUTES):
        words = " ".join(WORDS[(base + number + step * 7) % len(WORDS)] for step in range(30))
        yield base + number, f"{name} {words}", BEGAN - timedelta(minutes=minutes)


def rss(host: str, _: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
    """A feed that knows what "not modified" means."""
    etag = f'"{host}"'
    if headers.get("if-none-match") == etag:
        return 304, {"etag": etag}, b""
    return 200, {"etag": etag, "content-type": "application/rss+xml"}, _feed(host)


def _feed(host: str) -> bytes:
    base = sum(host.encode())
    entries = "".join(
        f"<item><guid isPermaLink='false'>{host}/{number}</guid><link>http://feed.example/{host}/{number}</link>"
        f"<title>{' '.join(WORDS[(base + number * 11 + step) % len(WORDS)] for step in range(8))}</title>"
        f"<description>&lt;p&gt;{' '.join(WORDS[(base + number * 3 + step * 5) % len(WORDS)] for step in range(40))}&lt;/p&gt;</description>"
        f"<pubDate>{format_datetime(BEGAN - timedelta(hours=number * 5))}</pubDate></item>"
        for number in range(ITEMS)
    )
    head = f"<title>Feed {host}</title><link>http://feed.example/{host}</link>"
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{head}{entries}</channel></rss>".encode()


def company_page(host: str, _: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
    """Every other one knows "not modified"; the rest hide a number that nobody sees in a page that nobody changed."""
    etag = f'"{host}"'
    steady = int(host.rpartition(".")[2]) % 2 == 0
    if steady and headers.get("if-none-match") == etag:
        return 304, {"etag": etag}, b""
    nonce = "" if steady else f"<input type=hidden name=csrf value={next(_NUMBERS)}>"
    body = _page(host).replace("<form>", f"<form>{nonce}").encode()
    return 200, {"content-type": "text/html; charset=utf-8", **({"etag": etag} if steady else {})}, body


@lru_cache(maxsize=2_000)
def _page(host: str) -> str:
    base = sum(host.encode())
    news = "".join(
        f"<article class=card><h3>{' '.join(WORDS[(base + one * 5 + step) % len(WORDS)] for step in range(7))}</h3>"
        f"<p>{' '.join(WORDS[(base + one * 9 + step * 3) % len(WORDS)] for step in range(60))}.</p></article>"
        for one in range(ITEMS)
    )
    menu = "".join(f"<li><a href=/{word}>{word}</a></li>" for word in WORDS[:60])
    return (
        f"<!doctype html><html lang=en><head><title>News {host}</title><style>{'.card{margin:1em}' * 60}</style></head>"
        f"<body><nav><ul>{menu}</ul></nav><form></form><main><h1>News</h1>{news}</main><footer>Imprint</footer></body></html>"
    )


ROBOTS = b"User-agent: *\nDisallow: /cart\nDisallow: /account\nCrawl-delay: 1\n"


def mastodon(host: str, asked: Mapping[str, str], _: Mapping[str, str]) -> Answer:
    """A hashtag's timeline after an id."""
    if asked["path"] == "/api/v2/instance":
        access = {"hashtag_feeds": {"local": "public", "remote": "public"}}
        return _json({"domain": host, "version": "4.5.2", "configuration": {"timelines_access": access}})
    above = int(asked.get("since_id", 0))
    below = int(asked.get("max_id", 2**63))
    tag = asked["path"].rpartition("/")[2]
    shown = [
        status
        for number, text, at in said_of(tag)
        if above < int((status := _status(host, number, text, at))["id"]) < below
    ]
    resets = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
    return _json(
        shown,
        **{"x-ratelimit-limit": "300", "x-ratelimit-remaining": "297", "x-ratelimit-reset": resets},
    )


def _status(host: str, number: int, text: str, at: datetime) -> dict[str, str]:
    told = (int(at.timestamp() * 1000) << 16) + number % 65_536
    uri = f"https://{host}/users/writer{number}/statuses/{told}"
    return {
        "id": str(told), "uri": uri, "url": uri, "visibility": "public", "language": "en",
        "created_at": at.isoformat(), "edited_at": None, "content": f"<p>{text}</p>", "spoiler_text": "",
        "replies_count": 2, "reblogs_count": 1, "favourites_count": 3, "quotes_count": 0, "reblog": None,
        "media_attachments": [], "mentions": [], "tags": [], "emojis": [], "card": None, "poll": None,
        "account": {
            "id": str(number), "username": f"writer{number}", "acct": f"writer{number}", "bot": False,
            "display_name": f"Writer {number}", "note": "<p>Carpenter</p>", "url": f"https://{host}/@writer{number}",
            "followers_count": 321, "following_count": 88, "statuses_count": 412, "fields": [], "roles": [],
        },
    }  # fmt: skip


def hackernews(_host: str, asked: Mapping[str, str], _: Mapping[str, str]) -> Answer:
    """Algolia's answer."""
    since = int(asked["numericFilters"].partition("created_at_i>")[2].partition(",")[0])
    hits = [
        {
            "objectID": str(number), "author": f"writer{number}", "comment_text": text, "points": None,
            "created_at": at.isoformat(), "created_at_i": int(at.timestamp()), "story_id": 1, "parent_id": 1,
            "story_title": "A story", "story_url": "https://harbour.example/1", "updated_at": at.isoformat(),
            "_tags": ["comment", f"author_writer{number}", "story_1"], "_highlightResult": {},
        }
        for number, text, at in said_of(asked["query"].strip('"'))
        if at.timestamp() > since
    ]  # fmt: skip
    told = {"hits": hits, "hitsPerPage": 200, "nbHits": len(hits), "nbPages": 1, "page": 0}
    return _json({**told, "exhaustive": {"nbHits": True}, "processingTimeMS": 3, "query": asked["query"]})


def discourse(_host: str, asked: Mapping[str, str], _: Mapping[str, str]) -> Answer:
    """A search, and a post."""
    if asked["path"].startswith("/posts/"):
        number = int(asked["path"].removeprefix("/posts/").removesuffix(".json"))
        at = (BEGAN - timedelta(minutes=MINUTES[number % 1_000])).isoformat()
        known = {
            "id": number,
            "username": "zed",
            "user_id": 7,
            "name": "Zed",
            "created_at": at,
            "updated_at": at,
        }
        return _json({**known, "cooked": f"<p>{' '.join(WORDS[:40])}</p>", "post_number": 2, "topic_id": number})  # fmt: skip
    words = [word for word in asked["q"].split() if ":" not in word]
    posts = [
        {
            "id": number,
            "name": "Zed",
            "username": "zed",
            "created_at": at.isoformat(),
            "like_count": 0,
            "blurb": text[:80],
            "post_number": 2,
            "topic_title_headline": "A topic",
            "topic_id": number,
            "avatar_template": "/letter_avatar_proxy/v4/letter/z/ea5d25/{size}.png",
        }
        for number, text, at in said_of(" ".join(words))
        if f"topic:{number}" in asked["q"] or "topic:" not in asked["q"]
    ]
    result = {"more_posts": None, "more_full_page_results": None, "error": None, "post_ids": []}
    return _json({"posts": posts, "topics": [], "users": [], "grouped_search_result": result})


def github(_host: str, asked: Mapping[str, str], _: Mapping[str, str]) -> Answer:
    """A search for issues, with what is left of the minute."""
    words = asked["q"].partition(" in:title")[0].strip('"')
    since = datetime.fromisoformat(asked["q"].partition("created:>=")[2])
    items = [
        {
            "id": number, "node_id": f"I_{number}", "number": 41, "title": text[:60], "state": "open", "body": text,
            "url": "https://api.example/repos/a/b/issues/41", "html_url": "https://github.example/a/b/issues/41",
            "created_at": at.isoformat(), "updated_at": at.isoformat(), "closed_at": None, "comments": 4,
            "labels": [], "assignee": None, "assignees": [], "milestone": None, "author_association": "NONE",
            "user": {"login": "rkelly", "id": 501, "node_id": "U_501", "type": "User", "site_admin": False},
            "reactions": {"total_count": 1, "+1": 1, "-1": 0, "laugh": 0},
        }
        for number, text, at in said_of(words)
        if at >= since
    ]  # fmt: skip
    resets = str(int(datetime.now(UTC).timestamp()) + 40)
    told = {"total_count": len(items), "incomplete_results": False, "items": items}
    return _json(
        told,
        **{"x-ratelimit-limit": "30", "x-ratelimit-remaining": "27", "x-ratelimit-reset": resets},
    )


def lemmy(host: str, asked: Mapping[str, str], _: Mapping[str, str]) -> Answer:
    """A search that knows no times: all that was ever said."""
    if asked["path"] == "/api/v3/site":
        languages = [{"id": 0, "code": "und"}, {"id": 37, "code": "en"}]
        return _json(
            {"site_view": {"site": {"name": host}}, "version": "0.19.15", "all_languages": languages}
        )
    rows = [_lemmy(host, number, text, at) for number, text, at in said_of(asked["q"])]
    return _json({"type_": "All", "posts": [], "comments": rows, "communities": [], "users": []})


def _lemmy(host: str, number: int, text: str, at: datetime) -> dict[str, object]:
    told = {"published": at.isoformat(), "deleted": False, "removed": False, "local": True, "language_id": 37}
    here = f"https://{host}"
    return {
        "comment": {**told, "id": number, "post_id": 1, "content": text, "ap_id": f"{here}/comment/{number}"},
        "creator": {**told, "id": 72, "name": "zed", "actor_id": f"{here}/u/zed", "bot_account": False},
        "post": {**told, "id": 1, "name": "A post", "community_id": 4, "ap_id": f"{here}/post/1"},
        "community": {**told, "id": 4, "name": "diy", "title": "Do it yourself", "actor_id": f"{here}/c/diy"},
        "counts": {"comment_id": number, "score": 2, "upvotes": 2, "downvotes": 0, "child_count": 0},
        "subscribed": "NotSubscribed",
        "saved": False,
        "creator_blocked": False,
        "my_vote": None,
    }


def _json(told: object, **headers: str) -> Answer:
    return 200, {"content-type": "application/json; charset=utf-8", **headers}, json.dumps(told).encode()


PLACES = {one.__name__: one for one in (rss, company_page, mastodon, hackernews, discourse, github, lemmy)}
HUNG: set[str] = set()


class Connection(asyncio.Protocol):
    """HTTP/1.1 with requests that have no body, one after the other."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._out = transport
        self._host = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, self._heard = self._heard.partition(b"\r\n\r\n")
            if self._host not in HUNG:
                self._out.write(self._answer(head.decode("latin-1")))

    def _answer(self, head: str) -> bytes:
        first, *lines = head.split("\r\n")
        target = urlsplit(first.split(" ")[1])
        if self._kind == "control":
            HUNG.update(target.query.split(","))
            return _written(200, {}, b"")
        if target.path == "/robots.txt" and self._kind == "company_page":
            return _written(200, {"content-type": "text/plain"}, ROBOTS)
        if self._kind == "company_page" and target.path != "/news":
            return _written(404, {}, b"")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        asked = {name: values[0] for name, values in parse_qs(target.query).items()}
        return _written(*PLACES[self._kind](self._host, {**asked, "path": target.path}, headers))


def _written(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    length = {} if status == 304 else {"content-length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**headers, **length}.items())
    return f"HTTP/1.1 {status} OK\r\n{lines}\r\n".encode("latin-1") + body


async def serve(ready: Path) -> None:
    """Listen at every address, all on one port."""
    loop = asyncio.get_running_loop()
    port = 0
    for host, kind in addresses():
        listening = await loop.create_server(lambda kind=kind: Connection(kind), host, port, backlog=64)  # type: ignore[misc]
        port = port or listening.sockets[0].getsockname()[1]
    ready.write_text(str(port))  # noqa: ASYNC240 - once, before anybody is answered
    started_by = os.getppid()
    while os.getppid() == started_by:  # noqa: ASYNC110 - whoever started us may be killed
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
