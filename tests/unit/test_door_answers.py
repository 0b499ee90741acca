"""What hosts do to those who ask: slow, endless, lying, packed. Every request ends, and ends small."""

from __future__ import annotations

import gzip
import resource
import ssl
import zlib
from datetime import UTC, datetime
from time import monotonic

import pytest
from places import Place, answer, bomb, certificate, drip, endless, hang_up, packed_zeros, raw, silence

from listener.door.door import Door
from listener.door.errors import Refused, TooSlow, Unreachable

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def place():
    with Place() as open_place:
        yield open_place


@pytest.fixture
def door():
    contact = "ops@agency.example"
    with Door(contact=contact, version="1.2", now=lambda: NOW, allow_private=["127.0.0.1"]) as opened:
        yield opened


def ask(door, place, path="/", **more):
    return door.send("GET", place.url + path, **{"deadline_s": 0.3, **more})


def test_it_says_who_asks_and_for_gzip_alone(door, place):
    place.says("/", b"hi")

    ask(door, place, headers={"Accept-Encoding": "br", "User-Agent": "x", "X-Own": "kept"})

    sent = place.asked[0].headers
    assert sent["user-agent"] == "listener/1.2 (+ops@agency.example)"
    assert sent["accept-encoding"] == "gzip"
    assert sent["x-own"] == "kept"


def test_it_gives_back_any_status_with_lower_case_headers(door, place):
    place.does("/", raw(b"HTTP/1.1 418 Tea\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 2\r\n\r\nok"))

    told = ask(door, place)

    assert (told.status, told.body, told.headers["x-a"], told.moved_to) == (418, b"ok", "1, 2", None)
    assert told.url == place.url + "/"


def test_it_unpacks_one_layer_of_gzip(door, place):
    place.says(
        "/", gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0\0", headers={"Content-Encoding": "gzip"}
    )

    assert ask(door, place).body == b"one two"


def test_it_takes_a_packed_answer_without_a_body(door, place):
    place.says("/", status=304, headers={"Content-Encoding": "gzip", "ETag": '"a"'})

    assert ask(door, place).status == 304


@pytest.mark.parametrize(
    "behaviour", [drip(b"HTTP/1.1 200 OK\r\nX-Slow: "), drip(b"HTTP/1.1 200 OK\r\n\r\n"), silence]
)
def test_it_ends_by_its_total_deadline_however_slowly_bytes_come(door, place, behaviour):
    place.does("/", behaviour)
    began = monotonic()

    with pytest.raises(TooSlow, match=r"127\.0\.0\.1 does not finish its answer in time") as told:
        ask(door, place)

    assert monotonic() - began < 0.8
    assert told.value.sent


def test_it_counts_redirects_into_the_deadline(door, place):
    def slowly(wire, asked):
        wire.wait(0.12)
        return answer(302, headers={"Location": "/"})(wire, asked)

    place.does("/", slowly)
    began = monotonic()

    with pytest.raises(TooSlow):
        ask(door, place)

    assert monotonic() - began < 0.8


def test_it_stops_reading_an_endless_body(door, place):
    place.does("/", endless)

    with pytest.raises(Refused, match="more than 100,000 bytes") as told:
        ask(door, place, max_bytes=100_000, deadline_s=5)

    assert told.value.status == 200


def test_it_does_not_begin_to_read_what_is_announced_as_too_large(door, place):
    place.does("/", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"))

    with pytest.raises(Refused, match="more than"):
        ask(door, place)


def test_it_unpacks_no_bomb(door, place):
    place.does("/", bomb("gzip"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(Refused, match="more than 5,242,880 bytes"):
        ask(door, place, deadline_s=5)

    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 60_000


@pytest.mark.parametrize(
    "coding", ["gzip, gzip", "br", "deflate", "zstd", "gzip, br", "gzip,identity", "x" * 500]
)
def test_it_refuses_codings_that_it_did_not_ask_for(door, place, coding):
    place.says("/", packed_zeros(2**20, 2), headers={"Content-Encoding": coding})

    with pytest.raises(Refused, match="which we did not ask for") as told:
        ask(door, place)

    assert len(told.value.reason) < 200


def test_it_refuses_codings_told_in_two_headers(door, place):
    body = packed_zeros(2**20, 2)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    place.does("/", raw(head.encode() + body))

    with pytest.raises(Refused, match="did not ask for"):
        ask(door, place)


def test_it_is_not_kept_busy_by_a_million_tiny_gzip_members(door, place):
    place.says("/", gzip.compress(b"") * 200_000, headers={"Content-Encoding": "gzip"})
    began = monotonic()

    assert ask(door, place, deadline_s=5).body == b""
    assert monotonic() - began < 2


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"whole")[:-9], b"this is not gzip at all", gzip.compress(b"x" * 99)[:12] + b"junk" * 9],
    ids=["cut short", "plain text", "junk inside"],
)
def test_it_tells_gzip_that_is_broken(door, place, body):
    place.says("/", body, headers={"Content-Encoding": "gzip"})

    with pytest.raises(Unreachable, match="gzip"):
        ask(door, place)


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000,
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\xff\x00\xff\r\n\r\n",
        b"",
    ],
)
def test_it_tells_answers_that_are_no_http_without_quoting_them(door, place, wire):
    place.does("/", raw(wire))

    with pytest.raises(Unreachable) as told:
        ask(door, place)

    assert told.value.sent
    assert told.value.reason.startswith("127.0.0.1 ")
    assert "OpenSSH" not in told.value.reason


