"""The real run: the daemon watches recorded feeds for ten invented clients, and is killed again and again.

`run` returns what it came to; docs/real-run.md tells it for people. Everything random comes from one seed.
"""

import json
import random
import time
from dataclasses import dataclass

import realfeeds
import realledger
from fakeslack import serving
from oracle import Client, read
from places import Place
from realfeeds import TALK
from realoutcome import Outcome, Size
from running import FastClock, Running, until
from world import listener

TROUBLED = "Brindlewick"
CLIENTS = (
    Client(name="Atlas Robotics", any_of=("robots", "robot", "amok", "machine")),
    Client(name="Podium Audio", any_of=("podcast", "podcasts", "episode", "folge", "audio")),
    Client(name="Northwind Data", any_of=("data", "database", "api"), none_of=("google",)),
    Client(name="Ledger Lane", any_of=("price", "buy", "company", "business")),
    Client(name="Cinder Games", any_of=("game", "games", "movie")),
    Client(name="Linden Travel", any_of=("new york", "city", "travel", "hotel")),
    # Not "title": nobody sees what stands in a <head>, but feedparser's sanitizer leaves the words of its <title> there.
    Client(name="Quillmark Press", any_of=("text", "description", "example"), none_of=("podcast",)),
    Client(name="Sable Security", any_of=("security", "internet", "server", "safe")),
    Client(name="Feldmann Verlag", any_of=("nicht", "auch", "uber"), all_of=("und",)),
    Client(name=TROUBLED, any_of=("brindlewick",)),
)
SMALL_TALK = (
    "The {} of the town was on the radio today",
    "Somebody told me about a {} near the harbour",
    "I saw the new {} yesterday and took a picture",
)


def run(folder, size, *, database="sqlite:///listener.db"):
    """One whole run; the database is read through `database` when all is over."""
    began = time.monotonic()
    url = database if "///listener.db" not in database else f"sqlite:///{folder}/listener.db"
    clock = FastClock.starting(size.rate)
    with Place() as place, serving() as slack:
        feeds = realfeeds.opened(place, count=size.feeds, seed=size.seed, now=clock.now)
        done = Outcome(size=size, feeds=feeds, clients=len(CLIENTS), troubled=TROUBLED)
        config = write_config(folder, feeds, size, slack=slack, database=database)
        live = Lives(config=config, slack=slack, clock=clock, feeds=feeds, url=url, size=size, done=done)
        for kill in size.kills:
            live.and_die(kill)
        live.and_settle()
        done.readings = {path: read(path, body, CLIENTS) for path, body in feeds.served.items()}
        done.books = realledger.compared(url, done.readings, root=place.url)
        done.in_slack = [one.words for one in slack.taken if one.path.startswith("/services/")]
        for one in slack.taken:
            if one.path.startswith("/hook/"):  # what grew old comes as a group, each message whole in it
                done.to_machines += (one.payload["facts"] or {}).get("grouped", [one.payload])
    done.seconds = time.monotonic() - began
    return done


