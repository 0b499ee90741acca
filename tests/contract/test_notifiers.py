"""What every notifier keeps, whatever place it writes to: one suite over every file that the registry finds."""

import subprocess
import sys
from dataclasses import replace

import pytest
import telling
from fakemail import mail_door, mail_options, mailing
from fakeslack import TOKEN, poster, serving
from pydantic import SecretStr, ValidationError

from listener.notify import registry
from listener.notify.contract import Notifier, Permanent, ReceiverOptions, Retryable
from listener.notify.fingerprint import fingerprint
from listener.notify.post import poster as through

KINDS = registry.kinds()
STATUSES = [
    "301",
    "302",
    "400",
    "401",
    "403",
    "404",
    "410",
    "413",
    "418",
    "422",
    "429",
    "429 soon",
    "500",
    "503",
]


@pytest.fixture
def place(kind):
    with mailing() if kind == "email" else serving() as running:
        yield running


@pytest.fixture
def post(kind):
    """The way out that this kind is given."""
    if kind != "email":
        yield poster()
        return
    with mail_door() as door:
        yield through(door)


def options(kind, place):
    """The least that this kind needs to reach the place."""
    if kind == "email":
        return mail_options(place)
    least = {
        "slack": {"webhook_url": place.url},
        "slack_bot": {"token": TOKEN, "channel": "C0ALERTS", "api_url": place.api_url},
        "webhook": {"url": place.hook_url},
        "apprise": {"service": place.hook_url.replace("http://", "json://")},
    }
    return registry.find(kind).options(**least[kind])


SECRETS = {
    "slack": "webhook_url",
    "slack_bot": "token",
    "webhook": "url",
    "email": "password",
    "apprise": "service",
}
"""The option that nobody else may know."""
SWITCHES = {**SECRETS, "email": "host"}
"""The option of which empty means off."""
SENT_BY = [
    pytest.param(kind, marks=pytest.mark.slow) if kind == "apprise" else kind for kind in KINDS
]  # Apprise starts a process for each message; test_apprise.py tries it every time
ASKED_BY_HTTP = [one for one in SENT_BY if one != "email"]  # what a mail server answers is in test_email.py


def test_there_are_those_that_the_readme_promises():
    assert {"slack", "slack_bot", "email", "webhook", "apprise"} <= set(KINDS)


def test_an_unknown_kind_is_told_with_those_that_there_are():
    with pytest.raises(registry.UnknownKind, match=r"'slak': the kinds are .*slack.*webhook"):
        registry.find("slak")


@pytest.mark.parametrize("name", ["contract", "registry", "shape_slack", "../slack", "", "slack.py"])
def test_what_is_no_notifier_is_not_found(name):
    with pytest.raises(registry.UnknownKind):
        registry.find(name)


def test_listing_the_kinds_imports_none():
    code = "import sys; from listener.notify.registry import kinds; kinds(); print([m for m in sys.modules if 'slack' in m])"
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_declares_its_own_name(kind):
    notifier = registry.find(kind)
    assert isinstance(notifier, Notifier)
    assert notifier.kind == kind
    assert notifier.summary
    assert "\n" not in notifier.summary


@pytest.mark.parametrize("kind", KINDS)
def test_its_options_are_frozen_described_and_refuse_what_they_do_not_know(kind, place):
    notifier, chosen = registry.find(kind), options(kind, place)
    assert issubclass(notifier.options, ReceiverOptions)
    assert notifier.short is None or notifier.short in notifier.options.model_fields
    assert all(field.description for field in notifier.options.model_fields.values())
    with pytest.raises(ValidationError):
        setattr(chosen, SWITCHES[kind], "https://b.example/")
    with pytest.raises(ValidationError):
        notifier.options(**given(chosen), colour="red")


def given(chosen):
    return {name: getattr(chosen, name) for name in chosen.model_fields_set}


@pytest.mark.parametrize("kind", KINDS)
def test_what_must_stay_secret_is_typed_so_and_empty_means_off(kind, place):
    notifier, chosen = registry.find(kind), options(kind, place)
    assert notifier.options.model_fields[SECRETS[kind]].annotation in {SecretStr, SecretStr | None}
    assert notifier.options(**{**given(chosen), SWITCHES[kind]: ""}).off
    assert chosen.off is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_option_is_seen_and_none_can_be_read(kind, place):
    first, same = (options(kind, place) for _ in "ab")
    known = getattr(first, SECRETS[kind])
    secret = known.get_secret_value() + "y" if known else "secretsecret"
    user = {"user": "dana"} if kind == "email" else {}
    other = registry.find(kind).options(**{**given(first), **user, SECRETS[kind]: secret})
    assert fingerprint(kind, first) == fingerprint(kind, same) != fingerprint(kind, other)
    assert len(fingerprint(kind, first)) == 8


@pytest.mark.parametrize("kind", SENT_BY)
@pytest.mark.parametrize("name", telling.ALL)
def test_it_delivers_every_kind_of_message_with_its_id(kind, name, place, post):
    notifier, message = registry.find(kind), telling.ALL[name]
    notifier.deliver(post, message, options(kind, place))
    assert len(place.taken) == 1
    assert message.id in str(place.taken[0].payload)


@pytest.mark.parametrize("kind", SENT_BY)
def test_a_repeat_is_labelled(kind, place, post):
    notifier = registry.find(kind)
    for repeat in (False, True):
        notifier.deliver(post, replace(telling.TEST, repeat=repeat), options(kind, place))
    first, again = (str(each.payload).lower() for each in place.taken)
    assert first != again
    assert "repeat" in again


@pytest.mark.parametrize("kind", ASKED_BY_HTTP)
@pytest.mark.parametrize("status", STATUSES)
def test_a_refusal_is_an_outcome_that_keeps_the_address_to_itself(kind, status, place, post):
    notifier = registry.find(kind)
    place.script[:] = [status, status]
    with pytest.raises((Retryable, Permanent)) as caught:
        notifier.deliver(post, telling.FIRING, options(kind, place))
    assert "127.0.0.1" not in caught.value.reason
    assert "secretsecret" not in caught.value.reason
    assert caught.value.reason


@pytest.mark.parametrize("kind", SENT_BY)
@pytest.mark.parametrize("text", ["\ud800", "\x00", "\u202e", "🔥" * 5_000, "<!channel>" * 900])
def test_no_text_breaks_it(kind, text, place, post):
    notifier = registry.find(kind)
    hostile = replace(telling.FIRING, headline=text, client=text, lines=(text,), owner=text)
    notifier.deliver(post, hostile, options(kind, place))
    assert len(place.taken) == 1
    if kind != "email":
        assert [each.answer for each in place.received] == ["ok"]
