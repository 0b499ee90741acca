"""Redirects are followed by hand: few, judged like the first request, and without anybody's secrets."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from places import Place, redirect

from listener.door.door import Door
from listener.door.errors import Refused

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def place():
    with Place() as open_place:
        yield open_place


@pytest.fixture
def other():
    with Place() as open_place:
        yield open_place


@pytest.fixture
def door(place, other):
    with Door(contact=None, version="1", now=lambda: NOW, allow_private=[place.host, other.host]) as opened:
        yield opened


def ask(door, url, **more):
    return door.send("GET", url, **{"deadline_s": 1.0, **more})


def test_it_follows_five_and_not_six(door, place):
    for step in range(6):
        place.does(f"/{step}", redirect(f"/{step + 1}"))
    place.says("/6", b"end")

    assert ask(door, place.url + "/1").body == b"end"
    with pytest.raises(Refused, match="more than 5 times"):
        ask(door, place.url + "/0")


def test_it_leaves_a_loop_after_six_questions(door, place):
    place.does("/loop", redirect("/loop"))

    with pytest.raises(Refused, match="redirects more than 5 times"):
        ask(door, place.url + "/loop")

    assert place.count("/loop") == 6


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("http://169.254.169.254/latest", "link-local"),
        ("http://10.0.0.1/", "private"),
        ("http://[::1]/", "not public"),
        ("http://2130706433/", "this machine"),
        ("file:///etc/passwd", "Only http and https"),
        ("gopher://127.0.0.1/", "Only http and https"),
        ("javascript:alert(1)", "Only http and https"),
        ("http://xn--/", "not a host name"),
        ("http://[::1/", "no URL"),
        ("http://8.8.8.8:22/", "redirects to port 22 of 8.8.8.8"),
        ("http://8.8.8.8:8080/", "redirects to port 8080 of 8.8.8.8"),
    ],
)
def test_it_is_not_led_astray(door, place, to, why):
    place.does("/", redirect(to))

    with pytest.raises(Refused) as told:
        ask(door, place.url + "/")

    assert why in told.value.reason


def test_it_is_not_led_to_another_port_of_a_private_host(place):
    private = [place.host]
    with Place() as secret, Door(contact=None, version="1", now=lambda: NOW, allow_private=private) as door:
        place.does("/", redirect(secret.url + "/"))

        with pytest.raises(Refused, match=f"redirects to port {secret.port}"):
            ask(door, place.url + "/")

        assert secret.connections == 0


def test_it_leaves_secrets_with_the_origin_they_were_meant_for(door, place, other):
    place.does("/", redirect(other.url + "/away"))
    other.does("/away", redirect(place.url + "/back"))
    place.says("/back", b"end")
    sent = {
        "Authorization": "Bearer s",
        "X-Api-Key": "s",
        "Cookie": "s",
        "X-Anything": "s",
        "Accept": "text/html",
        "If-None-Match": '"1"',
    }

    assert ask(door, place.url + "/", headers=sent).body == b"end"

    for asked in (other.asked[0], place.asked[1]):
        assert not {"authorization", "x-api-key", "cookie", "x-anything"} & asked.headers.keys()
        assert asked.headers["accept"] == "text/html"
        assert asked.headers["if-none-match"] == '"1"'
    assert place.asked[0].headers["x-api-key"] == "s"


def test_it_keeps_secrets_within_one_origin(door, place):
    place.does("/", redirect("/next"))
    place.says("/next", b"end")

    ask(door, place.url + "/", headers={"X-Api-Key": "s"})

    assert place.asked[1].headers["x-api-key"] == "s"


def test_it_takes_no_credentials_from_a_redirect(door, place):
    place.does("/", redirect(f"http://user:pass@{place.host}/next"))
    place.says("/next", b"end")

    assert ask(door, place.url + "/").url == place.url + "/next"
    assert "authorization" not in place.asked[1].headers


@pytest.mark.parametrize(
    ("first", "second", "moved"), [(301, 308, True), (301, 302, False), (307, 301, False), (303, 303, False)]
)
def test_it_says_moved_only_where_every_hop_was_permanent(door, place, first, second, moved):
    place.does("/old", redirect("/newer", first))
    place.does("/newer", redirect("/newest", second))
    place.says("/newest", b"end")

    told = ask(door, place.url + "/old")

    assert told.url == place.url + "/newest"
    assert told.moved_to == (place.url + "/newest" if moved else None)


def test_it_hands_back_a_redirect_where_it_is_not_to_follow(door, place):
    place.does("/", redirect("/next"))

    assert ask(door, place.url + "/", follow=False).status == 302
    assert door.send("POST", place.url + "/", content=b"x", deadline_s=1.0).status == 302
    assert place.count("/next") == 0


def test_it_hands_back_a_redirect_that_leads_nowhere(door, place):
    place.says("/", b"?", status=302)

    assert ask(door, place.url + "/").status == 302