def test_it_takes_no_more_than_the_length_that_was_told(door, place):
    place.does("/", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more"))

    assert ask(door, place).body == b"hello"


def test_what_follows_an_answer_is_not_taken_for_the_next_one(door, place):
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"

    def too_much(wire, asked):
        wire.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" + forged)
        return True

    place.does("/", too_much)
    place.says("/next", b"true")

    assert ask(door, place).body == b"hello"
    assert ask(door, place, "/next").body == b"true"


def test_it_tells_a_connection_closed_without_an_answer_as_perhaps_received(door, place):
    place.does("/", hang_up)

    with pytest.raises(Unreachable) as told:
        door.send("POST", place.url + "/", content=b"{}", deadline_s=0.3)

    assert told.value.sent
    assert place.asked[0].body == b"{}"


def test_it_refuses_headers_that_would_smuggle(door, place):
    for value in ("a\r\nX-Evil: 1", "a\nb", "☃"):
        with pytest.raises(Refused, match="no header may hold"):
            ask(door, place, headers={"X-Own": value})
    assert all("x-evil" not in asked.headers for asked in place.asked)


def test_it_keeps_connections_for_reading_and_none_for_sending(door, place):
    place.says("/", b"hi")

    for _ in range(3):
        ask(door, place)
    assert place.connections == 1

    for _ in range(3):
        door.send("POST", place.url + "/", content=b"x", deadline_s=0.3)
    assert place.connections == 4


def test_it_keeps_no_cookies(door, place):
    place.says("/", b"hi", headers={"Set-Cookie": "session=1"})

    ask(door, place)
    ask(door, place)

    assert "cookie" not in place.asked[1].headers


def test_it_puts_url_credentials_into_a_header_and_shows_them_nowhere(door, place):
    place.says("/", b"hi")

    told = door.send("GET", place.url.replace("//", "//dana:p%40ss@") + "/?q=1", deadline_s=0.3)

    assert place.asked[0].headers["authorization"] == "Basic ZGFuYTpwQHNz"
    assert told.url == place.url + "/?q=1"


def test_it_says_nothing_of_urls_in_logs(door, place, caplog):
    place.says("/hook", b"ok")

    with caplog.at_level(0):
        door.send("POST", place.url + "/hook?token=secret", content=b"{}", deadline_s=0.3)

    assert "secret" not in caplog.text


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    try:
        return certificate(tmp_path_factory.mktemp("tls"))
    except FileNotFoundError:
        pytest.skip("no openssl command to make a certificate with")


def test_it_refuses_a_certificate_that_nobody_vouches_for(door, tls):
    unvouched = pytest.raises(Unreachable, match=r"certificate .* not valid \(self")
    with Place(tls=tls[0]) as place, unvouched as told:
        ask(door, place, deadline_s=2)
    assert not told.value.sent
    assert place.asked == []


def test_it_refuses_a_certificate_for_another_name_and_reads_over_a_good_one(tls):
    trusting = ssl.create_default_context(cafile=str(tls[1]))
    private = ["127.0.0.1", "localhost"]
    with (
        Place(tls=tls[0]) as place,
        Door(contact=None, version="1", now=lambda: NOW, allow_private=private, context=trusting) as door,
    ):
        place.says("/", b"trusted")
        with pytest.raises(Unreachable, match="not valid"):
            ask(door, place, deadline_s=2)
        assert door.send("GET", f"https://localhost:{place.port}/", deadline_s=2).body == b"trusted"


@pytest.mark.parametrize("spoken", [raw(b"HTTP/1.1 400 Bad\r\n\r\n"), hang_up])
def test_it_tells_a_port_that_speaks_no_tls(door, place, spoken):
    place.does("/", spoken)

    with pytest.raises((Unreachable, TooSlow), match="TLS") as told:
        door.send("GET", place.url.replace("http:", "https:") + "/", deadline_s=0.3)

    assert not told.value.sent


def test_zeros_pack_as_small_as_a_bomb_does():
    packed = packed_zeros(2**20)

    assert len(packed) < 2_000
    assert len(zlib.decompress(packed, 31)) == 2**20
