"""A world for two hundred deaths: people complain, join in, take, close and silence; a day goes by; whoever is told may fail.

with turmoil(tmp_path, url=database_url, seed=1) as here:
    here.until_everything_is_heard()
    here.step(lambda: here.complain(name), lambda: here.all_heard(name, "firing"), at=OPENING)

Each `step` is one thing that people do. The daemon is then killed, started and killed again until it has done its part.
Its clock runs nearly at its real pace, so that Slack's one message a second is one; what takes hours happens between two lives.
"""

import json
import random
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from itertools import count

import sqlalchemy as sa
from fakemail import MailPlace, mailing
from fakeslack import TOKEN, FakeSlack, serving
from places import Place
from running import FastClock, Running, until
from told import Told, at_each
from world import burst, rss

from listener.store import tables

TALK, RATE = "/talk.xml", 1.05
BEGINS = datetime(2026, 12, 1, 9, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LOUD = [f"Kelvo{number:02}" for number in range(1, 41)]
NIGHT = [f"Vesto{number:02}" for number in range(1, 13)]
HEARERS = {"loud": ("accounts", "bot", "machines", "mail"), "night": ("bot", "machines")}
SHOWN = 120  # items that the talk shows
LIVES_MOST = 4  # of one step, before it is given a life in peace
PATIENCE, PEACE_S = 4.0, 120.0  # the first in times that a start takes
CONFIG = """\
database: {url}
web: {{listen: "127.0.0.1:0"}}
network: {{allow_private: {private}}}
telling: {{group_wait: 5s, group_interval: 5m, repeat_every: 1h}}
escalate: {{after: 15m, to: lee, severity: minor}}
digest: {{daily: "08:00", to: [accounts, machines]}}
people:
  dana: {{name: Dana Lee}}
  lee: {{name: Lee Park, notify: [mail]}}
  owl: {{name: Noor Owl, quiet: "22:00-06:00"}}
receivers:
  accounts: {{slack: {{webhook_url: "${{SLACK_URL}}"}}}}
  bot: {{slack_bot: {{token: "${{SLACK_TOKEN}}", channel: C0ALERTS, api_url: "${{SLACK_API}}"}}}}
  machines: {{webhook: {{url: "${{HOOK}}"}}}}
  mail: {{email: {{host: "127.0.0.1", port: {mail}, security: none, sender: listener@agency.example, to: lee@agency.example}}}}
watch_lists:
  - name: loud
    owner: dana
    notify: [accounts, bot, machines, mail]
    sources: &sources
      - rss: {{url: "{talk}", every: 5m}}
    clients: [{loud}]
  - name: night
    owner: owl
    notify: [bot, machines]
    sources: *sources
    clients: [{night}]
  - name: quiet
    notify: [machines]
    sources: *sources
    clients: [{{name: Acme}}]
    rules: {{negative_spike: off, good_news: off, each_mention: {{gather_for: 15m, at_most: 100}}}}
"""


@dataclass(kw_only=True)
class Turmoil:
    """The world, its daemon's lives and deaths, and what people did: `said` to be stored, `visits` and what is `owed` to be told."""

    config: object
    url: str
    place: Place
    slack: FakeSlack
    mail: MailPlace
    clock: FastClock
    chance: random.Random
    engine: sa.Engine
    talk: list = field(default_factory=list)
    said: Counter = field(default_factory=Counter)
    visits: list = field(default_factory=list)
    days: set = field(default_factory=set)
    owed: dict = field(default_factory=lambda: defaultdict(list))
    silenced: dict = field(default_factory=dict)
    deaths: Counter = field(default_factory=Counter)
    commands: Counter = field(default_factory=Counter)
    rested: int = 0
    starts_in_s: float = 3.0
    began: float = field(default_factory=time.monotonic)
    orphans: list = field(default_factory=list)
    numbers: count = field(default_factory=count)

    # What people do

    def complain(self, client, people=12):
        """So many strangers, within minutes."""
        self._put(client, burst(client, people, at=self.clock.now(), prefix=f"said-{next(self.numbers)}"))

    def visit(self):
        """Somebody speaks of the quiet client."""
        number = next(self.numbers)
        self.visits.append(f"Acme has visitor no {number}")
        self._put("Acme", [(f"visit-{number}", self.visits[-1], f"visitor{number}", self.clock.now())])

    def _put(self, client, items):
        number = len(self.talk)
        named = [(guid, words, f"{who}-{number}", at) for guid, words, who, at in items]
        self.talk[:0] = named
        self.said[client] += len(named)
        self.place.says(TALK, body=rss(self.talk[:SHOWN]))

    def trouble(self):
        """Now and then somebody who is told is in trouble: asks for a pause, fails, or takes a message without a word."""
        told = self.chance.choice(
            ["429 30", "429 120", "500", "close", "DATA 451 later", "DATA close", *[""] * 18]
        )
        if told.startswith("DATA"):
            self.mail.script["DATA"] = told.removeprefix("DATA ")
        elif told:
            self.slack.script[:] = [told]

    # Time

    def pass_(self, by):
        """So much time goes by in which the daemon is dead."""
        self.clock = self.clock.ahead(by)

    def pass_until(self, clock):
        """Until it is next so late, by the clocks of UTC."""
        now = self.clock.now()
        at = datetime.combine(now.date(), clock, UTC)
        self.pass_((at if at > now else at + DAY) - now)

    # Lives

    def start(self, **more):
        return Running(self.config, **self.environment, **more)

    @property
    def environment(self):
        """For the daemon and for the commands beside it."""
        slack = {"SLACK_URL": self.slack.url, "SLACK_API": self.slack.api_url, "SLACK_TOKEN": TOKEN}
        return {**slack, "hook": self.slack.hook_url, **self.clock.environment}

    @property
    def kills(self):
        return self.deaths.total()

    def step(self, act, done, *, at=()):
        """People act, before the daemon lives again or while it does; then it dies until it has done its part."""
        early = self.chance.random() < 0.5
        if early:
            act()
        self.life(at, done, during=None if early else act)
        lives = 1
        while not done():
            self.pass_(self.chance.choice([timedelta(), timedelta(), MINUTE, 6 * MINUTE]))
            lives += 1
            if lives > LIVES_MOST:
                self.peace(done)
            else:
                self.life(at, done)
        self.say(f"{self.kills} deaths after {at[:1]}")

    def life(self, at, done, during=None):
        """One life, to its violent end: at the one of these boundaries at which it died least, or at random."""
        self.trouble()
        boundary = min(at, key=lambda name: self.deaths[name.partition(":")[0]], default=None)
        if self.deaths[(boundary or "").partition(":")[0]] and self.chance.random() < 0.4:
            boundary = None
        if boundary is not None and not boundary.startswith("outbox"):
            self.pass_(6 * MINUTE)  # so that the source is polled again
        with self.start(die_at=boundary) as daemon:
            if during is not None:
                self.when_started(daemon, during)
            if boundary is not None:
                self.is_over_before(daemon, done)
                self.ends(daemon, boundary)
            else:
                assert not daemon.is_over(within_s=self.chance.uniform(0.1, 2.5) * self.starts_in_s), (
                    daemon.log
                )
                self.ends(daemon, None)

    def dies_at(self, boundary):
        """A life that ends there and nowhere else."""
        with self.start(die_at=boundary) as daemon:
            assert daemon.is_over(within_s=PEACE_S), f"never came to {boundary}:\n{daemon.log}"
            self.ends(daemon, boundary)

    def when_started(self, daemon, act):
        began = time.monotonic()
        try:
            daemon.said("started ")
            self.starts_in_s = time.monotonic() - began
        except AssertionError:  # it died first
            assert daemon.is_over(within_s=5), daemon.log
        act()

    def is_over_before(self, daemon, done):
        """Waits until it comes to its boundary, or has done its part without coming there."""
        ends_at = time.monotonic() + PATIENCE * self.starts_in_s
        while not daemon.is_over(within_s=0.3) and time.monotonic() < ends_at and not done():
            pass

    def ends(self, daemon, boundary):
        """At its boundary; or, where it did not come there, at whatever moment this is: it alone, or its whole group."""
        if boundary is None or not daemon.is_over(within_s=0):
            boundary = "at random"
            (daemon.kill if self.chance.random() < 0.5 else daemon.kill_all)()
        assert daemon.ended(within_s=10) == -9, daemon.log
        self.deaths[boundary.partition(":")[0]] += 1
        self.slack.pardon()
        self.orphans += daemon.left_behind(within_s=10)
        assert "Traceback" not in daemon.log, daemon.log

    def peace(self, done):
        """A life that lasts until it has done its part; then it is killed as well."""
        self.rested += 1
        self.slack.script.clear()
        self.mail.script.clear()
        self.pass_(6 * MINUTE)
        with self.start() as daemon:
            try:
                until(lambda: self.is_true(done, daemon), within_s=PEACE_S, every_s=0.2)
            except AssertionError:
                shown = "\n".join(daemon.lines[-60:])
                raise AssertionError(
                    f"not done within {PEACE_S} s, at {self.clock.now()}:\n{shown}"
                ) from None
            self.ends(daemon, None)

    def is_true(self, done, daemon):
        assert daemon.is_alive, daemon.log
        return done()

    def say(self, words):
        """How far it is, for whoever watches with -s."""
        print(f"{time.monotonic() - self.began:7.0f} s  {words}; {dict(self.deaths)}", flush=True)

    # What can be seen of it

    def rows(self, query):
        with self.engine.connect() as connection:
            return list(connection.execute(query))

    def is_heard(self):
        """Whether the first poll has come to its end for all who listen."""
        if not sa.inspect(self.engine).has_table(tables.hearings.name):
            return False
        since = [row.since_at for row in self.rows(sa.select(tables.hearings.c.since_at))]
        return bool(since) and all(since)

    def is_stored(self):
        return self.stored() == self.said

    def stored(self):
        query = sa.select(tables.matches.c.client_id, sa.func.count().label("number"))
        return Counter(
            {row.client_id: row.number for row in self.rows(query.group_by(tables.matches.c.client_id))}
        )

    def incident(self, client):
        """The one incident of this client, if there is one."""
        return next(
            iter(self.rows(sa.select(tables.incidents).where(tables.incidents.c.client_id == client))), None
        )

    def owes(self, client, what, *receivers):
        """From now on these receivers, or else all who hear of this client, must have received this of its incident."""
        self.owed[client].append((what, receivers or self.hearers(client)))

    def hearers(self, client):
        return HEARERS["loud" if client in LOUD else "night"]

    def heard(self, receiver):
        """What was received there, in order."""
        return at_each(self.slack, self.mail)[receiver]

    def all_heard(self, client, *kinds):
        """Whether each who hears of this client has received one of these of its incident."""
        wanted = [alert_id(client, kind) for kind in kinds]
        return all(self.has(receiver, *wanted) for receiver in self.hearers(client))

    def has(self, receiver, *ids):
        return any(one.id in ids for one in self.heard(receiver))


def alert_id(client, name):
    return f"{client}/negative_spike/1/{name}"


def told_by_receiver(here) -> dict[str, dict[str, list[Told]]]:
    """By receiver and id, each time that it was received."""
    found = {}
    for receiver, told in at_each(here.slack, here.mail).items():
        found[receiver] = defaultdict(list)
        for one in told:
            found[receiver][one.id].append(one)
    return found


@contextmanager
def turmoil(folder, *, url, seed):
    """Opened on a morning, with nothing said yet; `url` may name a database without tables."""
    clock = FastClock.showing(BEGINS, rate=RATE)
    with Place() as place, mailing() as mail, serving(clock=lambda: here.clock.now().timestamp()) as slack:
        config = folder / "config.yaml"
        hosts = [place.host, slack.url.split("/")[2], f"127.0.0.1:{mail.port}"]
        config.write_text(
            CONFIG.format(
                url=json.dumps(url),
                private=json.dumps(hosts),
                mail=mail.port,
                talk=place.url + TALK,
                loud=", ".join(f"{{name: {name}}}" for name in LOUD),
                night=", ".join(f"{{name: {name}}}" for name in NIGHT),
            ),
            encoding="utf-8",
        )
        engine = sa.create_engine(url)
        here = Turmoil(
            config=config,
            url=url,
            place=place,
            slack=slack,
            mail=mail,
            clock=clock,
            chance=random.Random(seed),
            engine=engine,
        )
        here._put("Acme", [("first", "Acme opened long ago", "press", clock.now() - 3 * DAY)])
        yield here
        engine.dispose()


QUIET_BEGINS, QUIET_ENDED, DIGEST = clock_time(22, 30), clock_time(6, 10), clock_time(8, 5)
