"""The door listens: messages over a WebSocket, guarded as every request is."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from places import Place, certificate, raw
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from listener.connector import NeedsAttention, TryLater
from listener.connector.apart import Inline
from listener.connector.testing import RobotsKept
from listener.connector.visit import Visit
from listener.door import websocket
from listener.door.door import Door

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@contextmanager
def talking(handler, **more):
    """A real WebSocket server on loopback, and its address."""
    with serve(handler, "127.0.0.1", 0, **more) as server:
        running = threading.Thread(target=server.serve_forever)
        running.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        finally:
            server.shutdown()
            running.join()


@pytest.fixture
def visit():
    """Makes visits to loopback; `lets` are the private hosts of the configuration."""
    doors = []

    def begin(*, lets=("127.0.0.1",), deadline_s=5.0):
        doors.append(Door(contact=None, version="1", now=lambda: NOW, allow_private=lets))
        return Visit(
            doors[-1], now=NOW, validators={}, robots=RobotsKept(), apart=Inline(), deadline_s=deadline_s
        )

    yield begin
    for door in doors:
        door.close()


def sends(*messages, code=1000):
    def handler(server):
        for message in messages:
            server.send(message)
        server.close(code)

    return handler


def test_every_message_comes_whole_and_a_good_end_is_an_end(visit):
    long = "é" * 70_000
    with talking(sends("one", b"two", ["th", "r", "ee"], "", long)) as url:
        heard = list(visit().stream(url, for_s=5))
    assert heard == [b"one", b"two", b"three", long.encode()]


def test_it_says_who_asks_and_what_for_and_agrees_to_no_compression(visit):
    seen = []

    def handler(server):
        seen.append((server.request, server.protocol.extensions))

    with talking(handler) as url:
        params = [("wanted", "a b"), ("wanted", "c")]
        list(visit().stream(url + "/subscribe", params=params, headers={"x-key": "k"}, for_s=5))
    [(request, extensions)] = seen
    assert request.path == "/subscribe?wanted=a+b&wanted=c"
    assert request.headers["User-Agent"].startswith("listener/1")
    assert request.headers["X-Key"] == "k"
    assert "Sec-WebSocket-Extensions" not in request.headers
    assert extensions == []


def test_it_answers_pings(visit):
    ponged = threading.Event()

    def handler(server):
        server.send("first")
        if server.ping().wait(5):
            ponged.set()

    with talking(handler) as url:
        assert list(visit().stream(url, for_s=5)) == [b"first"]
    assert ponged.is_set()


def test_an_empty_message_says_that_none_comes(visit, monkeypatch):
    monkeypatch.setattr(websocket, "QUIET_S", 0.05)

    def handler(server):
        server.send("first")
        with pytest.raises(ConnectionClosed):
            server.recv()

    with talking(handler) as url, closing(visit().stream(url, for_s=5)) as stream:
        assert next(message for message in stream if message) == b"first"
        assert next(stream) == b""


def test_whoever_closes_it_hangs_up(visit):
    hung_up = threading.Event()

    def handler(server):
        try:
            while True:
                server.send("again")
        except ConnectionClosed:
            hung_up.set()

    with talking(handler) as url:
        with closing(visit().stream(url, for_s=60)) as stream:
            assert next(stream) == b"again"
        assert hung_up.wait(5)


def test_the_deadline_of_the_poll_is_the_streams(visit):
    def handler(server):
        with pytest.raises(ConnectionClosed):
            server.recv()

    with talking(handler) as url:
        assert list(visit(deadline_s=0.3).stream(url, for_s=600)) == []


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (sends("one", code=1011), "breaks off its stream (it says 1011)"),
        (sends("x" * (2**20 + 1)), "sends a message of more than 1 MB"),
        (lambda server: server.socket.close(), "breaks off"),
    ],
    ids=["a close that is none", "a message too large", "a broken connection"],
)
def test_what_goes_wrong_is_tried_later(visit, handler, said):
    with talking(handler) as url, pytest.raises(TryLater) as told:
        list(visit().stream(url, for_s=5))
    assert said in told.value.reason or "closed the connection" in told.value.reason


@pytest.mark.parametrize(
    ("status", "expected"), [(401, NeedsAttention), (429, TryLater), (503, TryLater), (404, NeedsAttention)]
)
def test_a_handshake_that_is_refused_is_its_status_trouble(visit, status, expected):
    def refuse(server, request):
        answer = server.respond(HTTPStatus(status), "no")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            answer.headers["Retry-After"] = "90"
        return answer

    asked = visit()
    with talking(sends(), process_request=refuse) as url, pytest.raises(expected) as told:
        list(asked.stream(url, for_s=5))
    assert getattr(told.value, "after", None) == (timedelta(seconds=90) if status == 429 else None)
    assert set(asked.held) == ({url.replace("ws:", "http:")} if status == 429 else set())


@pytest.mark.parametrize(
    "spoken",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", b"garbage\r\n\r\n", b"", b"HTTP/1.1 101 Up\r\n\r\n"],
)
def test_what_is_no_websocket_is_told(visit, spoken):
    with Place() as place:
        place.does("/", raw(spoken))
        with pytest.raises((NeedsAttention, TryLater)):
            list(visit().stream(place.url.replace("http", "ws") + "/", for_s=2))


def test_it_dials_no_private_address(visit):
    with talking(sends("secret")) as url, pytest.raises(NeedsAttention, match=r"network\.allow_private"):
        list(visit(lets=()).stream(url, for_s=5))


def test_a_certificate_that_nobody_vouches_for_is_refused(visit, tmp_path):
    context, _ = certificate(tmp_path, "127.0.0.1")
    with talking(sends("secret"), ssl=context) as url, pytest.raises(TryLater, match="certificate"):
        list(visit().stream(url.replace("ws:", "wss:"), for_s=5))
