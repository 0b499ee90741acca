"""The links of messages, asked over a real port: a look changes nothing, a form does what was signed, all else is refused."""

import http.client
import re
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from builders import NOW, add_client, client

from listener.alerting.incident_telling import send
from listener.domain.answer import Answer, path
from listener.domain.message import Message
from listener.domain.rules import Rules, Watched
from listener.jobs.status import Status
from listener.store import incidents, outbox, secrets
from listener.store.engine import open_database
from listener.web.desk import Desk
from listener.web.port import bind
from listener.web.server import Server

PUBLIC = "https://listener.agency.example"
HOST = "listener.agency.example"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": PUBLIC}
WELL = Status(troubles=(), facts={})
HOSTILE = '"><script>alert(1)</script>'


class Port:
    """A page over a database with one open incident; `now` may be set."""

    def __init__(self, database, number):
        self.database, self.number, self.now = database, number, NOW
        self.watched = {
            "mills": Watched(
                client=client("mills"),
                rules=Rules(),
                receivers=("accounts",),
                owner=f"Dana {HOSTILE}",
                public_url=PUBLIC,
            )
        }

    def link(self, action):
        """That of the message which the receiver got."""
        with self.database.read() as connection:
            entry = outbox.newest(connection)[-1]
        return next(one.url for one in entry.notification.message.links if f"/{action}?" in one.url)

    def ask(self, url, *, method="GET", headers=None, form=None, host=HOST):
        parts = urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", self.number, timeout=10)
        with closing(connection):
            connection.request(
                method,
                f"{parts.path}?{parts.query}",
                body=urlencode(form) if form is not None else None,
                headers={"Host": host, **(headers or {})},
            )
            answer = connection.getresponse()
            return answer, answer.read().decode()

    def post(self, url, headers=FORM, **form):
        return self.ask(url, method="POST", headers=headers, form=form)

    @property
    def incident(self):
        with self.database.read() as connection:
            return incidents.get(connection, 1)


@pytest.fixture
def port(sqlite_url):
    database = open_database(sqlite_url)
    listening = bind("127.0.0.1", 0)
    number = listening.getsockname()[1]
    one = Port(database, number)
    with database.write() as connection:
        add_client(connection, "mills")
        evidence = {"people": 5, "stories": 3, "usual": [0, 1], "first_at": NOW.isoformat()}
        incidents.open_incident(
            connection, client_id="mills", rule="negative_spike", now=NOW, evidence=evidence, last_match_id=0
        )
        message = Message(id="mills/negative_spike/1/firing", kind="firing", headline="5 people", incident=1)
        send(connection, message, one.watched["mills"], now=NOW)
    desk = Desk(
        database=database,
        watched=lambda: one.watched,
        people=lambda: {"lee": "Lee Park", "x": HOSTILE},
        public_url=lambda: PUBLIC,
        listens_on=f"127.0.0.1:{number}",
        now=lambda: one.now,
    )
    server = Server(listening, lambda: WELL, desk)
    server.start()
    yield one
    server.stop()
    listening.close()
    database.close()


def test_looking_at_a_link_changes_nothing_however_often_it_is_done(port):
    for method in ("GET", "HEAD", "GET"):
        answer, body = port.ask(port.link("take"), method=method)
        assert answer.status == 200
    assert "Mills: 5 people, 3 stories when it opened; usual 0–1." in body
    assert "Nothing has been changed yet." in body
    assert port.incident.state == "open"


def test_the_form_does_what_the_link_says_and_tells_it(port):
    close = port.link("close")
    answer, body = port.post(port.link("take"), who="lee")
    assert (answer.status, "Lee Park has incident 1 now." in body) == (200, True)
    assert (port.incident.state, port.incident.taken_by) == ("taken", "Lee Park")
    answer, body = port.post(close, who="Dana", text="paid")
    assert (answer.status, port.incident.closed_by) == (200, "Dana")


