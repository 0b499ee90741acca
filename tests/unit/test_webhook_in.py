"""Mentions that others post: over a real port into a real database, and read from there in turn."""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from builders import NOW

from listener.connector import registry
from listener.connector.folder import InboxHere
from listener.connector.testing import Pickled, RobotsKept
from listener.connector.visit import Visit
from listener.domain.signing import signed
from listener.jobs import prune
from listener.jobs.status import Status
from listener.store import posts
from listener.store.engine import open_database
from listener.store.posts import StoredPosts
from listener.web.port import bind
from listener.web.posting import Letterbox, Rate
from listener.web.server import Server

SECRET = "of-nobody-0123456789"
WEBHOOK = registry.find("webhook")
OPTIONS = WEBHOOK.options(path="helpdesk", secret=SECRET)


class Port:
    """The daemon's port, and the source that reads what came by it."""

    def __init__(self, database):
        self.database, self.now, self.rate, self.cursor = database, NOW, Rate(), None
        self.listening = bind("127.0.0.1", 0)
        self.number = self.listening.getsockname()[1]
        self.server = Server(
            self.listening,
            lambda: Status(troubles=(), facts={}),
            letterbox=Letterbox(
                database=database,
                secrets=lambda: {"helpdesk": SECRET, "other": "another-secret-0815"},
                now=lambda: self.now,
                rate=self.rate,
            ),
        )

    def post(self, body, *, name="helpdesk", secret=SECRET, at=None, headers=None, host="evil.example"):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        seconds = int((at or self.now).timestamp())
        sent = {
            "Host": host,
            "Content-Type": "application/json",
            "Listener-Signature": signed(raw, secret=secret, seconds=seconds),
            **(headers or {}),
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.number, timeout=20)
        with closing(connection):
            connection.request("POST", f"/in/{name}", body=raw, headers={k: v for k, v in sent.items() if v})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def read(self, *, fresh=False, crash_after=None):
        inbox = InboxHere(posts=StoredPosts(self.database, clock=lambda: self.now))
        visit = Visit(
            None, now=self.now, validators={}, robots=RobotsKept(), apart=Pickled(), inbox=inbox, fresh=fresh
        )
        found = []
        for number, page in enumerate(WEBHOOK.fetch(visit, OPTIONS, self.cursor)):
            if number == crash_after:
                break
            found += [one.external_id for one in page.found]
            self.cursor = page.cursor
        return found


@contextmanager
def serving(database):
    one = Port(database)
    one.server.start()
    yield one
    one.server.stop()
    one.listening.close()


@pytest.fixture
def any_port(database):
    """Once on SQLite and once on PostgreSQL."""
    with serving(database) as one:
        yield one


@pytest.fixture
def port(sqlite_url):
    with closing(open_database(sqlite_url)) as database, serving(database) as one:
        yield one


def item(number, **more):
    return {"id": f"t-{number}", "text": f"Ticket {number}", **more}


def test_what_is_posted_is_kept_and_read_once_whatever_the_host_is_called(port):
    assert port.post(item(1)) == (202, {"taken": 1, "repeated": False})
    assert port.post([item(2), item(3)]) == (202, {"taken": 2, "repeated": False})
    assert port.read() == ["t-1", "t-2", "t-3"]
    assert port.read() == []
    assert port.post(item(4))[0] == 202
    assert port.read() == ["t-4"]


def test_the_same_key_is_taken_once_and_another_body_under_it_is_a_conflict(any_port):
    key = {"Idempotency-Key": "evt-1"}
    assert any_port.post(item(1), headers=key) == (202, {"taken": 1, "repeated": False})
    assert any_port.post(item(1), headers=key) == (202, {"taken": 1, "repeated": True})
    status, told = any_port.post(item(2), headers=key)
    assert (status, told["error"]) == (
        409,
        "This Idempotency-Key came with another body before: give each message a key of its own.",
    )
    assert any_port.post(item(1), headers=key, name="other", secret="another-secret-0815")[0] == 202
    assert any_port.post(item(5)) == (202, {"taken": 1, "repeated": False})
    assert any_port.post(item(5)) == (202, {"taken": 1, "repeated": True})
    assert any_port.read() == ["t-1", "t-5"]


