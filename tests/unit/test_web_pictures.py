"""The picture of the counts, asked over a real port: it is what the message told, and any other link is a path that never was."""

import http.client
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import telling
from builders import NOW, add_client, client

from listener.alerting import incident_telling
from listener.domain.message import Message
from listener.domain.pictured import Pictured, path
from listener.domain.rules import Rules, Watched
from listener.jobs.status import Status
from listener.notify.picture import picture
from listener.store import changes, incidents, outbox, secrets
from listener.store.engine import open_database
from listener.web.desk import Desk
from listener.web.port import bind
from listener.web.server import Server

PUBLIC = "https://listener.agency.example"
WATCHED = Watched(client=client("mills"), rules=Rules(), receivers=("accounts",), public_url=PUBLIC)
EVIDENCE = {"people": 5, "stories": 3, "usual": [0, 1], "first_at": NOW.isoformat()}


class Page:
    """A page over a database with one incident that was told with a chart; `now` may be set."""

    def __init__(self, database, number):
        self.database, self.number, self.now = database, number, NOW

    def ask(self, url, *, method="GET", host="listener.agency.example"):
        parts = urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", self.number, timeout=10)
        with closing(connection):
            connection.request(method, f"{parts.path}?{parts.query}", headers={"Host": host})
            answer = connection.getresponse()
            return answer, answer.read()

    @property
    def message(self):
        """As the receiver got it."""
        with self.database.read() as connection:
            return outbox.newest(connection)[0].notification.message

    def signed(self, **changes_):
        """A link that this database signed, to something else."""
        with self.database.read() as connection:
            key = secrets.get(connection, "answers")
        return PUBLIC + path(
            Pictured(**{"incident": 1, "change": 2, "until": NOW + timedelta(days=7), **changes_}), key
        )


@pytest.fixture
def page(sqlite_url):
    database = open_database(sqlite_url)
    listening = bind("127.0.0.1", 0)
    one = Page(database, listening.getsockname()[1])
    with database.write() as connection:
        add_client(connection, "mills")
        incident = incidents.open_incident(
            connection, client_id="mills", rule="negative_spike", now=NOW, evidence=EVIDENCE, last_match_id=0
        )
        message = replace(telling.FIRING, incident=incident.id, links=())
        incident_telling.begin(connection, WATCHED, incident, message, now=NOW, end_groups=True)
    desk = Desk(
        database=database,
        watched=lambda: {"mills": WATCHED},
        people=dict,
        public_url=lambda: PUBLIC,
        listens_on=f"127.0.0.1:{one.number}",
        now=lambda: one.now,
    )
    server = Server(listening, lambda: Status(troubles=(), facts={}), desk)
    server.start()
    yield one
    server.stop()
    listening.close()
    database.close()


def test_the_message_bears_a_link_to_the_counts_as_it_told_them(page):
    answer, body = page.ask(page.message.picture)
    assert answer.status == 200
    assert body == picture(telling.FIRING.chart)
    assert page.message.chart == telling.FIRING.chart
    assert page.message.picture == page.signed()


def test_it_stays_that_picture_whatever_becomes_of_the_incident(page):
    link = page.message.picture
    later = replace(telling.CHART, counts=(9,) * 24).to_json()
    with page.database.write() as connection:
        changes.add(connection, 1, what="told", detail={"chart": later}, now=NOW)
        incidents.close(connection, 1, who="Dana", why="paid", now=NOW)
    assert page.ask(link)[1] == picture(telling.FIRING.chart)


def test_it_is_an_image_that_is_kept_by_nobody_and_runs_nothing(page):
    answer, body = page.ask(page.message.picture)
    told = {name.lower(): value for name, value in answer.getheaders()}
    assert told["content-type"] == "image/png"
    assert told["content-length"] == str(len(body))
    assert told["x-content-type-options"] == "nosniff"
    assert told["cache-control"] == "no-store"
    assert told["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert told["content-disposition"] == 'inline; filename="counts.png"'
    assert told["referrer-policy"] == "no-referrer"
    assert "etag" not in told
    assert "set-cookie" not in told


def test_a_look_at_its_head_has_no_body_and_nothing_can_be_sent_to_it(page):
    answer, body = page.ask(page.message.picture, method="HEAD")
    assert (answer.status, answer.headers["Content-Type"], body) == (200, "image/png", b"")
    for method in ("POST", "PUT", "DELETE"):
        answer, _ = page.ask(page.message.picture, method=method)
        assert (answer.status, answer.headers["X-Content-Type-Options"]) == (405, "nosniff")


def test_whatever_is_wrong_is_answered_as_a_path_that_never_was(page):
    """Unknown, forged, too old, of another host: nobody learns which."""
    link = page.message.picture
    forged = {
        "another sign": link[:-1] + ("0" if link[-1] != "0" else "1"),
        "no sign": link.partition("&sign=")[0],
        "empty sign": link.partition("&sign=")[0] + "&sign=",
        "strange sign": link.partition("&sign=")[0] + "&sign=%F0%9F%94%A5%00",
        "another incident": link.replace("/incidents/1/", "/incidents/2/"),
        "another change": link.replace("/counts/2.png", "/counts/1.png"),
        "longer": link.replace("until=1", "until=2"),
        "no time": link.replace("until=", "unto="),
        "the sign of an answer": link.partition("?")[0] + "?" + page.message.links[0].url.partition("?")[2],
        "no such incident": page.signed(incident=7),
        "no such change": page.signed(change=99),
        "a change without counts": page.signed(change=1),
        "too old": page.signed(until=NOW - timedelta(seconds=1)),
        "no number": link.replace("/counts/2.png", "/counts/x.png"),
        "a number of other signs": link.replace("/counts/2.png", "/counts/%C2%B2.png"),
        "a long number": link.replace("/incidents/1/", f"/incidents/{'1' * 5_000}/"),
        "a long time": link.replace("until=1", "until=" + "9" * 15),
    }
    never, _ = asked = page.ask(f"{PUBLIC}/nowhere.png?a")
    assert never.status == 404
    for name, url in forged.items():
        assert alike(page.ask(url)) == alike(asked), name
    assert alike(page.ask(link, host="rebound.example")) == alike(asked)
    page.now = NOW + timedelta(days=7, seconds=1)
    assert alike(page.ask(link)) == alike(asked)


def alike(asked):
    answer, body = asked
    return answer.status, {name: value for name, value in answer.getheaders() if name != "date"}, body


def test_without_a_page_that_others_reach_there_is_no_link_to_it(page):
    message = replace(page.message, id="2", picture=None, links=())
    with page.database.write() as connection:
        hidden = replace(WATCHED, public_url=None)
        incident_telling.send(connection, message, hidden, now=NOW, change=2)
    assert (page.message.id, page.message.picture, page.message.links) == ("2", None, ())


def test_a_message_without_counts_has_no_link_to_them(page):
    with page.database.write() as connection:
        incident_telling.send(
            connection, Message(id="3", kind="taken", headline="x", incident=1), WATCHED, now=NOW, change=2
        )
    assert page.message.picture is None
    assert page.message.links
