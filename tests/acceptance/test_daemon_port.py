"""The daemon on its own port, and what it tells whom: health to health.notify, clients' news to accounts, secrets to nobody."""

import hashlib
import hmac
import http.client
import json
import re
import socket
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from fakeslack import serving
from places import Place
from prometheus_client.parser import text_string_to_metric_families
from running import Running, until
from saying import saying
from world import burst, listener, rss

from listener.store import tables

SECRETS = {
    "SLACK_PATH": "T0SECRET/B0SECRET/xoxSlackSecretPath",
    "HOOK_PATH": "hooksecretpath-91c",
    "HOOK_SECRET": "hmac-secret-4711",
    "FEED_TOKEN": "feed-token-secret-0815",
}
CONFIG = """\
database: sqlite:///listener.db
web: {{listen: "127.0.0.1:0"}}
network: {{allow_private: ["{place}", "{slack}"]}}
health: {{notify: [ops]}}
receivers:
  accounts: {{slack: {{webhook_url: "http://{slack}/services/${{SLACK_PATH}}"}}}}
  ops: {{webhook: {{url: "http://{place}/${{HOOK_PATH}}", secret: "${{HOOK_SECRET}}"}}}}
watch_lists:
  - name: loud
    notify: [accounts]
    sources: &sources
      - rss: {{url: "http://{place}/talk.xml?token=${{FEED_TOKEN}}", every: 5m}}
      - rss: {{url: "http://{place}/shaky.xml?token=${{FEED_TOKEN}}", every: 5m}}
    clients: [{{name: Mills}}]
  - name: quiet
    notify: [accounts]
    sources: *sources
    clients: [{{name: Acme}}]
    rules: {{each_negative: {{}}}}
  - name: quietest
    notify: [accounts]
    sources: *sources
    clients: [{{name: Beta Foods}}]
    rules: {{each_mention: {{}}}}
"""


class World:
    """A talk, a source that breaks and recovers, a Slack for the accounts, a signed webhook for operations."""

    def __init__(self, folder, place, slack):
        self.place, self.slack = place, slack
        self.config = folder / "config.yaml"
        self.config.write_text(
            CONFIG.format(place=place.host, slack=slack.url.split("/")[2]), encoding="utf-8"
        )
        self.file = folder / "listener.db"
        self.said = []
        self.say()
        self.place.says("/shaky.xml", rss([]))
        self.place.says(f"/{SECRETS['HOOK_PATH']}", b"thanks")

    def say(self, *items):
        self.said[:0] = items
        self.place.says("/talk.xml", rss(self.said))

    def once(self, *more):
        return listener("run", "-c", str(self.config), "--once", "--all", *more)

    @property
    def to_ops(self):
        return [one for one in self.place.asked if one.method == "POST"]

    def rows(self, query):
        engine = sa.create_engine(f"sqlite:///{self.file}")
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(query)]
        finally:
            engine.dispose()


