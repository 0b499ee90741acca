"""A small world for crash tests: a few feeds, two clients with different rules, Slack and a webhook, a daemon to be killed.

with town(tmp_path, url=database_url) as here:
    with here.start(die_at="page-storing") as daemon:
        assert daemon.ended(within_s=30) == -9
"""

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from fakeslack import FakeSlack, serving
from places import Place
from running import FastClock, Running
from world import burst, rss

from listener.store import tables

TALK, FEEDS = "/talk.xml", 6
CONFIG = """\
database: {url}
web: {{listen: "127.0.0.1:0"}}
network: {{allow_private: [{place}, {slack}]}}
health: {{notify: [machines]}}
telling: {{group_wait: {wait}}}
receivers:
  accounts: {{slack: {{webhook_url: "${{SLACK_URL}}"}}}}
  machines: {{webhook: {{url: "${{HOOK}}"}}}}
watch_lists:
  - name: loud
    notify: [accounts, machines]
    sources: &sources
{sources}
    clients: [{{name: Mills}}]
    rules: {{negative_spike: {{}}}}
  - name: quiet
    notify: [machines]
    sources: *sources
    clients: [{{name: Acme}}]
    rules: {{each_mention: {{}}}}
"""


@dataclass(kw_only=True)
class Town:
    """What is served, and who is told. `said` counts what people have put into the talk about each client."""

    config: object
    url: str
    place: Place
    slack: FakeSlack
    clock: FastClock
    talk: list = field(default_factory=list)
    said: Counter = field(default_factory=Counter)

    def start(self, **more):
        return Running(self.config, clock=self.clock, **self.environment, **more)

    @property
    def environment(self):
        return {"hook": self.slack.hook_url, "SLACK_URL": self.slack.url}

    def tell(self, words):
        """Somebody says something, now."""
        number = len(self.talk)
        self._put([(f"talk-{number}", words, f"talker{number}", self.clock.now() - timedelta(minutes=1))])

    def burst(self):
        """Twelve strangers complain about Mills."""
        self._put(burst("Mills", at=self.clock.now()))

    def _put(self, items):
        self.talk[:0] = items
        self.said.update(
            client for _, words, _, _ in items for client in ("Mills", "Acme") if client in words
        )
        self.place.says(TALK, body=rss(self.talk))

    @contextmanager
    def rows(self):
        """A connection to its database, past the daemon."""
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def stored(self):
        """How many mentions each client has."""
        with self.rows() as connection:
            query = sa.select(tables.matches.c.client_id, sa.func.count()).group_by(
                tables.matches.c.client_id
            )
            return Counter({row[0]: row[1] for row in connection.execute(query)})

    def is_heard(self):
        """Whether every first poll has come to its end: what comes from now on is news."""
        with self.rows() as connection:
            if not sa.inspect(connection).has_table(tables.hearings.name):
                return False
            times = list(connection.scalars(sa.select(tables.hearings.c.since_at)))
        return bool(times) and all(times)

    def states(self, table):
        """How many rows of the outbox or of the incidents are in each state."""
        with self.rows() as connection:
            query = sa.select(table.c.state, sa.func.count()).group_by(table.c.state)
            return {row[0]: row[1] for row in connection.execute(query)}

    def doubled(self):
        """Items that stand in two rows."""
        columns = (tables.mentions.c.target_id, tables.mentions.c.external_id)
        with self.rows() as connection:
            again = sa.select(*columns).group_by(*columns).having(sa.func.count() > 1)
            return [tuple(row) for row in connection.execute(again)]

    def claimed(self):
        """Targets that some poll holds."""
        held = sa.select(tables.targets.c.scope).where(tables.targets.c.claimed_until.is_not(None))
        with self.rows() as connection:
            return list(connection.scalars(held))

    def integrity(self):
        with self.rows() as connection:
            if connection.dialect.name != "sqlite":
                return "ok"
            return connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()

    def alerts(self, kind):
        """What was told of this kind: in Slack, and to machines."""
        signs = {"firing": ("🔴", "🚨"), "resolved": ("🟢",)}
        in_slack = [one.words for one in self.slack.taken if one.path.startswith("/services/")]
        return (
            [words for words in in_slack if words.startswith(signs[kind])],
            [one for one in self.to_machines if one["kind"] == kind],
        )

    @property
    def to_machines(self):
        return [one.payload for one in self.slack.taken if one.path.startswith("/hook/")]


@contextmanager
def town(folder, *, url, rate=1.0, feeds=FEEDS):
    """Opened with a few feeds that say the same as ever; `url` may name a database that is not there yet."""
    clock = FastClock.starting(rate)
    with Place() as place, serving() as slack:
        paths = [TALK, *(f"/feed/{number}.xml" for number in range(feeds))]
        config = folder / "config.yaml"
        here = Town(config=config, url=url, place=place, slack=slack, clock=clock)
        here.config.write_text(text(here, paths), encoding="utf-8")
        for number, path in enumerate(paths[1:]):
            client = ("Mills", "Acme")[number % 2]
            place.says(
                path,
                body=rss(
                    [
                        (
                            f"{number}-{n}",
                            f"{client} opens shop {n}",
                            "press",
                            clock.now() - timedelta(days=3),
                        )
                        for n in range(3)
                    ]
                ),
            )
            here.said[client] += 3
        here.tell("Good morning, everybody")
        yield here


def text(here, paths, *, web="127.0.0.1:0"):
    """The configuration of a town with these feeds."""
    sources = "\n".join(f"      - rss: {{url: '{here.place.url}{path}', every: 5m}}" for path in paths)
    hosts = {"place": json.dumps(here.place.host), "slack": json.dumps(here.slack.url.split("/")[2])}
    wait = "0s" if here.clock.rate == 1.0 else "30s"
    return CONFIG.format(url=json.dumps(here.url), sources=sources, wait=wait, **hosts).replace(
        "127.0.0.1:0", web
    )
