"""Small JSON is read at once, all else in the child; and what is read at once is read soon, whatever it holds."""

from __future__ import annotations

import importlib
import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import works

from connectors import hackernews, lemmy, mastodon
from listener.connector import TryLater, testing
from listener.connector import at_once as module
from listener.connector.apart import Inline
from listener.connector.at_once import SMALL
from listener.connector.testing import Reply

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


class Apart(Inline):
    """Notes what is run apart."""

    def __init__(self):
        self.ran = []

    def run(self, work, *args, deadline_s=None):
        self.ran.append(work)
        return super().run(work, *args, deadline_s=deadline_s)


@pytest.fixture
def http():
    visit = testing.visit(lambda *_: Reply(), now=NOW)
    visit._apart = Apart()
    return visit


def test_a_small_answer_is_read_here_and_a_great_one_apart(http):
    for padding in (0, SMALL):
        body = json.dumps({"hits": [], "hitsPerPage": 200, "params": "x" * padding}).encode()
        assert http.apart(hackernews.read_hits, body, "https://h.example", NOW).last
    assert http._apart.ran == [hackernews.read_hits]


def test_what_does_not_say_that_it_reads_json_is_run_apart(http):
    assert http.apart(works.echo, b"{}") == b"{}"
    assert http._apart.ran == [works.echo]


def test_only_connectors_and_the_json_of_several_say_so():
    for path in (ROOT / "connectors").glob("[a-z]*.py"):
        importlib.import_module(f"connectors.{path.stem}")
    said = {
        work.__module__.rpartition(".")[0] + "/" + work.__name__.partition("_")[0] for work in module._JSON
    }
    assert said == {"connectors/read", "listener.connector/parsed"}


NESTED = "[" * (SMALL // 2) + "]" * (SMALL // 2)
LONG = (
    "<", "&", "<a href='", "<p>", "<!--", "<script", "https://a", "&#xD83D;", "<![CDATA[", "\u202e", "a.", "@", "(",
)  # fmt: skip


def hostile(wrap):
    """Answers that are as great as one that is read here can be, made of what is dear to read."""
    yield NESTED.encode()
    yield ("[" + "9" * (SMALL - 2) + "]").encode()
    for piece in LONG:
        length = SMALL // 2 // len(json.dumps(piece)[1:-1])
        yield json.dumps(wrap(piece * length)).encode()[:SMALL]


SHAPES = {
    hackernews.read_hits: lambda text: {"hits": [{"objectID": "1", "created_at_i": 1795158000, "comment_text": text}]},
    mastodon.read_posts: lambda text: [{"id": "1", "uri": "u", "visibility": "public", "content": text}],
    lemmy.read_search: lambda text: {
        "posts": [],
        "comments": [{"comment": {"ap_id": "u", "published": "2026-11-20T07:00:00Z", "content": text}}],
    },
}  # fmt: skip


@pytest.mark.parametrize("work", SHAPES, ids=lambda work: work.__module__.rpartition(".")[2])
def test_no_answer_of_that_size_keeps_us_busy(http, work):
    more = (0, {}) if work is lemmy.read_search else ()
    for body in hostile(SHAPES[work]):
        began = time.thread_time()
        with suppress(TryLater):
            http.apart(work, body, "https://h.example", NOW, *more)
        assert time.thread_time() - began < 0.5, body[:60]
    assert http._apart.ran == []
