import hashlib
import hmac
import json
from dataclasses import replace

import pytest
import telling
from fakeslack import poster, serving

from listener.domain.message import Message
from listener.notify.contract import Permanent, Retryable
from listener.notify.webhook import WebhookOptions, deliver


@pytest.fixture
def place():
    """Any HTTP server that takes JSON would do."""
    with serving() as running:
        yield running


def send(place, message=telling.FIRING, **options):
    deliver(poster(), message, WebhookOptions(url=place.hook_url, **options))
    return place.received[-1]


@pytest.mark.parametrize("name", telling.ALL)
def test_the_body_is_the_whole_message(place, name):
    message = telling.ALL[name]
    assert Message.from_json(send(place, message).payload) == message


def test_the_key_is_the_messages_id_and_stays_in_a_repeat(place):
    first, again = send(place), send(place, replace(telling.FIRING, repeat=True))
    assert (
        first.headers["idempotency-key"]
        == again.headers["idempotency-key"]
        == "mills/negative_spike/3/firing"
    )
    assert (first.payload["repeat"], again.payload["repeat"]) == (False, True)


def test_an_id_that_no_header_can_hold_is_percent_encoded(place):
    got = send(place, replace(telling.FIRING, id="Müller & Söhne\r\nX-Evil: 1"))
    assert got.headers["idempotency-key"] == "M%C3%BCller%20%26%20S%C3%B6hne%0D%0AX-Evil:%201"
    assert "x-evil" not in got.headers


def test_the_signature_covers_time_and_body_byte_for_byte():
    bodies = []

    def post(url, *, content, headers):
        bodies.append((content, headers["Listener-Signature"]))
        raise Retryable("seen")

    with pytest.raises(Retryable):
        deliver(post, telling.FIRING, WebhookOptions(url="https://ops.example/hook", secret="κλειδί"))
    body, signature = bodies[0]
    stamp, mac = (part.split("=")[1] for part in signature.split(","))
    assert stamp == "1795338840"  # 2026-11-22T09:14:00Z, when the message was made
    assert mac == hmac.new("κλειδί".encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert json.loads(body)["id"] == telling.FIRING.id


@pytest.mark.parametrize("secret", [None, ""])
def test_without_a_secret_nothing_is_signed(place, secret):
    assert "listener-signature" not in send(place, secret=secret).headers


@pytest.mark.parametrize(
    ("answer", "failure", "closed"),
    [
        ("429 7", Retryable, None),
        ("500", Retryable, None),
        ("503", Retryable, None),
        ("408", Retryable, None),
        ("409", Retryable, None),
        ("401", Permanent, True),
        ("403", Permanent, True),
        ("404", Permanent, True),
        ("410", Permanent, True),
        ("302", Permanent, True),
        ("400", Permanent, False),
        ("422", Permanent, False),
    ],
)
def test_it_reads_the_status(place, answer, failure, closed):
    place.script[:] = [answer]
    with pytest.raises(failure) as caught:
        send(place, secret="hush-hush")
    assert getattr(caught.value, "receiver_dead", None) is closed
    assert "secretsecret" not in caught.value.reason
    assert len(place.received) == 1


@pytest.mark.parametrize("answer", ["200", "201", "202", "204"])
def test_any_2xx_takes_it(place, answer):
    place.script[:] = [answer]
    assert send(place).answer == answer


def test_an_empty_address_means_off():
    assert WebhookOptions(url="").off == "its url is empty"
    assert WebhookOptions(url="https://ops.example/hook").off is None