@pytest.fixture
def world(tmp_path, monkeypatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with Place() as place, serving() as slack:
        yield World(tmp_path, place, slack)


def just_now(words, number=0):
    return (f"now-{number}", words, f"writer{number}", datetime.now(UTC) - timedelta(minutes=1))


def hidden_in(text):
    return [name for name, secret in SECRETS.items() if secret in text]


def ask(url, path="/", method="GET", **headers):
    connection = http.client.HTTPConnection(urlsplit(url).hostname, urlsplit(url).port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return (
            answer.status,
            {name.lower(): value for name, value in answer.getheaders()},
            answer.read().decode(),
        )
    finally:
        connection.close()


def test_news_of_health_goes_to_operations_and_news_of_clients_to_the_accounts(world):
    """Four rounds: well, broken, still broken, well again; meanwhile somebody speaks of quiet clients."""
    world.once()
    world.place.says("/shaky.xml", b"", status=404)
    world.say(
        just_now("Acme never sent my refund, awful service", 1),
        just_now("Acme has great people, lovely", 2),
        just_now("Beta Foods opens a shop", 3),
    )
    world.once()
    world.once()
    world.place.says("/shaky.xml", rss([]))
    world.once()

    broke, recovered = [json.loads(one.body) for one in world.to_ops]
    assert (broke["kind"], recovered["kind"]) == ("health", "health")
    assert broke["client"] is None
    assert "cannot hear: 127.0.0.1 has nothing at this address (404): check the URL." in broke["lines"][0]
    assert "hears again after" in recovered["lines"][0]

    told = [one.words for one in world.slack.taken]
    assert len(told) == 2
    acme, beta = sorted(told, key=lambda words: "Beta Foods" in words)
    assert "1 negative mention" in acme
    assert "never sent my refund" in acme
    assert "great people" not in acme
    assert "Beta Foods opens a shop" in beta
    assert not any("404" in words or "cannot hear" in words for words in told)

    for one in world.to_ops:
        stamp, signature = re.fullmatch(
            r"t=(\d+),v1=([0-9a-f]{64})", one.headers["listener-signature"]
        ).groups()
        signed = hmac.new(SECRETS["HOOK_SECRET"].encode(), f"{stamp}.".encode() + one.body, hashlib.sha256)
        assert signed.hexdigest() == signature
        assert abs(int(stamp) - datetime.now(UTC).timestamp()) < 300
    keys = [one.headers["idempotency-key"] for one in world.to_ops]
    assert len(set(keys)) == 2


def test_the_port_answers_what_it_must_and_no_secret_leaves_the_process(world):
    """One life of the daemon, talkative, with a Slack that fails and a source that breaks."""
    world.slack.script[:] = ["500"] * 50
    world.place.says("/shaky.xml", b"<html>log in</html>", headers={"Content-Type": "text/html"})
    world.once()
    world.say(*burst("Mills"))
    world.once()
    with Running(world.config, more=["--verbose"]) as daemon:
        body = daemon.healthy(within_s=20)
        assert body["sources"] == {"ok": 1, "needs attention": 1}
        assert body["open_incidents"] == 1
        assert {"round_age_s", "last_poll_at", "oldest_unsent_at", "notifications", "set_aside"} <= set(body)
        assert saying("health", "--url", daemon.url).code == 0

        shown = {path: ask(daemon.url, path) for path in ("/", "/healthz", "/metrics")}
        assert [answer[0] for answer in shown.values()] == [200, 200, 200]
        assert shown["/"][2].startswith("Listener is running.")
        assert "application/json" in shown["/healthz"][1]["content-type"]
        metrics = {family.name: family for family in text_string_to_metric_families(shown["/metrics"][2])}
        states = {one.labels["state"]: one.value for one in metrics["listener_sources"].samples}
        assert states == {"ok": 1, "needs attention": 1}
        assert metrics["listener_oldest_unsent_seconds"].samples[0].value >= 0

        refused = [
            ask(daemon.url, "/nothing"), ask(daemon.url, "/healthz", "POST"), ask(daemon.url, "/docs"),
            ask(daemon.url, "/../etc/passwd"), ask(daemon.url, "/metrics", "DELETE"),
        ]  # fmt: skip
        assert [answer[0] for answer in refused] == [404, 405, 404, 404, 405]
        for _, headers, _ in [*shown.values(), *refused]:
            assert headers["content-security-policy"].startswith("default-src 'none'")
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
            assert "server" not in headers
        until(lambda: world.slack.received, within_s=20)

        texts = [daemon.log, *(answer[2] for answer in shown.values())]
        texts += [saying(*words, "-c", world.config).out for words in looking()]
        texts += [str(row) for row in world.rows(sa.select(tables.outbox.c.error, tables.outbox.c.message))]
        texts += [str(row) for row in world.rows(sa.select(tables.targets.c.health))]
        assert all(texts)
        assert {text[:60]: hidden_in(text) for text in texts if hidden_in(text)} == {}
        errors = [error for (error,) in world.rows(sa.select(tables.outbox.c.error)) if error]
        assert "Slack is in trouble (500)" in errors

        with open_requests(daemon.url) as (first, second):
            assert daemon.stop(within_s=25) == 0
            assert (first.recv(10), second.recv(10)) == (b"", b"")
    assert hidden_in(daemon.log) == []
    assert "Traceback" not in daemon.log


def looking():
    for words in (["sources"], ["incidents"], ["mentions"]):
        yield words
        yield [*words, "--format", "jsonl"]


@contextmanager
def open_requests(url):
    """Two connections in the middle of something: one half asked, one that was answered and keeps the line."""
    address = (urlsplit(url).hostname, urlsplit(url).port)
    with (
        socket.create_connection(address, timeout=30) as half,
        socket.create_connection(address, timeout=30) as idle,
    ):
        half.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Sl")
        idle.sendall(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while not answer.endswith(b"Not Found\n"):
            part = idle.recv(4096)
            assert part, answer
            answer += part
        yield half, idle
