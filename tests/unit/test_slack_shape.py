"""What a person sees in Slack. The golden files are written anew by LISTENER_GOLDEN=write, to be read before commit."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
import telling
from fakeslack import fits, texts_of
from slack_sdk.models.blocks import Block

from listener.domain.message import Message, Quote, Section
from listener.notify.shape_slack import payload, plain_payload

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "slack"
OURS = re.compile(r"<@U123>|<!date\^\d+\^[^<>|]*\|[^<>|]*>|<https?://[^<>|\s]+\|[^<>|]+>")


def texts(sent):
    return [sent["text"], *(text["text"] for block in sent.get("blocks", []) for text in texts_of(block))]


def long_message(*, quotes=30, lines=70, sign="&"):
    quote = Quote(
        text=sign * 1_000, title=sign * 500, url="https://x.example/" + "a" * 200, author=sign * 400
    )
    return replace(
        telling.FIRING,
        client=sign * 400,
        headline=sign * 1_000,
        owner=sign * 400,
        lines=(sign * 1_000,) * lines,
        quotes=(quote,) * quotes,
    )


@pytest.mark.parametrize("name", telling.ALL)
def test_it_looks_like_its_golden_file(name):
    message = telling.ALL[name]
    shown = {"blocks": payload(message), "plain": plain_payload(message)}
    path = GOLDEN / f"{name}.json"
    if os.environ.get("LISTENER_GOLDEN") == "write":
        path.write_text(json.dumps(shown, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert shown == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_slacks_own_models_accept_every_golden_file(path):
    sent = json.loads(path.read_text(encoding="utf-8"))["blocks"]
    parsed = Block.parse_all(sent["blocks"])
    assert [block.to_dict() for block in parsed] == sent["blocks"]
    assert fits(sent["blocks"])
    assert sent["text"]


@pytest.mark.parametrize("sign", ["&", "x", "語", "🔥", "<!channel> "])
def test_it_stays_within_slacks_limits_however_long_the_message_is(sign):
    sent = payload(long_message(sign=sign))
    assert fits(sent["blocks"])
    assert [block.to_dict() for block in Block.parse_all(sent["blocks"])] == sent["blocks"]
    assert len(plain_payload(long_message(sign=sign))["text"]) <= 5 * 3_500


@pytest.mark.parametrize("sign", ["x", "&", "🔥"])
@pytest.mark.parametrize(("sections", "lines", "quotes"), [(40, 3, 2), (1, 200, 0), (3, 0, 40), (80, 1, 0)])
def test_a_long_digest_stays_within_them_too_and_counts_the_rest(sign, sections, lines, quotes):
    quote = Quote(text=sign * 100, url="https://x.example/")
    part = Section(title=sign * 200, lines=(sign * 60,) * lines, quotes=(quote,) * quotes)
    sent = payload(replace(telling.DIGEST, lines=(), sections=(part,) * sections))
    assert fits(sent["blocks"])
    shown = json.dumps(sent["blocks"], ensure_ascii=False)
    left_out = int(re.search(r"and (\d+) more that did not fit here", shown)[1])
    assert 0 < left_out < sections * (lines + quotes)


def test_it_counts_what_did_not_fit():
    shown = json.dumps(payload(long_message(quotes=30, lines=2, sign="x"))["blocks"])
    kept = shown.count("https://x.example/")
    assert 0 < kept <= 20
    assert f"and {30 - kept} more that did not fit here" in shown


@pytest.mark.parametrize("message", [telling.HOSTILE, replace(telling.HOSTILE, repeat=True)])
@pytest.mark.parametrize("shape", [payload, plain_payload])
def test_it_lets_nothing_ping_or_pretend_a_link(message, shape):
    for text in texts(shape(message)):
        left = OURS.sub("", text)
        quoted = left.removeprefix(">")
        assert "<" not in quoted
        assert ">" not in quoted
        assert not re.search(r"@(here|channel|everyone)", left)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", left)


def test_it_links_only_to_web_addresses_and_shows_the_host():
    links = re.findall(r"<http[^>]*>", json.dumps(payload(telling.HOSTILE)["blocks"]))
    assert links == ["<https://ok.example/a%7Cb%3E%3C!channel%3E?x=1&amp;y=2|ok.example>"]


def test_it_escapes_exactly_once():
    sent = payload(Message(id="1", kind="test", headline="a & b &amp; c <d>", at=""))
    assert "a &amp; b &amp;amp; c &lt;d&gt;" in texts(sent)[1]


def test_it_makes_one_line_of_a_text_that_forges_a_second():
    assert all(
        "\n" not in text for text in texts(payload(replace(telling.HOSTILE, lines=()))) if "forged" in text
    )


@pytest.mark.parametrize(
    ("kind", "slack", "rings"),
    [
        ("firing", "U123", True),
        ("resolved", "U123", False),
        ("firing", "U1> <!here", False),
        ("firing", None, False),
    ],
)
def test_only_fire_rings_the_owner_and_only_by_the_configured_id(kind, slack, rings):
    sent = payload(replace(telling.FIRING, kind=kind, owner_slack=slack))
    assert any("<@U123>" in text for text in texts(sent)) is rings
    assert all("<@" not in text for text in texts(sent)) is not rings


def test_only_our_own_address_is_a_picture_and_says_what_is_to_be_seen():
    images = [
        block
        for block in payload(replace(telling.FIRING, picture=telling.PICTURE))["blocks"]
        if block["type"] == "image"
    ]
    assert images == [
        {
            "type": "image",
            "image_url": telling.PICTURE,
            "alt_text": "The counts of the last 24 h as bars, up to 2 an hour",
        }
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"picture": "javascript:alert(1)"},
        {"picture": "https://x.example/" + "a" * 600},
        {"picture": telling.PICTURE, "chart": None},
    ],
)
def test_what_is_no_picture_of_ours_is_left_out(change):
    sent = payload(replace(telling.FIRING, **change))["blocks"]
    assert "image" not in [block["type"] for block in sent]


def test_a_picture_leaves_a_long_message_within_slacks_limits():
    for sign in ("&", "x"):
        sent = payload(replace(long_message(sign=sign), picture=telling.PICTURE))
        assert fits(sent["blocks"])
        assert "image" in [block["type"] for block in sent["blocks"]]


def test_a_repeat_says_so_first_and_carries_the_same_id():
    for shape in (payload, plain_payload):
        sent = shape(replace(telling.FIRING, repeat=True))
        assert sent["text"].startswith("Possible repeat: Mills: 5 people")
        assert any("mills/negative_spike/3/firing" in text for text in texts(sent))
        assert not any("repeat" in text.lower() for text in texts(shape(telling.FIRING)))


def test_a_title_is_not_said_twice():
    same = Quote(title="Refund refused", text="Refund refused by Mills today")
    other = Quote(title="Refund refused", text="They laughed at me")
    shown = texts(payload(replace(telling.FIRING, quotes=(same, other))))
    assert ">Refund refused by Mills today" in shown
    assert ">Refund refused: They laughed at me" in shown
