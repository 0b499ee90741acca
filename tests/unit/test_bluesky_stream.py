"""Jetstream: read up to now, folded, resumed, and what it no longer has is said."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest
from playing import ROOT, played
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from listener.config.load import load
from listener.config.plan import targets
from listener.connector import TryLater, registry, testing
from listener.connector.apart import Inline
from listener.connector.testing import Recording, Reply, RobotsKept
from listener.connector.visit import Visit
from listener.door.door import Door

KIND = registry.find("bluesky_stream")
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ANN = "did:plc:ann2example3aaaaaaaaaaaa"


def us(at):
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def message(key, at, *, did=ANN, operation="create", text="Mills", **said):
    record = {"text": text, "createdAt": at.isoformat(), **said}
    commit = {"operation": operation, "collection": "app.bsky.feed.post", "rkey": key, "cid": "b"}
    commit |= {} if operation == "delete" else {"record": record}
    return json.dumps({"did": did, "time_us": us(at), "kind": "commit", "commit": commit}).encode()


def account(at, status, *, active=False):
    told = {"did": ANN, "time_us": us(at), "kind": "account", "account": {"active": active, "status": status}}
    return json.dumps(told).encode()


def polled(*messages, cursor=None, now=NOW):
    answers = lambda *_: Reply(messages=messages)  # noqa: E731 - one of many
    return [one.page for one in testing.poll(KIND, KIND.options(), answers, now=now, cursor=cursor)]


def ago(minutes):
    return NOW - timedelta(minutes=minutes)


def test_posts_come_as_the_contract_has_them():
    recording = Recording.load(ROOT / "tests/recorded/bluesky_stream/two_polls.json")
    [[first], [second]] = played("bluesky_stream", recording)
    found = {one.external_id[-2:]: one for one in first.page.found}
    assert [*found] == ["a1", "a2", "a3", "a4", "a6", "a7", "a8"]
    assert found["a2"].links == ("https://mills.example/orders/late",)
    assert (found["a3"].form, found["a1"].form) == ("comment", "post")
    assert found["a4"].language is None
    assert [link.rpartition("/")[2] for link in found["a4"].links] == ["mills", "3m5xpaaaaaa2"]
    assert found["a7"].published_at == NOW - timedelta(minutes=3), "nobody writes in 2031"
    assert found["a1"].url == f"https://bsky.app/profile/{found['a1'].author.key}/post/3m5xpaaaaaa1"
    assert first.page.gone == (f"at://{ANN}/app.bsky.feed.post/3m5xpaaaaaa5",)
    assert first.page.gone_authors == ("did:plc:dan2example3aaaaaaaaaaaa",)
    assert second.page.gone == (f"at://{ANN}/app.bsky.feed.post/3m5xpaaaaaa1",)
    [edited] = [one for one in second.page.found if one.edited_at]
    assert edited.text.endswith("really")


def test_what_is_written_again_after_its_deletion_is_there():
    [page] = polled(
        message("3a", ago(5)),
        message("3a", ago(4), operation="delete"),
        message("3a", ago(3)),
        message("3b", NOW),
    )
    assert [one.external_id[-2:] for one in page.found] == ["3a", "3b"]
    assert page.gone == ()


def test_the_posts_of_an_account_that_is_gone_go_with_it():
    [page] = polled(message("3a", ago(5)), account(ago(4), "takendown"), message("3b", NOW, did="did:plc:b"))
    assert [one.external_id[-2:] for one in page.found] == ["3b"]
    assert page.gone_authors == (ANN,)
    [page] = polled(
        account(ago(5), "deactivated"), account(ago(4), None, active=True), account(NOW, "throttled")
    )
    assert page.gone_authors == ()


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        ("1970-01-01T00:00:00Z", NOW),
        ("2031-01-01T00:00:00Z", NOW),
        ("yesterday", NOW),
        ("2019-05-04T03:02:01+02:00", datetime(2019, 5, 4, 1, 2, 1, tzinfo=UTC)),
        ("2026-11-20T07:59:00.123456789Z", datetime(2026, 11, 20, 7, 59, 0, 123456, tzinfo=UTC)),
    ],
)
def test_a_time_that_cannot_be_is_when_the_network_saw_it(created, expected):
    [page] = polled(message("3a", NOW, createdAt=created))
    assert page.found[0].published_at == expected


def test_a_backlog_is_read_page_by_page_and_a_crash_between_two_costs_nothing():
    messages = [message(f"3{n:05}", ago(9) + timedelta(milliseconds=n)) for n in range(4_500)]
    messages.append(message("3end", NOW))
    [first, *rest] = polled(*messages)
    assert [len(page.found) for page in (first, *rest)] == [2_000, 2_000, 501]
    asked = []

    def answers(_method, url, _poll):
        asked.append(int(parse_qs(urlsplit(url).query)["cursor"][0]))
        left = [one for one in messages if json.loads(one)["time_us"] >= asked[-1]]
        return Reply(messages=tuple(left))

    again = testing.poll(KIND, KIND.options(), answers, now=NOW, cursor=first.cursor)
    known = {one.external_id for kept in again for one in kept.page.found}
    assert asked == [first.cursor["time_us"] - 5_000_000]
    assert known >= {one.external_id for page in rest for one in page.found}


def test_what_was_said_just_before_is_read_again_while_a_client_is_new():
    asked = []

    def answers(_method, url, _poll):
        asked.append(int(parse_qs(urlsplit(url).query)["cursor"][0]))
        return Reply(messages=(message("3a", NOW),))

    for fresh in (False, True):
        http = testing.visit(answers, now=NOW)
        http.fresh = fresh
        [page] = KIND.fetch(http, KIND.options(), {"time_us": us(ago(1))})
        assert page.refused == ()
        assert page.cursor == {"time_us": us(NOW)}
    assert asked == [us(ago(1)) - 5_000_000, us(ago(10))]


def test_what_the_server_no_longer_has_is_told_with_its_hours():
    [page] = polled(message("3b", NOW), cursor={"time_us": us(NOW - timedelta(hours=48))})
    [told] = page.refused
    assert told.reason == (
        "Nothing could be heard from 2026-11-18 08:00 to 2026-11-20 08:00 UTC: Jetstream plays back some 36 hours."
    )
    [page] = polled(message("3b", NOW), cursor={"time_us": us(ago(1))})
    assert page.refused == ()


def test_a_message_from_the_future_does_not_move_the_cursor_past_what_is_to_come():
    [page] = polled(message("3a", NOW + timedelta(hours=2)), message("3b", NOW))
    assert page.cursor == {"time_us": us(NOW)}
    assert [one.reason for one in page.refused] == ["This message of Jetstream bears a time that cannot be."]


def test_a_stream_that_says_nothing_is_no_silence():
    with pytest.raises(TryLater, match="sent nothing"):
        polled()


def test_whatever_anybody_says_is_held_against_the_query_even_among_a_clients_own_sources(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(
        "watch_lists: [{name: shops, clients: [{name: Mills Supply, sources: [bluesky_stream]}]}]"
    )
    [target] = targets(load(path, environ={}))
    assert target.direct == frozenset()
    assert len(target.matched) == 1


@contextmanager
def jetstream(messages):
    """A real server on loopback that plays back from the cursor, as Jetstream does, and then waits."""

    def handler(server):
        since = int(parse_qs(urlsplit(server.request.path).query)["cursor"][0])
        for one in messages:
            if json.loads(one)["time_us"] >= since:
                server.send(one.decode())
        try:
            server.recv()
        except ConnectionClosed:
            return

    with serve(handler, "127.0.0.1", 0) as server:
        running = threading.Thread(target=server.serve_forever)
        running.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        running.join()


def test_it_reads_a_real_server_and_goes_on_where_it_stopped():
    messages = [message(f"3{n}", ago(9 - n)) for n in range(10)]
    with (
        jetstream(messages) as url,
        Door(contact=None, version="1", now=lambda: NOW, allow_private=["127.0.0.1"]) as door,
    ):

        def heard(cursor):
            http = Visit(door, now=NOW, validators={}, robots=RobotsKept(), apart=Inline())
            [page] = islice(KIND.fetch(http, KIND.options(server=url), cursor), 2)
            return [one.external_id[-2:] for one in page.found], page

        first, page = heard({"time_us": us(ago(5))})
        assert first == ["34", "35", "36", "37", "38", "39"]
        assert not page.truncated
        assert heard(page.cursor)[0] == ["39"]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("jetstream.example", "wss://jetstream.example/subscribe"),
        ("https://jetstream.example/", "wss://jetstream.example/subscribe"),
        ("ws://127.0.0.1:6008/subscribe", "ws://127.0.0.1:6008/subscribe"),
    ],
)
def test_an_address_is_read_as_it_is_meant(written, url):
    assert KIND.options(server=written).server == url
