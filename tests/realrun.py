"""The real run: the daemon watches recorded feeds for ten invented clients, and is killed again and again.

`run` returns what it came to; docs/real-run.md tells it for people. Everything random comes from one seed.
"""

import json
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import realfeeds
import realledger
from fakeslack import serving
from oracle import Client, read
from places import Place
from realfeeds import TALK
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
    Client(name="Quillmark Press", any_of=("title", "text", "description", "example"), none_of=("podcast",)),
    Client(name="Sable Security", any_of=("security", "internet", "server", "safe")),
    Client(name="Feldmann Verlag", any_of=("nicht", "auch", "uber"), all_of=("und",)),
    Client(name=TROUBLED, any_of=("brindlewick",)),
)
SMALL_TALK = (
    "The {} of the town was on the radio today",
    "Somebody told me about a {} near the harbour",
    "I saw the new {} yesterday and took a picture",
)


@dataclass(frozen=True, kw_only=True)
class Kill:
    """How one life ends. `who`: "alone" (the parent's pid), "all" (the whole group), or the name of a commit boundary.

    With `burst` the complaints come in this life, once the talk is heard.
    """

    who: str = "alone"
    burst: bool = False


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much of it: feeds (None: all), how lives end, how fast the clock runs, how often a feed is polled at least."""

    feeds: int | None
    kills: tuple[Kill, ...]
    rate: float
    every: str
    lives_s: tuple[float, float]
    polls: int
    patience_s: float
    seed: int = 20261122


@dataclass(kw_only=True)
class Outcome:
    """What came of it, to be asserted and to be shown.

    `in_slack` is what the channel shows, `to_machines` what the generic webhook got; `shown` are the rows of `listener
    sources` by path.
    """

    size: Size
    feeds: realfeeds.Feeds
    books: realledger.Books | None = None
    readings: dict = field(default_factory=dict)
    shown: dict = field(default_factory=dict)
    kills: Counter = field(default_factory=Counter)
    orphans: list = field(default_factory=list)
    in_slack: list = field(default_factory=list)
    to_machines: list = field(default_factory=list)
    complaints: int = 0
    health: dict = field(default_factory=dict)
    exit_code: int | None = None
    seconds: float = 0.0

    @property
    def polls(self):
        return self.feeds.polled()

    @property
    def alerts(self):
        return [message for message in self.to_machines if message["kind"] == "firing"]

    @property
    def slack_alerts(self):
        return [words for words in self.in_slack if words.startswith(f"🔴 *{TROUBLED}*")]

    @property
    def states(self):
        return Counter(row["state"] for row in self.shown.values())

    @property
    def mistaken(self):
        """Sources that are shown other than they are."""
        wrong = [
            (path, row["state"], row["reason"])
            for path, (_, state, words) in self.feeds.broken.items()
            if (row := self.shown[path])["state"] != state or words not in row["reason"]
        ]
        for path, reading in self.readings.items():
            if (self.shown[path]["state"] == "ok") != reading.can_be_heard:
                wrong.append((path, self.shown[path]["state"], self.shown[path]["reason"]))
        return wrong

    @property
    def told_wrong(self):
        """Sources that need attention and were not told exactly once, and others that were."""
        news = {one["id"]: one["lines"] for one in self.to_machines if one["kind"] == "health"}
        broke = Counter(line.partition(" cannot hear: ")[0] for lines in news.values() for line in lines)
        named = defaultdict(set)
        for path, row in self.shown.items():
            named[row["state"]].add(f"rss {self.feeds.place.host.partition(':')[0]}{path}")
        may_be_told = named["needs attention"] | named["backing off"]
        return [
            name
            for name in named["needs attention"] | set(broke)
            if broke[name] != 1 or name not in may_be_told
        ]


def run(folder, size, *, database="sqlite:///listener.db"):
    """One whole run; the database is read through `database` when all is over."""
    began = time.monotonic()
    url = database if "///listener.db" not in database else f"sqlite:///{folder}/listener.db"
    clock = FastClock.starting(size.rate)
    with Place() as place, serving() as slack:
        feeds = realfeeds.opened(place, count=size.feeds, seed=size.seed, now=clock.now)
        done = Outcome(size=size, feeds=feeds)
        config = write_config(folder, feeds, size, slack=slack, database=database)
        live = Lives(config=config, slack=slack, clock=clock, feeds=feeds, url=url, size=size, done=done)
        for number, kill in enumerate(size.kills, 1):
            live.and_die(number, kill)
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

    def and_die(self, number, kill):
        """One life and its violent end."""
        self.talk(number)
        at = None if kill.who in {"alone", "all"} else kill.who
        with self.start(die_at=at) as daemon:
            if kill.burst:
                until(
                    lambda: realledger.is_heard(self.url, self.feeds.place.url + TALK),
                    within_s=self.size.patience_s,
                )
                self.done.complaints = self.feeds.burst(TROUBLED)
            how = self.killed(daemon, kill.who)
            self.done.kills[how] += 1
            self.done.orphans += daemon.left_behind(within_s=5)

    def killed(self, daemon, who):
        """Waits for the end at a boundary, or makes it at a random moment; how it was."""
        at_boundary = who not in {"alone", "all"}
        try:
            code = daemon.ended(
                within_s=self.size.patience_s if at_boundary else self.chance.uniform(*self.size.lives_s)
            )
        except AssertionError:
            (daemon.kill_all if who == "all" else daemon.kill)()
            return "alone" if at_boundary else who
        assert (at_boundary, code) == (True, -9), f"ended by itself ({code}):\n{daemon.log}"
        return who.partition(":")[0]

    def talk(self, number):
        """Somebody chats about a word that some client is known by, so that there is always something new."""
        client = self.chance.choice(CLIENTS[:-1])
        self.feeds.tell(number, self.chance.choice(SMALL_TALK).format(client.any_of[0]))

    def and_settle(self):
        """The last life: until all is polled and told; then what it says of itself, and a clean end."""
        self.talk(len(self.size.kills) + 1)
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


def told(done):
    """The figures of a run, for people: what docs/real-run.md shows."""
    books, polls, states = done.books, done.polls, done.states
    who = {"alone": "the parent's pid alone", "all": "it and its children"}
    ways = ", ".join(f"{count} of {who[way]}" for way, count in done.kills.items() if way in who)
    boundaries = {way: count for way, count in done.kills.items() if way not in who}
    repeats = len(done.slack_alerts) - 1
    rows = {
        "sources": f"{len(polls):,}: {len(done.feeds.corpus):,} recorded feeds, 1 that people talk in, {len(done.feeds.broken)} broken on purpose",
        "clients": f"{len(CLIENTS)}; the daemon's clock runs {done.size.rate:g} times as fast",
        "polled": f"{sum(polls.values()):,} polls, every source at least {min(polls.values())} times",
        "killed": f"{done.kills.total()} times by SIGKILL: {ways}, {sum(boundaries.values())} at commit boundaries ({', '.join(boundaries)})",
        "served": f"{books.entries:,} entries, {books.expected:,} of them about a client by feedparser and a plain matcher",
        "stored": f"{books.stored:,} mentions: {len(books.lost)} lost, {len(books.twice)} twice, {len(books.unexpected)} unexpected",
        "": f"{books.merged} copies merged across feeds, {books.aside} set aside, {books.beyond} from feeds that feedparser cannot read",
        "alerts": f"{len(done.alerts) and 1} firing for {done.complaints} complaints, {repeats} labelled as a possible repeat",
        "health": f"{states['ok']:,} ok, {states['needs attention']} need attention, {states['backing off']} backing off; /healthz {'healthy' if done.health['healthy'] else 'in trouble'}",
        "left": f"{len(done.orphans)} processes, {len(books.stuck)} rows stuck, integrity {books.integrity}; exit {done.exit_code} on SIGTERM",
        "took": f"{done.seconds:.0f} s",
    }
    return "\n".join(f"{name:<8} {value}" for name, value in rows.items())