@pytest.mark.parametrize(
    ("how", "status", "said"),
    [
        ({"secret": "wrong"}, 401, "The signature does not fit"),
        ({"headers": {"Listener-Signature": ""}}, 401, "The request is not signed"),
        ({"headers": {"Listener-Signature": "t=9,v1="}}, 401, "does not fit"),
        ({"headers": {"Listener-Signature": "t=" + "9" * 400 + ",v1=00"}}, 401, "not signed"),
        ({"at": NOW - timedelta(minutes=6)}, 401, "not of the last 5 minutes: sign each attempt anew"),
        ({"at": NOW + timedelta(minutes=6)}, 401, "not of the last 5 minutes"),
        ({"name": "nobody"}, 404, "There is no webhook of this name"),
        ({"name": "other"}, 401, "does not fit"),
        ({"body": b"[" + b" " * 2**20 + b"]"}, 413, "A request may have 1 MB"),
        ({"body": [{"text": "x"}] * 501}, 413, "A request may have 500 items"),
        ({"headers": {"Content-Type": "text/csv"}}, 415, "Send JSON"),
        ({"headers": {"Content-Encoding": "gzip"}}, 415, "nothing compressed"),
        ({"body": b"{not json"}, 422, "The body is no JSON"),
        ({"body": b"[" * 100_000}, 422, "The body is no JSON"),
        ({"body": []}, 422, "The list is empty"),
        ({"body": [{"text": "good"}, {"id": 7}, 8]}, 422, "2 of 3 items cannot be read, so none was taken"),
        ({"headers": {"Idempotency-Key": "k" * 201}}, 422, "Idempotency-Key may have 200"),
    ],
)
def test_what_is_not_taken_is_told_in_a_sentence_and_leaves_nothing(port, how, status, said):
    told = port.post(**{"body": item(1), **how})
    assert told[0] == status
    assert said in told[1]["error"]
    if "none was taken" in said:
        assert told[1]["items"] == [
            'item 2 has no text: write {"id": …, "text": …}',
            'item 3 is no object: write {"id": …, "text": …}',
        ]
    assert port.read() == []


def test_who_sends_too_much_is_told_when_to_come_again(port):
    port.rate.a_minute = 2
    port.rate.monotonic = lambda: 7.0
    assert [port.post(item(number))[0] for number in range(3)] == [202, 202, 429]
    assert port.post(item(4), name="other", secret="another-secret-0815")[0] == 202
    port.rate.monotonic = lambda: 37.5
    assert port.post(item(5))[0] == 202


def test_what_nobody_reads_is_not_heaped_up_for_ever(any_port, monkeypatch):
    monkeypatch.setattr(posts, "MOST_WAITING", 3)
    assert [any_port.post(item(number))[0] for number in range(4)] == [202, 202, 202, 429]
    assert any_port.read() == ["t-0", "t-1", "t-2"]
    any_port.read()
    assert any_port.post(item(4))[0] == 202


def test_many_at_once_are_all_read_in_turn_while_they_come(any_port):
    """On PostgreSQL, too, no number is seen before a lower one is there."""
    statuses, read = [], []

    def sender(who):
        statuses.extend(any_port.post(item(f"{who}-{number}"))[0] for number in range(8))

    threads = [threading.Thread(target=sender, args=(who,)) for who in range(6)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        read += any_port.read()
    read += any_port.read()
    assert statuses == [202] * 48
    assert sorted(read) == sorted(f"t-{who}-{number}" for who in range(6) for number in range(8))


def test_a_crash_between_two_pages_loses_nothing(port, monkeypatch):
    monkeypatch.setattr("connectors.webhook.A_PAGE", 2)
    for number in range(7):
        port.post(item(number))
    read = port.read(crash_after=2) + port.read(crash_after=1) + port.read()
    assert read == [f"t-{number}" for number in range(7)]


def test_what_was_read_stays_for_a_new_client_for_a_week_and_is_then_let_go(any_port):
    any_port.post(item(1))
    any_port.read()
    any_port.read()
    any_port.now += timedelta(days=6)
    prune.prune(any_port.database, now=any_port.now)
    assert any_port.read(fresh=True) == ["t-1"]
    assert any_port.read() == []
    any_port.now += timedelta(days=2)
    prune.prune(any_port.database, now=any_port.now)
    assert any_port.read(fresh=True) == []
    any_port.cursor = {"after": 1}
    any_port.post(item(2))
    assert any_port.read() == ["t-2"], "a number was given again"
