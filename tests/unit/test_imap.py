"""A mailbox over real IMAP on loopback: read in order, once, and left as it was."""

from __future__ import annotations

import random
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from fakeimap import PASSWORD, USER, serving
from places import certificate
from playing import FILES, played

from connectors.imap import read_mail
from listener.connector import Mail, NeedsAttention, TryLater, registry
from listener.connector.testing import Pickled, Recording, RobotsKept
from listener.connector.visit import Visit
from listener.door.door import Door

IMAP = registry.find("imap")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def letter(number, text="It never came", **headers):
    lines = {
        "Message-ID": f"<m{number}@mail.example>",
        "From": f"Ann {number} <ann{number}@mail.example>",
        **headers,
    }
    return ("".join(f"{name}: {value}\n" for name, value in lines.items()) + f"\n{text}\n").encode()


class Reader:
    """Polls a mailbox through a real door."""

    def __init__(self, place, *, context=None, host="127.0.0.1", allow=True, **options):
        self.place, self.cursor, self.deadline_s = place, None, 20.0
        told = {"host": host, "port": place.port, "user": USER, "password": PASSWORD, "security": "none"}
        self.options = IMAP.options(**{**told, **options})
        self.door = Door(
            contact=None,
            version="test",
            now=lambda: NOW,
            per_host_every=timedelta(0),
            allow_private=[host] if allow else [],
            context=context,
        )
        self.refused = []

    def http(self):
        return Visit(
            self.door,
            now=NOW,
            validators={},
            robots=RobotsKept(),
            apart=Pickled(),
            deadline_s=self.deadline_s,
        )

    def poll(self, *, crash_after=None):
        found = []
        for number, page in enumerate(IMAP.fetch(self.http(), self.options, self.cursor)):
            if number == crash_after:
                break
            found += [one.external_id for one in page.found]
            self.refused += [one.reason for one in page.refused]
            self.cursor = page.cursor
        return found

    def trouble(self, expected):
        with pytest.raises(expected) as raised:
            self.poll()
        return raised.value.reason


@pytest.fixture
def place():
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    try:
        server, pem = certificate(tmp_path_factory.mktemp("tls"))
    except FileNotFoundError:
        pytest.skip("no openssl command to make a certificate with")
    return server, ssl.create_default_context(cafile=str(pem))


def names(*numbers):
    return [f"m{number}@mail.example" for number in numbers]


def test_mails_come_in_order_and_once_and_stay_unread(place):
    reader = Reader(place)
    for number in range(3):
        place.arrives(letter(number))
    assert reader.poll() == names(0, 1, 2)
    assert reader.poll() == []
    place.arrives(letter(3))
    assert reader.poll() == names(3)
    assert not any(mail.read for mail in place.mails)
    verbs = {one.split(" ")[0] for one in place.seen} | {
        one.split(" ")[1] for one in place.seen if one.startswith("UID")
    }
    assert verbs == {"CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID", "SEARCH", "FETCH", "LOGOUT"}


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 AUTH=PLAIN", "IMAP4rev1"])
def test_it_logs_in_whichever_way_the_server_knows(capabilities):
    with serving(capabilities=capabilities) as place:
        place.arrives(letter(0))
        assert Reader(place).poll() == names(0)


def test_many_pages_are_read_to_their_end_and_old_mails_are_left(place):
    place.arrives(letter(100), day="1-Nov-2026")
    for number in range(47):
        place.arrives(letter(number))
    assert Reader(place, days=10).poll() == names(*range(47))


@pytest.mark.parametrize("tells_next", [True, False])
def test_a_folder_that_is_numbered_anew_is_read_anew(tells_next):
    with serving(tells_next=tells_next) as place:
        reader = Reader(place)
        for number in range(5):
            place.arrives(letter(number))
        assert reader.poll() == names(*range(5))
        del place.mails[:3]
        place.renumbered()
        place.arrives(letter(9))
        assert reader.poll() == names(3, 4, 9)
        assert reader.poll() == []