@dataclass(kw_only=True)
class Lives:
    """The daemon, life after life."""

    config: object
    slack: object
    clock: FastClock
    feeds: realfeeds.Feeds
    url: str
    size: Size
    done: Outcome

    def __post_init__(self):
        self.chance = random.Random(self.size.seed)

    def start(self, **more):
        return Running(self.config, clock=self.clock, **self.environment, **more)

    @property
    def environment(self):
        return {"hook": self.slack.hook_url, "SLACK_URL": self.slack.url}

    def and_die(self, kill):
        """One life and its violent end."""
        if kill.loaded:
            self.and_rest()
        self.talk()
        at = None if kill.who in {"alone", "all"} else kill.who
        with self.start(die_at=at) as daemon:
            if kill.burst:
                scope = self.feeds.place.url + TALK
                until(lambda: realledger.is_heard(self.url, scope), within_s=self.size.patience_s)
                self.done.complaints = self.feeds.burst(TROUBLED)
            how = self.dead_at(daemon, at) if at else self.killed(daemon, kill.who)
            self.done.kills[how] += 1
            self.done.orphans += daemon.left_behind(within_s=5)

    def and_rest(self):
        """A life in peace, until everything has been polled once."""
        with self.start() as daemon:
            until(
                lambda: "new" not in daemon.health()[1].get("sources", {"new": 1}),
                within_s=self.size.patience_s,
            )
            assert daemon.stop() == 0

    def killed(self, daemon, who):
        """At a random moment."""
        life = self.chance.uniform(*self.size.lives_s)
        assert not daemon.is_over(within_s=life), f"ended by itself:\n{daemon.log}"
        (daemon.kill_all if who == "all" else daemon.kill)()
        return who

    def dead_at(self, daemon, boundary):
        """Waits for it, and talks on meanwhile."""
        deadline = time.monotonic() + self.size.patience_s
        while not daemon.is_over(within_s=2):
            assert time.monotonic() < deadline, f"never came to {boundary}:\n{daemon.log}"
            self.talk()
        assert daemon.ended(within_s=1) == -9, daemon.log
        return boundary.partition(":")[0]

    def talk(self):
        """Somebody chats about a word that some client is known by, so that there is always something new."""
        client = self.chance.choice([one for one in CLIENTS if one.name != TROUBLED])
        self.feeds.tell(self.chance.choice(SMALL_TALK).format(client.any_of[0]))

    def and_settle(self):
        """The last life: until all is polled and told; then what it says of itself, and a clean end."""
        self.talk()
        talked = self.feeds.polled()[TALK]
        with self.start() as daemon:
            until(lambda: self.is_settled(daemon, talked), within_s=self.size.patience_s, every_s=0.5)
            shown = listener("sources", "-c", str(self.config), "--format", "jsonl", **self.environment)
            rows = map(json.loads, shown.stdout.splitlines())
            self.done.shown = {row["scope"].removeprefix(self.feeds.place.url): row for row in rows}
            self.done.health = daemon.healthy(within_s=self.size.patience_s)
            self.done.exit_code = daemon.stop()
            self.done.orphans += daemon.left_behind(within_s=5)

    def is_settled(self, daemon, talked):
        assert daemon.is_alive, daemon.log
        polled = self.feeds.polled()
        _, says = daemon.health()
        return (
            all(polled[path] >= self.size.polls for path in self.feeds.corpus)
            and all(polled[path] for path in self.feeds.broken)
            and polled[TALK] > talked + 1
            and "new" not in says.get("sources", {"new": 1})
            and set(says.get("notifications", ())) == {"sent"}
        )


def write_config(folder, feeds, size, *, slack, database):
    """Every feed as a source of one list; Slack's format to one receiver, the generic one beside it for who reads JSON."""
    sources = "\n".join(
        f"      - rss: {{url: '{feeds.place.url}{path}', every: {size.every}}}" for path in feeds.paths
    )
    clients = "\n".join(f"      - {{name: {one.name}, query: '{one.query}'}}" for one in CLIENTS)
    hosts = json.dumps([feeds.place.host, slack.url.split("/")[2]])
    path = folder / "config.yaml"
    path.write_text(
        f"database: {database}\n"
        "web: {listen: '127.0.0.1:0'}\n"
        f"network: {{allow_private: {hosts}}}\n"
        "health: {notify: [machines]}\n"
        "receivers:\n"
        "  accounts: {slack: {webhook_url: '${SLACK_URL}'}}\n"
        "  machines: {webhook: {url: '${HOOK}'}}\n"
        "watch_lists:\n"
        "  - name: key-accounts\n"
        "    notify: [accounts, machines]\n"
        f"    sources:\n{sources}\n"
        f"    clients:\n{clients}\n",
        encoding="utf-8",
    )
    return path
