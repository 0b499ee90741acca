"""The daemon's port: what each path answers over a status, and a port that is taken before anything starts."""

import http.client
import socket
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from listener.jobs.status import Status
from listener.web.port import PortTaken, bind
from listener.web.server import Server

WELL = Status(
    troubles=(), facts={"last_poll_at": datetime(2026, 3, 2, tzinfo=UTC).isoformat(), "sources": {"ok": 3}}
)
ILL = Status(troubles=("no round has finished for 40 s: the loop is stalled",), facts={"round_age_s": 40.0})


@pytest.fixture(scope="module")
def port():
    """A server whose status a test may set."""
    listening = bind("127.0.0.1", 0)
    holder = type("Port", (), {"status": WELL, "number": listening.getsockname()[1]})()
    server = Server(listening, lambda: holder.status)
    server.start()

    def ask(path="/", method="GET"):
        connection = http.client.HTTPConnection("127.0.0.1", holder.number, timeout=10)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()

    holder.ask = ask
    yield holder
    server.stop()
    listening.close()


@pytest.fixture(autouse=True)
def well(port):
    port.status = WELL


def test_health_is_200_with_the_facts(port):
    answer, body = port.ask("/healthz")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert (
        body == '{"healthy":true,"troubles":[],"last_poll_at":"2026-03-02T00:00:00+00:00","sources":{"ok":3}}'
    )


def test_trouble_is_503_with_its_sentence(port):
    port.status = ILL
    answer, body = port.ask("/healthz")
    assert (answer.status, "the loop is stalled" in body) == (503, True)


def test_the_short_status_is_for_a_person(port):
    assert port.ask("/")[1].startswith("Listener is running.\n\nlast_poll_at: 2026")
    port.status = ILL
    assert port.ask("/")[1].startswith("Listener has trouble:\nno round has finished for 40 s")


def test_the_metrics_can_be_read_by_prometheus(port):
    answer, body = port.ask("/metrics")
    assert answer.status == 200
    names = {family.name for family in text_string_to_metric_families(body)}
    assert {
        "listener_polls",
        "listener_mentions",
        "listener_outbox",
        "listener_oldest_unsent_seconds",
    } <= names


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/nothing", "GET", 404), ("/healthz/", "GET", 404), ("/", "POST", 405), ("/metrics", "PUT", 405), ("//", "GET", 404)],
)  # fmt: skip
def test_nothing_else_is_served(port, path, method, status):
    answer, _ = port.ask(path, method)
    assert answer.status == status


@pytest.mark.parametrize(("path", "method"), [("/", "GET"), ("/healthz", "GET"), ("/metrics", "GET"), ("/no", "GET"), ("/", "POST")])  # fmt: skip
def test_every_answer_forbids_what_a_browser_could_do_with_it(port, path, method):
    answer, _ = port.ask(path, method)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Server" not in answer.headers


def test_a_refused_method_names_those_that_are_served(port):
    assert set(port.ask("/", "POST")[0].headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_a_taken_port_is_a_sentence_with_the_remedy():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"cannot listen on 127.0.0.1:{number} .*set `web: {{listen:"):
            bind("127.0.0.1", number)


def test_an_address_that_is_not_this_machines_is_the_same_sentence():
    with pytest.raises(PortTaken, match=r"cannot listen on 192\.0\.2\.1:8080"):
        bind("192.0.2.1", 8080)


def test_it_listens_on_ipv6_where_asked():
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        listening = bind("::1", 0)
    except PortTaken as reason:
        pytest.skip(f"no IPv6 loopback here: {reason}")
    with listening:
        assert listening.family == socket.AF_INET6
