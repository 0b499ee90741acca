"""Mail: a real SMTP server on loopback, every answer that it can give, and hostile texts on their way through."""

import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import builders
import pytest
import rounds
import sqlalchemy as sa
import telling
from fakemail import MAIL, PASSWORD, USER, mail_door, mail_options, mailed, mailing, not_mailed
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from listener.domain.message import Link
from listener.notify.contract import Permanent, Retryable
from listener.notify.email import NOTIFIER, EmailOptions
from listener.notify.letter import html, letter
from listener.notify.picture import picture
from listener.notify.post import poster
from listener.store import outbox
from listener.store.alert_tables import incidents

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "mail"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def place():
    with mailing() as running:
        yield running


@pytest.fixture
def door():
    with mail_door() as opened:
        yield opened


def test_it_mails_text_and_html_with_who_and_when(door, place):
    mailed(door, place)
    (one,) = place.taken
    assert (one.sender, one.to) == (MAIL["sender"], (MAIL["to"],))
    assert one.mail["subject"] == "Mills: 5 people, 3 stories, negative in the last 2 h; usual 0–1"
    assert one.mail["from"] == "Listener <listener@agency.example>"
    assert one.mail["date"].datetime == datetime(2026, 11, 22, 9, 14, tzinfo=UTC)
    assert one.mail["auto-submitted"] == "auto-generated"
    for body in (one.text, one.html):
        assert "charged me twice" in body
        assert "Owner: Dana Lee" in body
        assert telling.FIRING.id in body
    assert 'href="https://www.homeforum.example/t/9214?page=2&amp;sort=new"' in one.html


@pytest.mark.parametrize("name", telling.ALL)
def test_every_kind_of_message_is_taken(door, place, name):
    mailed(door, place, telling.ALL[name])
    assert telling.ALL[name].id in place.taken[0].text


def test_the_mails_of_one_incident_answer_its_first(door, place):
    where = mailed(door, place)
    assert mailed(door, place, replace(telling.RESOLVED, place=where)) == where
    first, then = place.mails
    assert where == {"to": MAIL["to"], "message_id": first["message-id"]}
    assert (first["in-reply-to"], first["references"]) == (None, None)
    assert then["in-reply-to"] == then["references"] == first["message-id"] != then["message-id"]


def test_a_thread_with_somebody_else_is_not_gone_on_with(door, place):
    where = mailed(door, place)
    mailed(door, place, replace(telling.RESOLVED, place=where), to="sam@agency.example")
    assert place.mails[1]["references"] is None


def test_a_repeat_is_labelled_and_has_the_same_id(door, place):
    mailed(door, place)
    mailed(door, place, replace(telling.FIRING, repeat=True))
    first, again = place.taken
    assert first.mail["message-id"] == again.mail["message-id"]
    assert again.mail["subject"] == f"Possible repeat: {first.mail['subject']}"
    assert "Possible repeat" in again.text
    assert "Possible repeat" in again.html


@pytest.mark.parametrize(
    ("severity", "begins"), [("severe", "[severe] "), ("minor", "Mills"), (None, "Mills")]
)
def test_the_subject_says_what_is_more_than_minor(door, place, severity, begins):
    mailed(door, place, replace(telling.FIRING, severity=severity))
    assert place.mails[0]["subject"].startswith(begins)


@pytest.mark.parametrize("name", telling.ALL)
def test_its_html_looks_like_its_golden_file(name):
    shown = html(telling.ALL[name], chart="chart" if telling.ALL[name].chart else "")
    golden = GOLDEN / f"{name}.html"
    if os.environ.get("LISTENER_GOLDEN") == "write":
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over():
    assert {path.stem for path in GOLDEN.iterdir()} == set(telling.ALL)


def test_the_picture_of_the_counts_is_in_the_mail_itself(door, place):
    mailed(door, place)
    (one,) = place.taken
    (image,) = [part for part in one.mail.walk() if part.get_content_type() == "image/png"]
    assert image.get_content() == picture(telling.FIRING.chart)
    assert f'src="cid:{image["content-id"].strip("<>")}"' in one.html
    assert "http" not in "".join(re.findall(r'src="([^"]*)"', one.html))


def test_ways_to_answer_are_links(door, place):
    link = Link(words="I take it", url="https://listener.example/i/12?t=a&b=c")
    mailed(door, place, replace(telling.FIRING, links=(link,)))
    assert '<a href="https://listener.example/i/12?t=a&amp;b=c">I take it</a>' in place.taken[0].html


