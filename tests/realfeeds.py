"""The world of the real run: thousands of recorded feeds, broken places, and one feed that people talk in, on loopback."""

import random
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import pytest
from places import Place, answer, bomb, drip, hang_up, redirect
from world import burst, rss

CORPUS = Path(__file__).resolve().parents[1].parent / "shared" / "eval" / "feeds" / "dev.tar.xz"
TALK = "/talk.xml"

# Only the fast reader takes this for a date, so feedparser keeps the word on the talk. A change of reader reads all that a
# feed shows once more, and would hide the loss of what was marked as seen and never stored.
ODD = b"<item><guid isPermaLink='false'>odd</guid><title>What time is it?</title><pubDate>yesterday</pubDate></item>"

LOGIN = b"<!doctype html><html><head><title>Please log in</title></head><body><form></form></body></html>"

# A place that is broken, and what `listener sources` must say: its state, and words of its reason.
BROKEN = {
    "/broken/login": (
        answer(body=LOGIN, headers={"Content-Type": "text/html"}),
        "needs attention",
        "HTML page",
    ),
    "/broken/empty": (answer(body=b""), "backing off", "empty body"),
    "/broken/text": (answer(body=b"It works!"), "needs attention", "not a feed"),
    "/broken/json": (answer(body=b'{"items": ['), "backing off", "JSON that breaks off"),
    "/broken/absent": (answer(404), "needs attention", "404"),
    "/broken/gone": (answer(410), "needs attention", "410"),
    "/broken/secret": (answer(403), "needs attention", "403"),
    "/broken/error": (answer(500), "backing off", "500"),
    "/broken/mute": (hang_up, "backing off", "breaks off"),
    "/broken/bomb": (bomb("gzip", size=64 * 2**20), "needs attention", "more than"),
    "/broken/inward": (redirect("http://169.254.169.254/latest"), "needs attention", "only public addresses"),
}
SLOW = {
    "/broken/slow": (
        drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss>", every_s=0.2),
        "backing off",
        "does not finish",
    )
}


@dataclass(frozen=True, kw_only=True)
class Feeds:
    """What is served: bodies by path. The talk grows while the run goes on; `served` is what stands there now."""

    place: Place
    corpus: dict[str, bytes]
    talk: list
    now: Callable
    broken: dict

    @property
    def served(self):
        return {**self.corpus, TALK: self._shown()}

    @property
    def paths(self):
        return [*self.corpus, TALK, *self.broken]

    def tell(self, words):
        """Somebody says something, now."""
        number = len(self.talk)
        self.talk.insert(0, (f"talk-{number}", words, f"talker{number}", self.now()))
        self._show()

    def burst(self, name):
        """Twelve strangers complain at once; returns how many they are."""
        complaints = burst(name, at=self.now())
        self.talk[:0] = complaints
        self._show()
        return len(complaints)

    def _show(self):
        self.place.does(TALK, conditional(self._shown()))

    def _shown(self):
        return rss(self.talk).replace(b"</channel>", ODD + b"</channel>")

    def polled(self):
        """How often each path was asked for."""
        counts = dict.fromkeys(self.paths, 0)
        for asked in list(self.place.asked):
            counts[asked.path] += 1
        return counts


def conditional(body):
    """Answers 304 to who has seen this body."""
    tag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
    whole = answer(body=body, headers={"Content-Type": "application/xml", "ETag": tag})
    same = answer(304, headers={"ETag": tag})
    return lambda wire, asked: (same if asked.headers.get("if-none-match") == tag else whole)(wire, asked)


def opened(place, *, count, seed, now):
    """Serve `count` feeds of the corpus (None: all) beside the broken places; every other one speaks ETags."""
    broken = BROKEN if count else BROKEN | SLOW  # half a minute for one poll is too much for the small run
    feeds = Feeds(place=place, corpus=recorded(count=count, seed=seed), talk=[], now=now, broken=broken)
    for number, (path, body) in enumerate(feeds.corpus.items()):
        place.does(
            path,
            conditional(body)
            if number % 2
            else answer(body=body, headers={"Content-Type": "application/xml"}),
        )
    for path, (behaviour, _, _) in broken.items():
        place.does(path, behaviour)
    feeds.tell("Good morning, everybody")
    return feeds


def recorded(*, count, seed):
    """That many feeds of the corpus, by path; the test is skipped where it is absent."""
    if not CORPUS.is_file():
        pytest.skip(f"needs the evaluation data beside the checkout: {CORPUS.name} is not at {CORPUS.parent}")
    with tarfile.open(CORPUS) as archive:
        files = sorted((member for member in archive if member.isfile()), key=lambda member: member.name)
        if count is not None:
            files = random.Random(seed).sample(files, count)
        return {f"/feed/{n:04}.xml": archive.extractfile(file).read() for n, file in enumerate(files)}
