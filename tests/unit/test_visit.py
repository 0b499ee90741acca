"""One poll's way out: conditional, patient, and every trouble told in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from places import Place, answer, redirect, silence

from listener.connector import Gone, NeedsAttention, TryLater
from listener.connector.apart import Inline
from listener.connector.ledger import LedgerHere
from listener.connector.purse import Purse
from listener.connector.visit import Visit
from listener.door.door import Door
from listener.door.errors import Busy

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Memory(dict):
    """A RobotsMemory that forgets with the test."""

    def put(self, origin, robots):
        self[origin] = robots


@pytest.fixture
def place():
    with Place() as open_place:
        yield open_place


@pytest.fixture
def door():
    with Door(contact=None, version="1", now=lambda: NOW, allow_private=["127.0.0.1"]) as opened:
        yield opened


@pytest.fixture
def visit(door):
    def begin(validators=None, **more):
        means = {"robots": Memory(), "apart": Inline(), "deadline_s": 2.0, **more}
        return Visit(door, now=NOW, validators=validators or {}, **means)

    return begin


def test_it_asks_with_the_validators_of_the_last_poll(place, visit):
    place.says("/feed", b"one", headers={"ETag": '"1"', "Last-Modified": "Sat, 21 Nov 2026 10:00:00 GMT"})
    first = visit()
    told = first.get(place.url + "/feed", accept="application/rss+xml")
    place.says("/feed", status=304)
    second = visit(first.validators)
    again = second.get(place.url + "/feed")

    assert (told.body, told.unchanged) == (b"one", False)
    assert (again.body, again.unchanged) == (b"", True)
    assert "if-none-match" not in place.asked[0].headers
    assert place.asked[0].headers["accept"] == "application/rss+xml"
    assert place.asked[1].headers["if-none-match"] == '"1"'
    assert place.asked[1].headers["if-modified-since"] == "Sat, 21 Nov 2026 10:00:00 GMT"
    assert second.validators == first.validators


def test_it_knows_an_unchanged_body_of_a_place_without_validators(place, visit):
    place.says("/feed", b"the same")
    first = visit()
    first.get(place.url + "/feed")
    second = visit(first.validators)

    assert second.get(place.url + "/feed").unchanged

    place.says("/feed", b"other")
    assert visit(second.validators).get(place.url + "/feed").body == b"other"


def test_a_304_may_bring_a_new_etag(place, visit):
    place.does("/feed", answer(304, headers={"ETag": '"2"'}))
    asked = place.url + "/feed"
    polled = visit({asked: {"etag": '"1"', "hash": "h"}})

    polled.get(asked)

    assert polled.validators == {asked: {"etag": '"2"', "hash": "h"}}


def test_it_drops_an_etag_that_the_place_no_longer_sends(place, visit):
    place.says("/feed", b"new")
    polled = visit({place.url + "/feed": {"etag": '"1"', "hash": "h"}})

    polled.get(place.url + "/feed")

    assert set(polled.validators[place.url + "/feed"]) == {"hash"}


def test_a_304_to_a_question_without_a_condition_is_no_answer(place, visit):
    place.says("/feed", status=304)

    with pytest.raises(TryLater, match="not modified"):
        visit().get(place.url + "/feed")


def test_it_neither_asks_nor_remembers_conditions_where_it_is_not_to(place, visit):
    place.says("/api", b"{}", headers={"ETag": '"1"'})
    asked = place.url + "/api?q=a+b&page=2"
    polled = visit({asked: {"etag": '"0"'}})

    told = polled.get(place.url + "/api?q=a+b", params={"page": "2"}, conditional=False)

    assert told.json() == {}
    assert place.asked[0].path == "/api?q=a+b&page=2"
    assert "if-none-match" not in place.asked[0].headers
    assert polled.validators == {}


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff\xfe\x00", b"[" * 200_000, b"9" * 100_000])
def test_it_tells_an_answer_that_is_no_json(place, visit, body):
    place.says("/api", body)

    with pytest.raises(TryLater, match="did not answer with JSON"):
        visit().get(place.url + "/api").json()


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (202, TryLater),
        (204, TryLater),
        (302, NeedsAttention),
        (400, NeedsAttention),
        (401, NeedsAttention),
        (403, NeedsAttention),
        (404, NeedsAttention),
        (408, TryLater),
        (410, Gone),
        (418, NeedsAttention),
        (429, TryLater),
        (500, TryLater),
        (502, TryLater),
        (503, TryLater),
        (599, TryLater),
        (999, TryLater),
    ],
)
def test_it_tells_each_status_in_a_sentence(place, visit, status, trouble):
    place.says("/feed", b"?", status=status)
    polled = visit()

    with pytest.raises(trouble, match=rf"^127\.0\.0\.1 .*\({status}\): .+\.$"):
        polled.get(place.url + "/feed")

    assert polled.validators == {}


@pytest.mark.parametrize("status", [403, 429, 503])
def test_it_leaves_an_origin_alone_for_as_long_as_it_asked(place, door, visit, status):
    place.says("/feed", b"?", status=status, headers={"Retry-After": "3600"})
    polled = visit()

    with pytest.raises(TryLater) as told:
        polled.get(place.url + "/feed")

    assert told.value.after == timedelta(hours=1)
    assert timedelta(0) <= polled.held[place.url] - NOW - timedelta(hours=1) < timedelta(seconds=2)
    assert door.holds() == polled.held
    with pytest.raises(Busy):
        visit().get(place.url + "/other")
    assert len(place.asked) == 1


def test_it_tells_the_doors_errors_as_troubles(place, visit):
    place.does("/hang", silence)
    with pytest.raises(TryLater, match="in time"):
        visit(deadline_s=0.2).get(place.url + "/hang")
    with pytest.raises(NeedsAttention, match=r"network\.allow_private"):
        visit().get("http://10.0.0.1/")
    with pytest.raises(NeedsAttention, match="Only http and https"):
        visit().page("file:///etc/passwd")


def test_its_deadline_is_for_all_requests_together(place, visit):
    def slowly(wire, asked):
        wire.wait(0.15)
        return answer(body=b"x")(wire, asked)

    place.does("/slow", slowly)
    polled = visit(deadline_s=0.4)

    def ask_on():
        for number in range(9):
            polled.get(f"{place.url}/slow?{number}")

    with pytest.raises(TryLater):
        ask_on()
    assert polled.requests_count <= 4


def test_it_notes_where_a_place_has_moved_to(place, visit):
    place.does("/old", redirect("/new", 301))
    place.says("/new", b"here", headers={"ETag": '"1"'})
    polled = visit()

    assert polled.get(place.url + "/old").url == place.url + "/new"
    assert polled.moved == {place.url + "/old": place.url + "/new"}
    assert "moved_to" not in polled.validators[place.url + "/old"]


def test_it_asks_the_new_place_once_the_engine_has_written_it(place, visit):
    place.says("/new", b"here")
    known = {place.url + "/old": {"moved_to": place.url + "/new"}}
    polled = visit(known)

    assert polled.get(place.url + "/old").body == b"here"
    assert place.count("/old") == 0
    assert polled.validators[place.url + "/old"]["moved_to"] == place.url + "/new"


def test_it_goes_back_to_the_old_place_where_the_new_one_fails(place, visit):
    place.says("/old", b"back")
    polled = visit({place.url + "/old": {"moved_to": place.url + "/new"}})

    assert polled.get(place.url + "/old").body == b"back"
    assert "moved_to" not in polled.validators[place.url + "/old"]


def test_it_waits_for_a_turn_only_briefly_before_its_first_request(place):
    with Door(contact=None, version="1", now=lambda: NOW, per_host_every=timedelta(minutes=1)) as door:
        door._spacing.turn("a.example", patience_s=0)
        polled = Visit(door, now=NOW, validators={}, robots=Memory(), apart=Inline())
        with pytest.raises(Busy) as told:
            polled.get("http://a.example/")
    assert told.value.until > NOW


def test_what_a_request_would_have_cost_is_given_back_where_it_never_left(place, visit):
    ledger = LedgerHere()

    def spent():
        return {meter: known.spent for (_, meter), known in ledger.meters.items()}

    purse = Purse(ledger=ledger, account=("place", ""), meters={}, now=NOW)
    here = visit(purse=purse)
    place.says("/search", b"[]")
    here.reserve("searches")
    here.get(place.url + "/search")
    here.reserve("searches")
    with pytest.raises(TryLater):
        here.get("http://127.0.0.1:1/search")
    assert spent() == {"searches": 1}
    here.reserve("searches")
    place.says("/search", b"no", status=503)
    with pytest.raises(TryLater):
        here.get(place.url + "/search")
    assert spent() == {"searches": 2}
