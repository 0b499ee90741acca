"""The composition root: builds everything from a Config, and owns the clock. The only file that knows every concrete class."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from listener import __version__
from listener.config import document, load, plan
from listener.config.config import Config
from listener.config.marks import beside
from listener.config.mistakes import Mistakes, plain
from listener.config.queries import in_context
from listener.config.scoring import Transformers
from listener.connector.apart import Apart
from listener.connector.folder import InboxHere
from listener.connector.robots import Robots
from listener.daemon import Daemon
from listener.domain.client import Client
from listener.domain.percolate import Percolator
from listener.domain.sentiment import Scorer
from listener.door.door import Door
from listener.jobs import learning
from listener.jobs.learning import Learner, loaded
from listener.jobs.plan import Plan
from listener.jobs.polls import LEASE, Polls
from listener.jobs.rechecking import recheck_some
from listener.jobs.rounds import Report, once
from listener.jobs.status import Status, status
from listener.notify.contract import Post
from listener.notify.post import poster
from listener.polling.intake import Intake
from listener.polling.poll import Means
from listener.scoring.base import BaseScorer
from listener.scoring.language import language_of
from listener.scoring.taught import NOTHING_LEARNED, Learned, TaughtScorer
from listener.scoring.transformer import files
from listener.scoring.transformer.files import NoModel
from listener.scoring.transformer.network import load as load_network
from listener.scoring.transformer.scorer import Manner, TransformerScorer
from listener.scoring.weighed import Weigher
from listener.store import audit, configured, hosts, migrate, models, outbox, targets
from listener.store.backend import Lead
from listener.store.engine import Database, open_database
from listener.store.errors import StoreError
from listener.store.ledger import StoredLedger
from listener.store.posts import StoredPosts
from listener.telemetry import REDACTION, say

Stamp = tuple[tuple[int, int], tuple[int, int]]
"""Of the configuration and of the marks beside it: when it was written, and which file it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The wall clock. With a `rate` its time runs that much faster from `origin_s` (seconds since 1970) on: for the demo."""

    rate: float = 1.0
    origin_s: float = 0.0

    @classmethod
    def from_environment(cls) -> Clock:
        """LISTENER_CLOCK="RATE@ORIGIN" as `listener demo` sets it, so that its world and the daemon share one time."""
        rate, _, origin = os.environ.get("LISTENER_CLOCK", "1@0").partition("@")
        return cls(rate=float(rate), origin_s=float(origin or 0))

    @classmethod
    def faster(cls, rate: float) -> Clock:
        """A clock that shows the right time at this moment and runs so much faster from here on."""
        return cls(rate=rate, origin_s=time.time())

    def now(self) -> datetime:
        if self.rate == 1.0:
            return datetime.now(UTC)
        return datetime.fromtimestamp(self.origin_s + (time.time() - self.origin_s) * self.rate, UTC)

    def elapsed(self) -> timedelta:
        """How much of this clock's time has really gone by since some start; it never jumps."""
        return timedelta(seconds=time.monotonic() * self.rate)


