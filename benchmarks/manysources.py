"""What `benchmarks.sources` does: a configuration of many sources, the rounds, and what they cost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from benchmarks.places import HOSTS, address, addresses
from benchmarks.rest import pss_mb, tree
from benchmarks.world import terms
from listener.app import App, Clock, opened
from listener.config import load
from listener.store.tables import mentions, targets

INTERVAL = {
    "rss": "5m",
    "company_page": "15m",
    "mastodon": "5m",
    "hackernews": "5m",
    "discourse": "5m",
    "github": "5m",
    "lemmy": "10m",
}
HANGING = 0.01
LONGEST_S = 1_800.0
"""A round that has not ended by then has failed."""
GOALS = {"CPU, s": 30.0, "memory, MB": 400.0, "lateness, intervals": 1.0}


FEEDS = 4


def feeds(clients: int, port: int) -> Iterator[str]:
    """The feeds of the list, four for each client, matched against all of them."""
    for number in range(FEEDS * clients):
        yield f"rss: {{url: 'http://{address('rss', number)}:{port}/feed.xml', every: {INTERVAL['rss']}}}"


def sources(client: int, port: int) -> Iterator[str]:
    """The six sources of one client, as lines of the configuration."""
    tag = terms()[client].replace(" ", "").casefold()

    def at(kind: str, number: int) -> str:
        return f"http://{address(kind, number % HOSTS[kind])}:{port}"

    yield f"company_page: {{url: '{at('company_page', client)}/news', every: {INTERVAL['company_page']}}}"
    yield f"mastodon: {{instance: '{at('mastodon', client)}', hashtag: {tag}, every: {INTERVAL['mastodon']}}}"
    yield f"hackernews: {{site: '{at('hackernews', client)}', every: {INTERVAL['hackernews']}}}"
    yield f"discourse: {{site: '{at('discourse', client)}', every: {INTERVAL['discourse']}}}"
    yield f"github: {{site: '{at('github', client)}', every: {INTERVAL['github']}}}"
    yield f"lemmy: {{instance: '{at('lemmy', client)}', every: {INTERVAL['lemmy']}}}"


def configuration(folder: Path, port: int, clients: int) -> Path:
    lines = [
        f"database: sqlite:///{folder}/bench.db",
        "network:",
        "  allow_private:",
        *(f"    - {host}" for host, _ in addresses()),
        "watch_lists:",
        "  - name: bench",
        "    sources:",
        *(f"      - {feed}" for feed in feeds(clients, port)),
        "    clients:",
    ]
    for number, name in enumerate(terms()[:clients]):
        lines += [f"      - name: {name}", "        sources:"]
        lines += [f"          - {source}" for source in sources(number, port)]
    path = folder / "config.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


class Meter:
    """CPU seconds and memory of this process and what it started, the places left out."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.peak_mb = 0.0
        self._thread.start()

    def cpu_s(self) -> float:
        """Of those that live, and of those that have ended."""
        return sum(_ticks(pid, ended=pid == os.getpid()) for pid in self._ours()) / os.sysconf("SC_CLK_TCK")

    def _ours(self) -> list[int]:
        return [pid for pid in tree(os.getpid()) if pid != self._places]

    def _look(self) -> None:
        while not self._ends.wait(2.0):
            try:
                self.peak_mb = max(self.peak_mb, sum(pss_mb(pid) for pid in self._ours()))
            except OSError:  # a child that has just ended
                continue

    def close(self) -> None:
        self._ends.set()
        self._thread.join()


def _ticks(pid: int, *, ended: bool) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11 : 15 if ended else 13])