def test_whoever_is_late_is_told_who_has_it(port):
    link = port.link("take")
    port.post(link, who="lee")
    answer, body = port.post(link, who="Dana")
    assert answer.status == 409
    assert "Lee Park has incident 1 already, since 2026-03-02 12:00 UTC." in body
    assert port.incident.taken_by == "Lee Park"


def test_a_note_without_words_is_asked_for_them(port):
    answer, body = port.post(port.link("note"), who="lee", text="  ")
    assert (answer.status, "Write the note: it is kept with the incident." in body) == (409, True)


@pytest.mark.parametrize("change", [("take?", "close?"), ("to=accounts", "to=ops"), ("/incidents/1/", "/incidents/2/"), ("until=1", "until=2"), ("sign=", "sign=0"), ("sign=", "sine=")])  # fmt: skip
def test_a_link_that_was_changed_is_refused_with_a_sentence(port, change):
    url = port.link("take")
    assert change[0] in url
    for ask in (port.ask, port.post):
        answer, body = ask(url.replace(*change))
        assert answer.status == 403
        assert "This link is not one of ours, or it was changed on its way" in body
    assert port.incident.state == "open"


def test_a_link_that_is_too_old_is_refused_and_says_what_still_works(port):
    url = port.link("take")
    port.now = NOW + timedelta(days=7, seconds=1)
    answer, body = port.post(url, who="lee")
    assert answer.status == 403
    assert "This link held until 2026-03-09 12:00 UTC: use `listener incidents take 1`." in body


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({**FORM, "Origin": "https://evil.example"}, 403),
        ({**FORM, "Origin": "null"}, 403),
        ({"Content-Type": FORM["Content-Type"]}, 403),
        ({"Origin": PUBLIC, "Content-Type": "text/plain"}, 415),
    ],
)
def test_a_form_from_elsewhere_is_refused(port, headers, status):
    answer, _ = port.post(port.link("take"), headers=headers, who="lee")
    assert (answer.status, port.incident.state) == (status, "open")


def test_a_form_that_is_too_large_is_refused(port):
    answer, _ = port.post(port.link("note"), who="lee", text="x" * 20_000)
    assert answer.status == 413


def test_a_name_that_somebody_else_gave_this_machine_is_refused(port):
    answer, body = port.ask(port.link("take"), host="rebound.example")
    assert answer.status == 421
    assert "5 people" not in body


def test_who_sits_at_the_machine_may_use_its_own_address(port):
    here = f"127.0.0.1:{port.number}"
    answer, _ = port.ask(port.link("take"), host=here)
    assert answer.status == 200


def test_the_pages_escape_what_they_show_and_forbid_the_rest(port):
    answer, body = port.ask(port.link("close"))
    assert HOSTILE not in body
    assert body.count("&lt;script&gt;") == 3
    assert re.search(r"<(script|img|link|style|iframe)", body) is None
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "change", [("/take?", "/delete?"), ("/1/", "/x/"), ("/1/", "/%C2%B9/"), ("/1/", f"/{'1' * 5_000}/")]
)
def test_there_is_no_other_thing_to_do(port, change):
    answer, _ = port.ask(port.link("take").replace(*change))
    assert (answer.status, answer.headers["X-Content-Type-Options"]) == (404, "nosniff")


def test_the_key_is_made_once_and_each_receiver_has_links_of_its_own(port):
    with port.database.write() as connection:
        key = secrets.made(connection, "answers", now=NOW)
        assert secrets.made(connection, "answers", now=NOW) == key
        assert len(key) == 64
    answer = Answer(incident=1, action="take", receiver="accounts", until=NOW + timedelta(days=7))
    assert port.link("take") == PUBLIC + path(answer, key)
    assert path(answer, "another") != path(answer, key)


def test_without_a_public_url_no_link_is_sent(port):
    message = Message(id="m/2/firing", kind="firing", headline="5 people", incident=1)
    with port.database.write() as connection:
        send(connection, message, replace(port.watched["mills"], public_url=None), now=NOW)
        assert outbox.newest(connection)[0].notification.message.links == ()
