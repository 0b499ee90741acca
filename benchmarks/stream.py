"""How many posts of Bluesky's stream one core holds against 1,000 clients, from the bytes of the wire to what is about somebody.

python -m benchmarks.stream [REPETITIONS]

The messages have the shape that Jetstream documents; their texts are generated: everyday words by how often people use them, a third of
them with letters beyond ASCII, now and then the name of a client.
"""

from __future__ import annotations

import gc
import json
import random
import struct
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from websockets.client import ClientProtocol
from websockets.protocol import State
from websockets.uri import parse_uri

from benchmarks.watchlists import queries
from listener.connector import registry
from listener.connector.target import Target
from listener.connector.testing import Reply, visit
from listener.domain.frequency import RATES
from listener.domain.percolate import Percolator
from listener.domain.query import parse_query
from listener.polling.intake import Intake

CLIENTS = 1_000
POSTS = 40_000
BEGAN = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CHUNK = 2**16
GOAL = 20_000
_WORDS, _WEIGHTS = list(RATES), list(RATES.values())
_POST = "at://did:plc:wa7b35aakoll7hugkrjtf3xf/app.bsky.feed.post/3l3pte3p2e325"
_CID = "bafyreidc6sydkkbchcyg62v77wbhzvb2mvytlmsychqgwf2xojjtirmzj4"


def texts(dice: random.Random, names: list[str]) -> Iterator[str]:
    while True:
        said = dice.choices(_WORDS, _WEIGHTS, k=dice.randint(3, 45))
        if dice.random() < 0.01:
            said.insert(dice.randrange(len(said)), dice.choice(names))
        text = " ".join(said)
        kind = dice.random()
        if kind < 0.15:
            text += " 🙂"
        elif kind < 0.25:
            text = text.replace("a", "á", 2).replace("o", "õ", 2)
        elif kind < 0.35:
            text = "".join(chr(0x3042 + dice.randrange(80)) for _ in range(dice.randint(8, 80)))
        yield text


def record(dice: random.Random, text: str, number: int, at: str) -> dict[str, object]:
    """A post as people write them: a reply, with pictures, with a link, or only its text."""
    said: dict[str, object] = {"$type": "app.bsky.feed.post", "createdAt": at, "langs": ["en"], "text": text}
    kind = dice.random()
    if kind < 0.5:
        ref = {"cid": _CID, "uri": _POST}
        said["reply"] = {"parent": ref, "root": ref}
    elif kind < 0.7:
        image = {"$type": "blob", "mimeType": "image/jpeg", "ref": {"$link": _CID}, "size": 423_423}
        picture = {"alt": "", "aspectRatio": {"height": 1200, "width": 900}, "image": image}
        said["embed"] = {"$type": "app.bsky.embed.images", "images": [picture]}
    if dice.random() < 0.2:
        link = {"$type": "app.bsky.richtext.facet#link", "uri": f"https://example.com/news/{number}"}
        said["facets"] = [{"features": [link], "index": {"byteEnd": 20, "byteStart": 3}}]
    return said


def messages(count: int, names: list[str]) -> list[bytes]:
    """Posts, and a deletion or an account's event among twenty, 0.7 ms apart."""
    dice = random.Random(5)
    written = texts(dice, names)
    made = []
    for number in range(count):
        at = BEGAN + timedelta(microseconds=700 * number)
        did = f"did:plc:{dice.randrange(10**7):024d}"
        event: dict[str, object] = {"did": did, "time_us": int(at.timestamp() * 1e6), "kind": "commit"}
        commit = {"rev": "3l3qo2vutsw2b", "collection": "app.bsky.feed.post", "rkey": f"3l3q{number:09d}"}
        if number % 40 == 0:
            event |= {"kind": "identity", "identity": {"did": did, "handle": "ann.example", "seq": number}}
        elif number % 40 == 1:
            event["commit"] = commit | {"operation": "delete"}
        else:
            said = record(dice, next(written), number, at.isoformat().replace("+00:00", "Z"))
            event["commit"] = commit | {"operation": "create", "record": said, "cid": _CID}
        made.append(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode())
    return made


def framed(message: bytes) -> bytes:
    length = bytes([len(message)]) if len(message) < 126 else b"\x7e" + struct.pack("!H", len(message))
    return b"\x81" + length + message


def unframed(wire: bytes) -> list[bytes]:
    """What the door's protocol makes of the bytes, a piece at a time."""
    protocol = ClientProtocol(parse_uri("ws://stream.example/"), state=State.OPEN, max_size=2**20)
    heard = []
    for at in range(0, len(wire), CHUNK):
        protocol.receive_data(wire[at : at + CHUNK])
        heard += [bytes(frame.data) for frame in protocol.events_received()]  # type: ignore[union-attr]
    return heard


def main(repetitions: int = 5) -> None:
    asked = list(queries(CLIENTS))
    held = [(str(number), parse_query(text)) for number, text in enumerate(asked)]
    names = [word for text in asked for word in text.replace("(", " ").split()[:1] if word.isalpha()]
    made = messages(POSTS, names)
    wire = b"".join(map(framed, made))
    connector = registry.find("bluesky_stream")
    options = connector.options(minutes=0)
    intake = Intake(clients={}, percolator=Percolator(held), scorer=None)  # type: ignore[arg-type]
    target = Target(
        connector=connector,
        options=options,
        scope="posts",
        every=connector.default_every,
        matched=frozenset(name for name, _ in held),
    )
    now = BEGAN + timedelta(hours=1)
    print(f"{len(made):,} messages of {len(wire) / len(made):.0f} bytes, {CLIENTS:,} clients")

    def read(heard: list[bytes]) -> Iterator[tuple[int, int]]:
        """Each page: how many posts it brings, and how many of them are about somebody."""
        http = visit(lambda *_: Reply(messages=tuple(heard)), now=now)
        for page in connector.fetch(http, options, None):
            assert not page.refused
            yield len(page.found), len(intake.sieve(target, page.found))

    def whole() -> tuple[int, int]:
        pages = list(read(unframed(wire)))
        return sum(posts for posts, _ in pages), sum(about for _, about in pages)

    gc.collect()
    gc.freeze()
    http = visit(lambda *_: Reply(messages=tuple(made)), now=now)
    found = [one for page in connector.fetch(http, options, None) for one in page.found]
    took = {
        "the wire's frames": best(lambda: unframed(wire), repetitions),
        "reading posts": best(
            lambda: [
                len(page.found)
                for page in connector.fetch(
                    visit(lambda *_: Reply(messages=tuple(made)), now=now), options, None
                )
            ],
            repetitions,
        ),
        "holding them against the clients": best(lambda: intake.sieve(target, found), repetitions),
        "all of it": best(whole, repetitions),
    }
    for what, seconds in took.items():
        print(f"{what:<34}{1e6 * seconds / len(made):>8.1f} µs a message")
    posts, about = whole()
    print(f"{posts:,} posts, of which {about:,} are about somebody")
    rate = posts / took["all of it"]
    print(f"{rate:,.0f} posts per CPU-second; the goal is {GOAL:,}")


def best(work: Callable[[], object], repetitions: int) -> float:
    """The least CPU-seconds of several runs."""
    least = float("inf")
    for _ in range(repetitions):
        begun = time.process_time()
        work()
        least = min(least, time.process_time() - begun)
    return least


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
