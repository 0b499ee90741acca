"""Apprise says what to send and the door sends it: a real Apprise in its process, against a place on loopback."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import telling
from fakeslack import Answered, poster, serving
from pydantic import ValidationError

from listener.door.door import Door
from listener.notify import apprise as module
from listener.notify import post as out
from listener.notify.apprise import AppriseOptions, deliver
from listener.notify.contract import Permanent, Retryable

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def place():
    with serving() as running:
        yield running


def service(place):
    return AppriseOptions(service=f"json://{urlsplit(place.hook_url).netloc}/hook/secretsecret")


def failing(post, options):
    with pytest.raises((Retryable, Permanent)) as caught:
        deliver(post, telling.HOSTILE, options)
    assert "secretsecret" not in caught.value.reason
    return caught.value


def test_apprise_shapes_and_the_door_sends(place):
    with Door(
        contact="ops@agency.example", version="1", now=lambda: NOW, allow_private=["127.0.0.1"]
    ) as door:
        deliver(out.poster(door), telling.FIRING, service(place))
    (one,) = place.taken
    assert one.payload["title"] == "Mills: 5 people, 3 stories, negative in the last 2 h; usual 0–1"
    assert "charged me twice" in one.payload["message"]
    assert telling.FIRING.id in one.payload["message"]
    assert one.headers["user-agent"] == "listener/1 (+ops@agency.example)"


def test_a_private_address_is_refused_by_the_door_as_ever(place):
    with Door(contact=None, version="1", now=lambda: NOW) as door:
        told = failing(out.poster(door), service(place))
    assert told.receiver_dead
    assert place.received == []


def test_what_was_answered_decides_and_nobody_rings(place):
    place.script[:] = ["429 40"]
    told = failing(poster(), service(place))
    assert isinstance(told, Retryable)
    assert told.after.total_seconds() == 40
    said = place.received[0].payload["message"]
    assert "<@U666>" not in said
    assert "<!channel>" not in said


def test_a_redirect_is_not_followed(place):
    place.script[:] = ["302"]
    assert failing(poster(), service(place)).receiver_dead
    assert len(place.received) == 1


@pytest.mark.parametrize(
    "url",
    [
        "syslog://",
        pytest.param("mailto://dana:secretsecret@gmail.com", marks=pytest.mark.slow),
        pytest.param("form://127.0.0.1/x?method=GET", marks=pytest.mark.slow),
    ],
)
def test_what_it_would_do_by_itself_is_not_done(url):
    def nobody(*_, **__):
        raise AssertionError("this is not asked")

    told = failing(nobody, AppriseOptions(service=url))
    assert isinstance(told, Permanent)
    assert told.receiver_dead


def test_half_a_message_may_have_arrived():
    answers = [Answered(200, {}, b'{"ok": true}'), Answered(500, {}, b"")]
    two = AppriseOptions(service="tgram://123456789:abcdefghijklmnop_secretsecret/11111/22222/")
    told = failing(lambda *_, **__: answers.pop(0) if answers else Answered(500, {}, b""), two)
    assert isinstance(told, Retryable)
    assert told.in_doubt


def test_one_that_does_not_finish_is_left(place, monkeypatch):
    monkeypatch.setattr(module, "DEADLINE_S", 0.0)
    assert not failing(poster(), service(place)).in_doubt


def test_without_the_extra_the_remedy_is_told(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(ValidationError, match=r"pip install 'client-listener\[apprise\]'") as caught:
        AppriseOptions(service="tgram://secretsecret/12")
    assert "secretsecret" not in str(caught.value)
    assert AppriseOptions(service="").off == "its service is empty"


@pytest.mark.parametrize("text", ["secretsecret", "tgram://with blanks", "://x"])
def test_what_is_no_service_is_told_without_being_repeated(text):
    with pytest.raises(ValidationError, match="is no service of Apprise") as caught:
        AppriseOptions(service=text)
    assert "secretsecret" not in str(caught.value)
    assert "secretsecret" not in json.dumps(
        AppriseOptions(service="json://secretsecret").model_dump(mode="json")
    )