def test_a_huge_mail_is_read_by_its_beginning(place):
    place.arrives(letter(0, "The text comes first.\n" + "x" * 5_300_000))
    place.arrives(letter(1))
    assert Reader(place).poll() == names(0, 1)


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 AUTH=PLAIN", "IMAP4rev1"])
def test_a_wrong_password_is_told_with_what_mends_it_and_not_repeated(capabilities):
    with serving(capabilities=capabilities) as place:
        told = Reader(place, password="wrong-7391").trouble(NeedsAttention)
    assert told == (
        "127.0.0.1 does not take the password of support@mills.example: check user and password. Where the account has a second "
        "factor, make an app password for it; where IMAP is switched off, switch it on in the mailbox's settings."
    )


def test_a_folder_that_is_missing_lists_those_there_are(place):
    assert Reader(place, folder="Alarms").trouble(NeedsAttention) == (
        "There is no folder 'Alarms' for support@mills.example: there are Alerts, Entwürfe, INBOX."
    )
    place.arrives(letter(0))
    assert Reader(place, folder="Entwürfe").poll() == names(0)


@pytest.mark.parametrize(
    ("script", "expected", "said"),
    [
        ({"AUTHENTICATE": "TAG NO [UNAVAILABLE] later"}, TryLater, "lets nobody in for now"),
        ({"SEARCH": "close"}, TryLater, "breaks off"),
        ({"FETCH": "close"}, TryLater, "breaks off"),
        ({"SEARCH": "TAG BAD what"}, TryLater, "does not speak IMAP as it should"),
        ({"SEARCH": "endless"}, TryLater, "breaks off"),
        ({"FETCH": "* 1 FETCH (BODY[] {99999999}"}, TryLater, "breaks off"),
        ({"greeting": "220 smtp.example ESMTP"}, TryLater, "does not speak IMAP"),
        ({"greeting": "* BYE too many connections"}, TryLater, "breaks off"),
        ({"EXAMINE": "hang"}, TryLater, "does not hand out the mail in time"),
    ],
)
def test_a_server_that_goes_wrong_is_told_and_never_taken_for_silence(place, script, expected, said):
    place.arrives(letter(0))
    place.script.update(script)
    reader = Reader(place)
    reader.deadline_s = 1.0 if "hang" in script.values() else 20.0
    assert said in reader.trouble(expected)


def test_it_is_read_over_tls_and_a_strange_certificate_is_refused(tls):
    server, trusted = tls
    with serving(implicit=server) as place:
        place.arrives(letter(0))
        assert Reader(place, context=trusted, host="localhost", security="tls").poll() == names(0)
        strange = Reader(place, host="localhost", security="tls").trouble(TryLater)
    assert "The certificate of localhost is not valid" in strange


def test_it_is_read_over_starttls_and_never_without(tls):
    server, trusted = tls
    with serving(capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN", tls=server) as place:
        place.arrives(letter(0))
        assert Reader(place, context=trusted, host="localhost", security="starttls").poll() == names(0)
        place.script["STARTTLS"] = "TAG NO not here"
        told = Reader(place, context=trusted, host="localhost", security="starttls").trouble(NeedsAttention)
        assert told == "localhost offers no STARTTLS on this port: try security: tls with port 993."
        place.script["STARTTLS"] = "TAG OK begin\r\n* OK injected"
        assert "breaks off" in Reader(place, context=trusted, host="localhost", security="starttls").trouble(
            TryLater
        )


def test_a_private_server_is_dialled_only_where_the_configuration_lets_it(place):
    assert "only public addresses are asked" in Reader(place, allow=False).trouble(NeedsAttention)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_arrives_is_read_through_crashes_deletions_and_new_numbers(place, seed, monkeypatch):
    monkeypatch.setattr("connectors.imap.A_PAGE", 3)
    chance, reader, sent, gone, read = random.Random(seed), Reader(place), set(), set(), set()
    for _ in range(12):
        for _ in range(chance.randrange(6)):
            place.arrives(letter(len(sent)))
            sent.add(f"m{len(sent)}@mail.example")
        if place.mails and chance.random() < 0.3:
            gone.add(
                place.mails.pop(chance.randrange(len(place.mails))).body.split(b"@")[0][13:].decode()
                + "@mail.example"
            )
        if chance.random() < 0.15:
            place.renumbered()
        read |= set(reader.poll(crash_after=chance.choice([None, 0, 1])))
    read |= set(reader.poll())
    assert sent - gone <= read <= sent
    assert reader.refused == []


def one(body, **more):
    return read_mail(Mail(number=1, body=body, **more), None, NOW)


def test_people_are_known_by_address_and_what_they_quote_is_left_out():
    found = [
        found
        for poll in played("imap", Recording.load(FILES["imap"][-1]))
        for kept in poll
        for found in kept.page.found
    ]
    ann, bo, di = found
    assert (ann.author.key, ann.author.name, ann.title) == (
        "ann@mail.example",
        "Ann Müller",
        "Where is my order?",
    )
    assert ann.text == "It never came, and nobody answers. Für shame."
    assert bo.text == "Please send my refund."
    assert (di.text, di.published_at, di.form) == ("The shelf came broken.", None, "post")


def test_an_alert_is_as_many_articles_as_it_has_results():
    path = next(path for path in FILES["imap"] if path.stem == "alerts_and_newsletters")
    first, second = played("imap", Recording.load(path))
    one, two, news = (found for kept in first for found in kept.page.found)
    assert one.url == one.external_id == "https://news.example/2026/mills-yard?id=7"
    assert (one.title, one.text) == (
        "Mills Supply opens a second yard",
        "The lumber dealer Mills Supply has opened …",
    )
    assert (two.url, two.author, two.form) == ("https://paper.example/refunds", None, "article")
    assert (news.form, news.links) == ("article", ("https://paper.example/refunds",))
    assert [refused.reason for kept in second for refused in kept.page.refused] == [
        "Mail 14 looks like a Google Alert and shows no result that can be read."
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Return-Path": "<>"},
        {"From": "MAILER-DAEMON@mail.example"},
        {"Content-Type": "multipart/report; report-type=delivery-status; boundary=x"},
    ],
)
def test_the_answers_of_machines_are_passed_over_and_counted(place, headers):
    place.arrives(letter(0, **headers))
    reader = Reader(place)
    assert reader.poll() == []
    assert reader.cursor["skipped"] == 1
    assert reader.refused == []


