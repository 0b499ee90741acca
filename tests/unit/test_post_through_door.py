"""What a notifier hears when its message does not arrive: whether to try again, and whether it may have arrived."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from places import Place, answer, bomb, hang_up, redirect, silence

from listener.door.door import Door
from listener.notify import post as module
from listener.notify.contract import Permanent, Retryable
from listener.notify.post import poster

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def place():
    with Place() as open_place:
        yield open_place


@pytest.fixture
def door():
    with Door(contact=None, version="1", now=lambda: NOW, allow_private=["127.0.0.1"]) as opened:
        yield opened


def send(door, place, path="/hook?token=secret"):
    return poster(door)(place.url + path, content=b"{}", headers={"Content-Type": "application/json"})


def test_it_sends_and_hands_back_the_reply(door, place):
    place.says("/hook", b"ok", headers={"X-Id": "7"})

    reply = send(door, place)

    assert (reply.status, reply.body, reply.headers["x-id"]) == (200, b"ok", "7")
    assert place.asked[0].method == "POST"
    assert place.asked[0].body == b"{}"
    assert place.asked[0].headers["content-type"] == "application/json"


def test_it_does_not_follow_a_redirect(door, place):
    place.does("/hook", redirect("/elsewhere", 307))

    assert send(door, place).status == 307
    assert place.count("/elsewhere") == 0


@pytest.mark.parametrize("behaviour", [hang_up, silence])
def test_no_answer_after_sending_is_in_doubt(door, place, behaviour, monkeypatch):
    monkeypatch.setattr(module, "DEADLINE_S", 0.3)
    place.does("/hook", behaviour)

    with pytest.raises(Retryable) as told:
        send(door, place)

    assert told.value.in_doubt
    assert "secret" not in told.value.reason


def test_no_connection_is_not_in_doubt(door):
    with Place() as gone:
        pass

    with pytest.raises(Retryable) as told:
        send(door, gone)

    assert not told.value.in_doubt


def test_an_address_that_is_not_asked_shuts_the_receiver(door, place):
    with pytest.raises(Permanent, match="private") as told:
        poster(door)("http://10.0.0.1/hook", content=b"", headers={})

    assert told.value.receiver_dead


def test_a_hold_is_waited_for(door, place):
    door.hold(place.url, NOW + timedelta(minutes=5))

    with pytest.raises(Retryable) as told:
        send(door, place)

    assert told.value.after == timedelta(minutes=5)
    assert not told.value.in_doubt


@pytest.mark.parametrize("behaviour", [bomb("gzip"), answer(200, b"br?", {"Content-Encoding": "br"})])
def test_a_reply_that_cannot_be_read_is_still_a_reply(door, place, behaviour):
    place.does("/hook", behaviour)

    reply = send(door, place)

    assert (reply.status, reply.body) == (200, b"")
