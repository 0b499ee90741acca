"""One made-up place for tests of the jobs: a connector that does as it is told, on a database that was just opened.

with one_place(database, fetch=lambda: [page("Mills never sent my refund")]) as here:
    here.polls.start_due(here.plan)
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import rounds
import sqlalchemy as sa
from builders import client

from listener.app import StoredRobots, make_intake
from listener.connector import Connector, OptionsModel, Page
from listener.connector.apart import Inline
from listener.connector.target import Target
from listener.domain.found import Author, Found
from listener.domain.rules import Rules, Watched
from listener.door.door import Door
from listener.jobs.plan import Plan
from listener.jobs.polls import Polls
from listener.polling.poll import Means
from listener.store import configured, tables
from listener.store.ledger import StoredLedger

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVERY = timedelta(minutes=15)


class PlaceOptions(OptionsModel):
    """Which place."""

    name: str


def found(words, number=0, *, at=None, by="ann"):
    return Found(
        external_id=f"item-{number}-{words}",
        text=words,
        published_at=at,
        author=Author(key=by, name=by, handle=by),
    )


def page(*items, gone=(), gone_authors=()):
    return Page(found=tuple(items), cursor=None, gone=tuple(gone), gone_authors=tuple(gone_authors))


@dataclass(kw_only=True)
class OnePlace:
    """`fetch` is called at each poll with the source's name: it returns pages, or raises. `http` are the visits by name."""

    database: object
    fetch: object
    health: tuple = ("ops",)
    now: datetime = START
    door: Door | None = None
    polls: Polls | None = None
    plan: Plan | None = None
    polled: list = field(default_factory=list)
    http: dict = field(default_factory=dict)
    spends: float = 1.0

    def clock(self):
        return self.now

    def later(self, **span):
        self.now += timedelta(**span)

    def until_written(self):
        """Wait for the polls under way and write how they ended."""
        self.polls.wait(at_most_s=10)
        return self.polls.write_ended(self.plan)


@contextmanager
def one_place(database, *, fetch, names=("first",), receivers=(), declares=None, fixed=False, **more):
    """Opened with one source of that made-up kind for each name, all about the client Mills.

    `declares` is what else the connector declares; `fixed` where the file says how often its sources are polled.
    """
    here = OnePlace(database=database, fetch=fetch, **more)

    def fetched(http, options, cursor):
        here.polled.append(options.name)
        here.http[options.name] = http
        yield from here.fetch(options.name) or ()

    connector = Connector(
        kind="made_up",
        summary="A place of this test.",
        options=PlaceOptions,
        scope=lambda one: one.name,
        fetch=fetched,
        **(declares or {}),
    )
    mills = client("mills")
    targets = [
        Target(
            connector=connector, options=PlaceOptions(name=name), scope=name, every=EVERY,
            matched=frozenset({"mills"}), audiences=frozenset({"list:key-accounts"}), adapts=not fixed,
        )
        for name in names
    ]  # fmt: skip
    here.door = Door(
        contact=None,
        version="0",
        now=here.clock,
        transport=httpx.MockTransport(lambda _: httpx.Response(404)),
    )
    means = Means(
        database=database, door=here.door, apart=Inline(), robots=StoredRobots(database), ledger=StoredLedger(database)
    )  # fmt: skip
    here.polls = Polls(means, clock=here.clock, threads=4)
    here.plan = Plan(
        targets={target.identity: target for target in targets},
        clients=(mills,),
        watched={"mills": Watched(client=mills, rules=Rules(), receivers=("accounts",))},
        receivers={
            name: rounds.receiver("http://127.0.0.1:1/x", name=name)
            for name in ("accounts", "ops", *receivers)
        },
        health_receivers=here.health,
        intake=make_intake((mills,)),
    )
    with database.write() as connection:
        configured.sync(connection, targets, (mills,), here.now)
        connection.execute(sa.update(tables.targets).values(next_poll_at=here.now))  # all at once, not spread
    try:
        yield here
    finally:
        here.door.close()