class StoredRobots:
    """contract of connector.robots.RobotsMemory over the database, so that a restart asks no robots.txt again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, origin: str) -> Robots | None:
        with self._database.read() as connection:
            return hosts.robots(connection, origin)

    def put(self, origin: str, robots: Robots) -> None:
        with self._database.write() as connection:
            hosts.put_robots(connection, origin, robots)


def make_plan(config: Config, learned: Learned = NOTHING_LEARNED) -> Plan:
    """What the jobs work by; compiling ten thousand queries takes a second, so it is made beside the running ones."""
    clients = plan.clients(config)
    return Plan(
        targets={target.identity: target for target in plan.targets(config)},
        clients=clients,
        watched=plan.watched(config),
        receivers=config.receivers,
        health_receivers=plan.receivers_on(config, config.health),
        fallback=config.fallback,
        digests=plan.digests(config),
        timezone=config.timezone,
        intake=make_intake(clients, learned, config),
    )


def make_intake(
    clients: tuple[Client, ...], learned: Learned = NOTHING_LEARNED, config: Config | None = None
) -> Intake:
    """The matcher and the scorer for these clients."""
    return Intake(
        clients={client.id: client for client in clients},
        percolator=Percolator(
            [(client.id, in_context(client.query, client.context)) for client in clients], language_of
        ),
        scorer=make_scorer(learned, config),
    )


def make_scorer(learned: Learned = NOTHING_LEARNED, config: Config | None = None) -> Scorer:
    """What labels a text toward a client; `learned` holds the models that count, by watch list. Raises Mistakes where the bigger
    model that the configuration asks for cannot be used.
    """
    base = make_base(config)
    return TaughtScorer(learned, base) if learned else base


def make_base(config: Config | None = None) -> Weigher:
    """What labels a text without corrections, and what is learned from them leans on: the bigger model where the configuration
    asks for one. Raises Mistakes where that cannot be used.
    """
    if config is None or config.scoring.transformers is None:
        return BaseScorer()
    with _told_in(config):
        return _bigger(config.scoring.transformers, config.path.resolve().parent)


def check_model(config: Config) -> None:
    """Raises Mistakes where the configuration asks for a bigger model whose files are not here; it is not loaded."""
    if wanted := config.scoring.transformers:
        with _told_in(config):
            files.find(wanted.model, wanted.revision, beside=config.path.resolve().parent)


@contextmanager
def _told_in(config: Config) -> Iterator[None]:
    """What is wrong with the model is a mistake of the file that names it."""
    try:
        yield
    except NoModel as why:
        wanted = config.scoring.transformers
        where = ("scoring", "transformers", "model")
        said = f"{plain(wanted.model)}: {why}" if wanted else str(why)
        raise Mistakes([document.read(config.path, None).mistake(where, said)]) from None


@lru_cache(maxsize=1)
def _bigger(wanted: Transformers, beside: Path) -> Weigher:
    """The model over the built-in base; it is loaded once, however often the configuration is read."""
    found = files.find(wanted.model, wanted.revision, beside=beside)
    network = load_network(found, device=wanted.device)
    manner = Manner(**wanted.model_dump(include={one.name for one in fields(Manner)}))
    return TransformerScorer(network=network, files=found, otherwise=BaseScorer(), manner=manner)


def with_learned(plan: Plan, learned: Learned, config: Config) -> Plan:
    """The plan, scoring by these models."""
    return replace(plan, intake=replace(plan.intake, scorer=make_scorer(learned, config)))


def make_door(config: Config, clock: Clock) -> Door:
    """The one door out, as polite as the configuration asks."""
    return Door(
        contact=config.network.contact,
        version=__version__,
        allow_private=config.network.allow_private,
        per_host_every=config.network.per_host_every,
        now=clock.now,
    )


@dataclass(slots=True, kw_only=True)
class App:
    """Everything that runs, built once. Use `opened`."""

    config: Config
    clock: Clock
    database: Database
    lead: Lead
    door: Door
    polls: Polls
    plan: Plan
    learner: Learner
    means: Means
    _models: models.Stamp = ()
    _stamp: Stamp = ((0, 0), (0, 0))
    _trouble: str = ""
    _closing: ExitStack = field(default_factory=ExitStack)

    @property
    def post(self) -> Post:
        return poster(self.door)

    def once(self, *, everything: bool) -> Report:
        """One round of everything, for `run --once`."""
        return once(
            self.database,
            self.plan,
            self.polls,
            self.post,
            clock=self.clock.now,
            monotonic=time.monotonic,
            sleep=time.sleep,
            everything=everything,
        )

    def daemon(self) -> Daemon:
        """The daemon, not yet running."""
        tick_s = 0.5 if self.clock.rate == 1.0 else 0.1
        return Daemon(
            database=self.database,
            polls=self.polls,
            plan=self.plan,
            post=self.post,
            clock=self.clock.now,
            elapsed=self.clock.elapsed,
            reload=self.reload,
            learn=lambda clients: self.learner.step(clients, make_base(self.config)),
            recheck=lambda plan: recheck_some(self.means, plan, now=self.clock.now()),
            lead_lost=lambda: not self.lead.check(),
            tick_s=tick_s,
        )

    def status_of(self, daemon: Daemon) -> Callable[[], Status]:
        """What /healthz asks."""
        return lambda: status(self.database, now=self.clock.now(), round_age_s=daemon.round_age_s)

    def reload(self, asked: bool) -> Plan | None:  # noqa: FBT001 - the daemon's contract
        """The plan of a changed file, written to the database, or with other models; None where nothing changed, or where
        it cannot be used.
        """
        stamp = file_stamp(self.config.path)
        if stamp == self._stamp and not asked:
            return self._with_models()
        self._stamp = stamp
        try:
            return self._take_over(load.load(self.config.path, environ=os.environ))
        except StoreError as trouble:
            self._stamp = _AWAY  # so that it is read again until the database answers
            if str(trouble) != self._trouble:
                say("reload-postponed", level=logging.ERROR, reason=trouble)
            self._trouble = str(trouble)
            return None
        except Mistakes as mistakes:
            say("reload-refused", level=logging.ERROR, path=self.config.path, mistakes=len(mistakes.mistakes))
            for mistake in mistakes.mistakes:
                say("mistake", level=logging.ERROR, says=mistake)
            return None

    def _with_models(self) -> Plan | None:
        """The plan with the models that count by now; None where they are those that counted."""
        try:
            with self.database.read() as connection:
                stamp = models.stamp(connection)
            if stamp == self._models:
                return None
            counting = self.learned(self.config)
            self.plan = with_learned(self.plan, counting, self.config)
        except StoreError:  # the tick tells it
            return None
        say("models-taken-over", models=",".join(f"{name}.{one.number}" for name, one in counting.items()))
        return self.plan

    def learned(self, config: Config) -> Learned:
        """The models that count under this configuration; why one that should is not used is said."""
        with self.database.read() as connection:
            self._models = models.stamp(connection)
        usable, unusable = loaded(self.database, make_base(config))
        for reason in unusable.values():
            say("model-not-used", level=logging.WARNING, reason=reason)
        return usable

    def _take_over(self, new: Config) -> Plan:
        for key in plan.needs_restart(self.config, new):
            say("restart-needed", level=logging.WARNING, key=key)
        REDACTION.learn(new.secrets)
        made = self.apply(make_plan(new, self.learned(new)))
        self.door.change(allow_private=new.network.allow_private, per_host_every=new.network.per_host_every)
        self.config, self.plan, self._trouble = new, made, ""
        say("reloaded", targets=len(made.targets), clients=len(made.clients))
        return made

    def apply(self, made: Plan) -> Plan:
        """Tell the database what is configured (what left is stopped, its history stays); the plan with what it knows."""
        with self.database.write() as connection:
            now = self.clock.now()
            configured.sync(connection, list(made.targets.values()), made.clients, now)
            asked = configured.asked(connection)
            applied = {"targets": len(made.targets), "clients": len(made.clients), "version": __version__}
            audit.add(connection, who="daemon", what="applied configuration", detail=applied, now=now)
        return replace(made, intake=replace(made.intake, asked=asked))


_AWAY: Stamp = ((0, 0), (0, 0))


def file_stamp(path: Path) -> Stamp:
    """Changes when the file does, or the marks beside it; zeros for what is away, as an editor leaves it for a moment."""
    return _stamp_of(path), _stamp_of(beside(path))


def _stamp_of(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)


@contextmanager
def opened(config: Config, *, clock: Clock | None = None) -> Iterator[App]:
    """The whole program for this configuration, leading its database. Raises StoreError with a sentence."""
    clock = clock or Clock.from_environment()
    REDACTION.learn(config.secrets)
    with ExitStack() as closing:
        database = open_database(config.database, current=False)
        closing.callback(database.close)
        lead = closing.enter_context(database.lead())
        migrate.upgrade(database, lead=lead)
        door = make_door(config, clock)
        closing.callback(door.close)
        apart = Apart()
        closing.callback(apart.close)
        trainer = Apart(deadline_s=learning.DEADLINE_S, memory_mb=learning.MEMORY_MB, idle_s=4.0)
        closing.callback(trainer.close)
        means = Means(
            database=database,
            door=door,
            apart=apart,
            robots=StoredRobots(database),
            ledger=StoredLedger(database),
            inbox=InboxHere(config.path.resolve().parent, StoredPosts(database, clock=clock.now)),
        )
        app = App(
            config=config,
            clock=clock,
            database=database,
            lead=lead,
            door=door,
            means=means,
            polls=Polls(means, clock=clock.now, lease=LEASE * clock.rate),
            plan=make_plan(config),
            learner=Learner(database=database, runner=trainer, clock=clock.now),
            _stamp=file_stamp(config.path),
        )
        _inherit(app)
        yield app


def _inherit(app: App) -> None:
    """What an earlier process left: its leases end, what it was sending is in doubt, what hosts asked for holds."""
    now = app.clock.now()
    with app.database.write() as connection:
        app.lead.fence(connection)
        targets.free_all(connection)
        outbox.recover(connection, now=now, orphaned=True)
        held = hosts.holds(connection, now=now)
    for origin, until in held.items():
        app.door.hold(origin, until)
    app.plan = app.apply(with_learned(app.plan, app.learned(app.config), app.config))