@contextmanager
def places(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The server, and its port."""
    ready = folder / "port"
    served = subprocess.Popen([sys.executable, "-m", "benchmarks.places", ready])
    try:
        while not ready.exists() or not ready.read_text():
            if served.poll() is not None:
                sys.exit("The places could not be served: see above.")
            time.sleep(0.05)
        yield served, int(ready.read_text())
    finally:
        served.terminate()
        served.wait()


def round_of_all(app: App) -> Counter[str]:
    """Every source once; how many ended in which state."""
    states: Counter[str] = Counter()
    ends_at = time.monotonic() + LONGEST_S
    app.polls.start_due(app.plan, everything=True)
    while app.polls.under_way and time.monotonic() < ends_at:
        app.polls.wait(at_most_s=0.5)
        for ended in app.polls.write_ended(app.plan):
            states[ended.change.health.state if ended.change else "postponed"] += 1
    if app.polls.under_way:
        sys.exit(f"A round did not end in {LONGEST_S:.0f} s.")
    return states


def spread(app: App) -> None:
    """Plan every source anew somewhere in its interval, as it is after a day."""
    dice = random.Random(3)
    with app.database.write() as connection:
        now = app.clock.now()
        rows = connection.execute(sa.select(targets.c.id, targets.c.every_s).order_by(targets.c.id)).all()
        connection.execute(
            sa.update(targets)
            .where(targets.c.id == sa.bindparam("b_id"))
            .values(next_poll_at=sa.bindparam("b_at")),
            [{"b_id": row.id, "b_at": now + timedelta(seconds=row.every_s * dice.random())} for row in rows],
        )


def hang(port: int) -> frozenset[str]:
    """Let 1 % of the hosts of every kind that has so many accept and never answer."""
    dice = random.Random(5)
    hosts = [host for host, kind in addresses() if kind not in {"control", "hackernews"}]
    hung = dice.sample(hosts, round(len(hosts) * HANGING))
    urllib.request.urlopen(f"http://{address('control', 0)}:{port}/hang?{','.join(hung)}", timeout=30)
    return frozenset(hung)


class Lateness:
    """How late polls began, in intervals of their source; of those that have not begun when it ends, how late they are by then."""

    def __init__(self, app: App, hung: frozenset[str]) -> None:
        self._app = app
        self._hung = hung
        self._began: list[tuple[str, float]] = []
        write = app.polls.write_ended

        def noted(plan):
            written = write(plan)
            for ended in written:
                every_s = ended.claim.every_s
                late_s = (ended.at - ended.claim.due_at).total_seconds()
                self._began.append((ended.claim.scope, late_s / every_s))
            return written

        app.polls.write_ended = noted  # type: ignore[method-assign]

    def of_others(self, now: datetime) -> list[float]:
        """Of the sources whose hosts answer."""
        with self._app.database.read() as connection:
            rows = connection.execute(
                sa.select(targets.c.scope, targets.c.next_poll_at, targets.c.every_s).where(
                    targets.c.next_poll_at <= now
                )
            ).all()
        waiting = [(row.scope, (now - row.next_poll_at).total_seconds() / row.every_s) for row in rows]
        return [late for scope, late in self._began + waiting if not self.hangs(scope)]

    @property
    def hung_count(self) -> int:
        return sum(self.hangs(scope) for scope, _ in self._began)

    def hangs(self, scope: str) -> bool:
        return scope.partition("://")[2].partition(":")[0] in self._hung


def run_for(app: App, seconds: float) -> None:
    """The daemon as it runs, for so long."""
    daemon = app.daemon()
    timer = threading.Timer(seconds, daemon.stopping.set)
    timer.start()
    daemon.run()
    timer.cancel()


def run(*, clients: int, minutes: float) -> None:
    with TemporaryDirectory() as name, places(Path(name)) as (served, port):
        meter = Meter(served.pid)
        began = time.process_time()
        config = load.load(configuration(Path(name), port, clients), environ={})
        with opened(config, clock=Clock()) as app:
            print(
                f"{len(app.plan.targets):,} sources of {len(INTERVAL)} kinds at {sum(HOSTS.values()) - 1:,} hosts, {clients:,} clients, SQLite"
            )
            print(f"  read and planned in {time.process_time() - began:.1f} s of CPU")
            _round(app, meter, "first round")
            spent = _round(app, meter, "a round without news")
            hung = hang(port)
            late = Lateness(app, hung)
            spread(app)
            before, at = meter.cpu_s(), time.monotonic()
            now = app.clock.now() + timedelta(minutes=minutes)
            run_for(app, minutes * 60)
            others = sorted(late.of_others(now))
            share = (meter.cpu_s() - before) / (time.monotonic() - at)
        meter.close()
    if len(others) < 2:
        sys.exit("Nothing was due in that time: give more --clients or more --minutes.")
    p95 = quantiles(others, n=20)[-1]
    print(
        f"  {minutes:g} minutes with {len(hung)} hosts hanging: {len(others):,} polls of the others were due, {late.hung_count} of the hanging"
        f" were tried; late by {median(others):.4f} intervals in the middle, {p95:.4f} at p95, {others[-1]:.4f} at most; {share:.0%} of one core"
    )
    print(f"  peak memory {meter.peak_mb:.0f} MB (PSS of all our processes)")
    for (what, goal), got in zip(GOALS.items(), (spent, meter.peak_mb, p95), strict=True):
        print(f"  {'reached' if got < goal else 'MISSED'}: {what} {got:.3g}, the goal is under {goal:g}")


def _round(app: App, meter: Meter, what: str) -> float:
    before, at = meter.cpu_s(), time.monotonic()
    known = _mentions(app)
    states = round_of_all(app)
    spent = meter.cpu_s() - before
    told = ", ".join(f"{number:,} {state}" for state, number in states.most_common())
    print(
        f"  {what}: {spent:.1f} s of CPU, {1000 * spent / max(1, states.total()):.2f} ms a poll, {time.monotonic() - at:.0f} s by the clock;"
        f" {told}; {_mentions(app) - known:,} mentions"
    )
    return spent


def _mentions(app: App) -> int:
    with app.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(mentions)).scalar_one()
