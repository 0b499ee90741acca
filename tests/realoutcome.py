"""What a real run is asked to do, what came of it, and the figures that are shown of it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import realfeeds
import realledger


@dataclass(frozen=True, kw_only=True)
class Kill:
    """How one life ends. `who`: "alone" (the parent's pid), "all" (the whole group), or the name of a commit boundary.

    With `burst` the complaints come in this life, once the talk is heard. With `loaded` everything has been polled before
    it, and it was stopped in peace: then only what is new is stored, and nothing would be read again from the start.
    """

    who: str = "alone"
    burst: bool = False
    loaded: bool = False


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
    clients: int
    troubled: str
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
        return [
            words
            for words in self.in_slack
            if words.startswith((f"🔴 *{self.troubled}*", f"🚨 *{self.troubled}*"))
        ]

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


def told(done):
    """The figures of a run, for people: what docs/real-run.md shows."""
    books, polls, states = done.books, done.polls, done.states
    who = {"alone": "the parent's pid alone", "all": "it and its children"}
    ways = ", ".join(f"{count} of {who[way]}" for way, count in done.kills.items() if way in who)
    boundaries = {way: count for way, count in done.kills.items() if way not in who}
    repeats = len(done.slack_alerts) - 1
    rows = {
        "sources": f"{len(polls):,}: {len(done.feeds.corpus):,} recorded feeds, 1 that people talk in, {len(done.feeds.broken)} broken on purpose",
        "clients": f"{done.clients}; the daemon's clock runs {done.size.rate:g} times as fast",
        "polled": f"{sum(polls.values()):,} polls, every recorded feed at least {min(polls[path] for path in done.feeds.corpus)} times",
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