HOSTILE = {
    "nested": letter(0, "--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 3_000, **{"Content-Type": "multipart/mixed; boundary=b"}),
    "nested in one another": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000)),
    "mails in mails": b"From: a@b.example\nContent-Type: message/rfc822\n\n" * 2_000,
    "many headers": b"".join(b"X-%d: y\n" % n for n in range(50_000)) + b"\ntext\n",
    "one long header": b"From: " + b"(" * 500_000 + b"\nSubject: " + b"=?utf-8?q?" * 20_000 + b"\n\ntext\n",
    "broken words": b"From: =?x?y?z?= <a@@b>\nSubject: =?utf-8?b?////?=\nDate: Fri, 99 Nov 99999\n\n\xff\xfe\x00text\n",
    "no charset of this world": letter(0, **{"Content-Type": 'text/plain; charset="\x00.."'}),
    "base64 that is none": letter(0, "====" * 1_000, **{"Content-Transfer-Encoding": "base64"}),
    "links without end": letter(0, '<a href="https://www.google.com/url?' * 20_000, **{"From": "googlealerts-noreply@google.com", "Content-Type": "text/html"}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_becomes_an_item_or_is_set_aside(name):
    read = one(HOSTILE[name])
    assert read.found or read.refused
    assert all(len(found.text) <= 100_000 for found in read.found)


def test_a_mail_that_brings_its_parser_down_is_set_aside_after_three_polls(place):
    class Brittle(Pickled):
        def run(self, work, *args, **limits):
            if b"bomb" in args[0].body:
                raise TryLater("What came brought its parser down: it is read again later.")
            return super().run(work, *args, **limits)

    reader = Reader(place)
    reader.http = lambda: Visit(
        reader.door, now=NOW, validators={}, robots=RobotsKept(), apart=Brittle(), deadline_s=20
    )
    for number, text in enumerate(["good", "bomb", "good again"]):
        place.arrives(letter(number, text))
    for _ in range(2):
        assert "brought its parser down" in reader.trouble(TryLater)
    assert reader.cursor["after"] == 1
    assert reader.poll() == names(2)
    assert reader.refused == ["Mail 2 brings its parser down."]


def test_its_check_logs_in_and_reads_nothing(place):
    place.arrives(letter(0))
    reader = Reader(place)
    assert IMAP.check(reader.http(), reader.options) == (
        "The folder INBOX of support@mills.example can be read; the first poll brings its last 30 days."
    )
    assert not any("FETCH" in one for one in place.seen)
