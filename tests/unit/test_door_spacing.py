"""Hosts are asked no more often than is polite, and not before the time that they named."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import monotonic

import httpx
import pytest

from listener.door.door import Door
from listener.door.errors import Busy
from listener.door.retry_after import retry_after
from listener.door.spacing import Spacing

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def door_on_paper(every_s=0.1, **more):
    """A door whose every answer is 200, dialling nothing."""
    answers = httpx.MockTransport(lambda _: httpx.Response(200, content=b"ok"))
    every = timedelta(seconds=every_s)
    return Door(contact=None, version="1", now=lambda: NOW, per_host_every=every, transport=answers, **more)


def test_it_spaces_the_requests_to_one_host_and_not_those_to_others():
    door = door_on_paper(every_s=0.1)
    began = monotonic()

    for url in ("http://a.example/1", "http://b.example/1", "https://a.example/2", "http://a.example:8080/3"):
        door.send("GET", url)

    assert 0.19 < monotonic() - began < 0.5


def test_it_says_busy_and_when_to_come_back_where_patience_is_too_short():
    door = door_on_paper(every_s=60)
    door.send("GET", "http://a.example/")
    began = monotonic()

    with pytest.raises(Busy, match=r"a\.example .* next in 60 s") as told:
        door.send("GET", "http://a.example/", patience_s=1)

    assert monotonic() - began < 0.5
    assert timedelta(seconds=59) < told.value.until - NOW <= timedelta(seconds=60)
    assert told.value.after == told.value.until - NOW


def test_it_gives_each_thread_its_own_turn():
    spacing = Spacing(every=timedelta(seconds=0.03), now=lambda: NOW)
    entered = []

    def enter():
        spacing.turn("a.example", patience_s=5)
        entered.append(monotonic())

    threads = [threading.Thread(target=enter) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    entered.sort()
    assert all(later - earlier > 0.015 for earlier, later in pairwise(entered))
    assert entered[-1] - entered[0] > 0.14


def test_it_knows_no_spacing_for_the_hosts_of_the_configuration():
    door = door_on_paper(every_s=60, allow_private=["feeds.lan:8900"])
    began = monotonic()

    for _ in range(5):
        door.send("GET", "http://feeds.lan:8900/")

    assert monotonic() - began < 1


def test_it_goes_slower_where_a_robots_file_asks_for_it_and_never_faster():
    door = door_on_paper(every_s=10)
    door.pace("http://slow.example/robots.txt", timedelta(seconds=60))
    door.pace("http://fast.example/robots.txt", timedelta(seconds=0))

    for host, seconds in (("slow.example", 60), ("fast.example", 10)):
        door.send("GET", f"http://{host}/")
        with pytest.raises(Busy, match=f"next in {seconds} s"):
            door.send("GET", f"http://{host}/", patience_s=0)


def test_a_redirect_within_a_host_is_part_of_one_turn():
    def moved(request):
        if request.url.path == "/old":
            return httpx.Response(301, headers={"Location": "https://a.example/new"})
        return httpx.Response(200, content=b"new")

    transport = httpx.MockTransport(moved)
    door = Door(
        contact=None, version="1", now=lambda: NOW, per_host_every=timedelta(minutes=1), transport=transport
    )

    assert door.send("GET", "http://a.example/old", patience_s=0).body == b"new"


def test_it_asks_no_origin_that_asked_us_to_wait():
    door = door_on_paper(every_s=0)
    door.hold("https://a.example", NOW + timedelta(hours=1))

    with pytest.raises(Busy, match=r"a\.example asked us to wait") as told:
        door.send("GET", "https://a.example/x")

    assert told.value.until == NOW + timedelta(hours=1)
    assert door.send("GET", "http://a.example/x").status == 200


def test_it_keeps_the_later_of_two_holds_and_forgets_those_that_are_over():
    now = [NOW]
    spacing = Spacing(every=timedelta(0), now=lambda: now[0])
    spacing.hold("https://a.example", NOW + timedelta(minutes=5))
    spacing.hold("https://a.example", NOW + timedelta(minutes=1))
    spacing.hold("https://b.example", NOW + timedelta(minutes=1))

    assert spacing.holds() == {
        "https://a.example": NOW + timedelta(minutes=5),
        "https://b.example": NOW + timedelta(minutes=1),
    }
    now[0] = NOW + timedelta(minutes=2)
    assert list(spacing.holds()) == ["https://a.example"]


def test_it_names_an_origin_in_one_form():
    door = door_on_paper()
    door.hold("HTTPS://A.example.:443/any/path?x=1", NOW + timedelta(minutes=5))

    assert list(door.holds()) == ["https://a.example"]


def test_closing_sends_away_who_waits():
    spacing = Spacing(every=timedelta(seconds=30), now=lambda: NOW)
    spacing.turn("a.example", patience_s=0)
    threading.Timer(0.05, spacing.close).start()
    began = monotonic()

    with pytest.raises(Busy):
        spacing.turn("a.example", patience_s=60)

    assert monotonic() - began < 5


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30),
        ("1.5", 1.5),
        ("0", 1),
        ("-5", 1),
        ("999999999999", 86_400),
        ("9" * 300, 86_400),
        ("Sun, 22 Nov 2026 12:02:00 GMT", 120),
        ("Sun, 22 Nov 2026 14:02:00 +0200", 120),
        ("Sun, 22 Nov 2026 12:02:00 -0000", 120),
        ("Sun, 22 Nov 2020 12:02:00 GMT", 1),
        ("Sun, 22 Nov 9999 12:02:00 GMT", 86_400),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("1e9", None),
        ("٣٠", None),
        ("9" * 5000, None),
        ("30, 60", None),
        ("Sun, 99 Foo 2026 99:99:99 GMT", None),
        ("\x00", None),
    ],
)
def test_it_reads_retry_after_as_hosts_send_it(text, seconds):
    told = retry_after({"retry-after": text}, now=NOW)

    assert told == (None if seconds is None else timedelta(seconds=seconds))


def test_it_hears_nothing_where_nothing_is_said():
    assert retry_after({}, now=NOW) is None