@pytest.mark.parametrize(
    "text",
    [
        "news\r\nBcc: everybody@evil.example\r\n\r\nread this",
        "news\nSubject: other",
        "news\r\n.\r\nMAIL FROM:<evil@evil.example>\r\n",
        ".\r\n.",
        "\ud800\x00\u202e",
        "🔥" * 5_000,
        "<script>alert(1)</script><a href='https://evil.example'>mills.example</a>",
    ],
)
def test_what_a_stranger_wrote_stays_text(door, place, text):
    hostile = replace(
        telling.FIRING, headline=text, client=text, lines=(text,), owner=text, watch_list=text, id=f"x{text}"
    )
    quote = replace(telling.QUOTES[0], text=text, title=text, author=text, source=text, url=text)
    mailed(door, place, replace(hostile, quotes=(quote,)))
    (one,) = place.taken
    names = [name.lower() for name in one.mail]
    assert sorted(names) == sorted(
        ["subject", "from", "to", "date", "message-id", "auto-submitted", "mime-version", "content-type"]
    )
    assert one.to == (MAIL["to"],)
    assert "<script" not in one.html
    assert "evil.example'" not in one.html
    assert all(len(line) < 999 for line in one.raw.splitlines())


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=400), url=st.text(max_size=80))
def test_no_text_becomes_a_header_or_breaks_a_line(text, url):
    quote = replace(telling.QUOTES[0], text=text, title=text, author=text, source=text, url=url)
    names = {
        "headline": text,
        "client": text,
        "lines": (text,),
        "owner": text,
        "watch_list": text,
        "id": text,
    }
    raw = letter(
        replace(telling.FIRING, **names, chart=None, quotes=(quote,)), sender=MAIL["sender"], to=MAIL["to"]
    )
    told = message_from_bytes(raw, policy=default)
    assert set(map(str.lower, told)) == {
        *("subject", "from", "to", "date", "message-id"),
        *("auto-submitted", "mime-version", "content-type"),
    }
    assert [part.get_content_type() for part in told.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert raw.isascii()
    assert all(len(line) <= 998 and b"\r" not in line and b"\n" not in line for line in raw.split(b"\r\n"))


def test_a_link_to_something_else_than_the_web_is_none(door, place):
    mailed(door, place, telling.HOSTILE)
    assert "javascript" not in place.taken[0].html
    assert "evil.example/" not in place.taken[0].html.partition("&lt;https://evil.example")[0]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("code", ["421", "450", "451", "452"])
def test_a_4xx_is_tried_again_later(door, place, command, code):
    place.script[command] = f"{code} 4.3.2 not now"
    told = not_mailed(door, place)
    assert isinstance(told, Retryable)
    assert not told.in_doubt
    assert f"({code})" in told.reason
    mailed(door, place)
    assert len(place.taken) == 1


@pytest.mark.parametrize(
    ("command", "answer", "dead", "said"),
    [
        (
            "RCPT",
            "550 5.1.1 nobody of that name",
            True,
            "check the address (550): “5.1.1 nobody of that name”",
        ),
        ("MAIL", "553 5.7.1 not yours", True, "use an address that belongs to the user"),
        ("RCPT", "552 5.2.2 over quota", False, "the mailbox is full"),
        ("DATA", "554 5.7.1 looks like spam", False, "“5.7.1 looks like spam”"),
        ("DATA", "552 5.3.4 too big", False, "too large"),
        ("MAIL", "530 5.7.0 authenticate first", True, "set user and password"),
    ],
)
def test_a_5xx_is_for_ever_for_the_mail_or_for_the_receiver(door, place, command, answer, dead, said):
    place.script[command] = answer
    told = not_mailed(door, place)
    assert isinstance(told, Permanent)
    assert told.receiver_dead is dead
    assert said in told.reason


def test_a_whole_incident_goes_through_the_outbox_as_one_thread(database, door, place):
    with database.write() as conn:
        builders.add_client(conn)
        row = {"client_id": "mills", "rule": "negative_spike", "episode": 1, "state": "open"}
        row |= {"opened_at": NOW, "last_match_id": 0, "evidence": {}}
        incident = conn.execute(sa.insert(incidents).values(row).returning(incidents.c.id)).scalar_one()
        for number, told in enumerate((telling.FIRING, telling.RESOLVED)):
            message = replace(told, incident=incident)
            outbox.add(conn, key=str(number), receiver="dana", message=message, now=NOW)
    dana = rounds.Receiver(name="dana", notifier=NOTIFIER, options=mail_options(place))
    going = rounds.Rounds(database=database, now=NOW, receivers={"dana": dana}, post=poster(door))
    place.script["DATA"] = "451 4.3.2 not now"
    assert going.until_quiet()[0] == 2
    first, then = place.mails
    assert then["references"] == first["message-id"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"host": "https://smtp.example"}, "without a scheme"),
        ({"host": "smtp.example\nx"}, "without a scheme"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"to": "a@x.example, b@x.example"}, "one for each receiver"),
        ({"to": "Dana <dana@agency.example>"}, "no single mail address"),
        ({"to": "dana@agency.example\r\nBcc: x@evil.example"}, "no single mail address"),
        ({"sender": "no address"}, "no single mail address"),
        ({"sender": ".x@agency.example"}, "no single mail address"),
        ({"user": "dana"}, "user and password together"),
        ({"password": "secretsecret"}, "user and password together"),
        ({"security": "none", "host": "smtp.example"}, "in the clear"),
        ({"security": "ssl"}, "starttls"),
    ],
)
def test_options_that_cannot_work_are_refused_without_the_password(wrong, said):
    with pytest.raises(ValidationError, match=said) as caught:
        EmailOptions(**{**MAIL, **wrong})
    assert "secretsecret" not in str(caught.value)


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_is_that_of_the_security(security, port):
    assert EmailOptions(**MAIL, security=security).server.port == port


def test_without_a_host_it_is_off_and_the_password_is_in_no_repr():
    assert EmailOptions(**{**MAIL, "host": ""}).off == "its host is empty"
    chosen = EmailOptions(**MAIL, user=USER, password=PASSWORD)
    assert PASSWORD not in f"{chosen!r} {chosen.server!r}"
