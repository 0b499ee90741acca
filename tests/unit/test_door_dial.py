"""The address that was judged is the address that is dialled."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from time import monotonic

import httpx
import pytest
from places import Place

from listener.door.address import Private
from listener.door.dial import Dialer
from listener.door.door import Door
from listener.door.errors import Refused, TooSlow, Unreachable

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PUBLIC = "93.184.216.34"


def names(**answers):
    """A resolver that knows these names (an underscore stands for a dot) and nothing else."""

    def resolve(host, port):
        if host.replace(".", "_") not in answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return answers[host.replace(".", "_")]

    return resolve


@pytest.fixture
def door_with():
    """Makes doors that are closed when the test is over."""
    with ExitStack() as doors:
        yield lambda **more: doors.enter_context(Door(contact=None, version="1", now=lambda: NOW, **more))


def ask(door, url, **more):
    return door.send("GET", url, deadline_s=0.5, **more)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://127.1:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://127。0。0。1:{port}/",
        "http://①②⑦.⓪.⓪.①:{port}/",
        "http://127.0.0.1.:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://0:{port}/",
        "http://0.0.0.0:{port}/",
        "http://127.0.0.1\0.example.com:{port}/",
        "http://127.0.0.1%00.example.com:{port}/",
        "http://example.com\\@127.0.0.1:{port}/",
        "http://public.example@127.0.0.1:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1%25lo]:{port}/",
    ],
)
def test_it_refuses_this_machine_in_every_spelling(door_with, url):
    with Place() as place:
        door = door_with()
        with pytest.raises((Refused, Unreachable)) as told:
            ask(door, url.format(port=place.port))
        assert place.connections == 0
        assert "/" not in told.value.reason.replace("DNS/", "")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/",
        "javascript:alert(1)",
        "//example.com/feed",
        "example.com/feed",
        "",
        "http://",
        "http:///feed",
        "http://xn--/",
        "http://..",
        "http://a b/",
        "http://exa\nmple.com/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://example.com:22/",
        "http://" + "a" * 70 + ".example/",
        "http://example.com/" + "a" * 9000,
    ],
)
def test_it_refuses_what_no_web_client_would_ask(door_with, url):
    def never(host, port):
        assert len(host) > 60, f"{host} was looked up"
        return socket.getaddrinfo(host, port)

    with pytest.raises(Refused, match=r"\.$"):
        ask(door_with(resolve=never), url)


def test_it_refuses_a_name_with_public_and_private_answers_together():
    dialled = []
    dialer = Dialer(
        Private.read([]),
        resolve=names(both_example=[PUBLIC, "10.0.0.7"]),
        connect=lambda address, _: dialled.append(address),
    )

    with pytest.raises(Refused, match=r"both\.example resolves to 10\.0\.0\.7, which is private"):
        dialer.connect_tcp("both.example", 80, timeout=monotonic() + 1)
    assert dialled == []


def test_it_dials_the_very_address_that_was_judged_and_resolves_once():
    """DNS rebinding: public when judged, private when asked again. There is no second question."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    dialled = []

    with Place() as place:

        def connect(address, timeout):
            dialled.append(address)
            return socket.create_connection(("127.0.0.1", place.port), timeout)

        dialer = Dialer(Private.read([]), resolve=lambda *_: next(answers), connect=connect)
        dialer.connect_tcp("rebind.example", 80, timeout=monotonic() + 1).close()
        with pytest.raises(Refused, match="this machine"):
            dialer.connect_tcp("rebind.example", 80, timeout=monotonic() + 1)

    assert dialled == [(PUBLIC, 80)]


def test_it_lets_a_named_private_host_through_under_its_name_only(door_with):
    with Place() as place:
        place.says("/", b"hello")
        lan = names(feeds_lan=["127.0.0.1"], other_lan=["127.0.0.1"])
        door = door_with(resolve=lan, allow_private=[f"feeds.lan:{place.port}"])

        assert ask(door, f"http://feeds.lan:{place.port}/").body == b"hello"
        assert place.asked[0].headers["host"] == f"feeds.lan:{place.port}"
        with pytest.raises(Refused, match=r"network\.allow_private"):
            ask(door, f"http://other.lan:{place.port}/")


def test_it_tells_a_name_that_cannot_be_found(door_with):
    with pytest.raises(Unreachable, match=r"The name nowhere\.example cannot be found") as told:
        ask(door_with(resolve=names()), "https://nowhere.example/secret-path?token=1")
    assert not told.value.sent
    assert "secret" not in told.value.reason


def test_it_does_not_wait_for_a_resolver_that_hangs(door_with):
    hung = threading.Event()

    def hang(host, port):
        hung.wait(5)
        return []

    began = monotonic()
    with pytest.raises(TooSlow, match="not resolved in time") as told:
        door_with(resolve=hang).send("GET", "http://slow.example/", deadline_s=0.2)
    hung.set()
    assert monotonic() - began < 1
    assert not told.value.sent


def test_it_tries_the_next_address_when_one_takes_no_connection(door_with):
    with Place() as place, socket.socket() as closed:
        place.says("/", b"second")
        closed.bind(("127.0.0.9", 0))  # bound and not listening: refuses
        twice = names(two_lan=["127.0.0.9", "127.0.0.1"])
        door = door_with(resolve=twice, allow_private=["two.lan"])

        assert ask(door, f"http://two.lan:{place.port}/").body == b"second"


def test_it_tells_a_closed_port(door_with):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        door = door_with(allow_private=["127.0.0.1"])
        with pytest.raises(Unreachable, match=rf"does not take the connection on port {port}") as told:
            ask(door, f"http://127.0.0.1:{port}/")
    assert not told.value.sent


def test_it_goes_round_no_proxy(door_with, monkeypatch):
    with Place() as proxy, Place() as place:
        place.says("/", b"direct")
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        door = door_with(allow_private=[place.host])

        assert ask(door, place.url).body == b"direct"
        assert proxy.connections == 0


def test_it_dials_nothing_where_recorded_exchanges_answer(door_with):
    def recorded(request):
        return httpx.Response(200, content=b"recorded " + request.url.host.encode())

    door = door_with(resolve=names(), transport=httpx.MockTransport(recorded))

    assert ask(door, "https://api.example/x").body == b"recorded api.example"
