"""What a round of evaluation costs on SQLite where ten thousand clients have news at once, and where none has.

python -m benchmarks.evaluation [--clients 10000] [--days 28] [--a-day 2] [--even] [--gather]

The history is invented: of most clients little is said, of some much, by day more than by night, a third of it complaint. With
--even as much is said of each client, and two thirds are complaint: nobody is so quiet that no alert is possible. With --gather
the rule each_negative is on as well, which writes for every client. Times are CPU seconds of the process, on one core.
"""

from __future__ import annotations

import argparse
import resource
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from benchmarks.crowded import DAY, NOW, Crowd
from listener.alerting.evaluate import evaluate
from listener.store import alert_tables
from listener.store.engine import open_database

MINUTES = timedelta(minutes=1)
BURSTS = 20
QUIET_ROUNDS = 20
MOST_ROUNDS = 100
EVERY = timedelta(seconds=10)
"""Between two rounds of the daemon."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--a-day", type=float, default=2.0)
    parser.add_argument("--even", action="store_true", help="of each client as much, two thirds complaint")
    parser.add_argument("--gather", action="store_true", help="with each_negative as well")
    run(**vars(parser.parse_args()))


def run(*, clients: int, days: int, a_day: float, even: bool, gather: bool) -> None:
    """Measure a store of a tenth of the clients where nothing is new, and all that there is to measure with all of them."""
    print(f"What was said in {days} days, {a_day:g} mentions a day and client; CPU seconds a round")
    for number in (clients // 10, clients):
        with (
            TemporaryDirectory() as folder,
            closing(open_database(f"sqlite:///{Path(folder)}/bench.db")) as database,
        ):
            spent = time.process_time()
            crowd = Crowd(database, number, days=days, a_day=a_day, even=even, gather=gather)
            spent = time.process_time() - spent
            print(f"{number:,} clients, {crowd.mentions:,} mentions (stored in {spent:.0f} s)")
            _quiet(crowd, NOW, "nobody has news")
            if number == clients:
                _rounds(crowd)
    print(f"peak memory of the process: {_peak_mb():.0f} MB")


def _rounds(crowd: Crowd) -> None:
    crowd.speak(NOW, bursts=min(BURSTS, len(crowd.ids) // 10))
    _measure("everybody has news, no state is kept", crowd, NOW)
    for number in range(1, MOST_ROUNDS):
        if not _measure(f"the same news, {10 * number} seconds later", crowd, NOW + number * EVERY):
            break
    for minutes, what in ((15, "15 minutes later"), (75, "after an hour's turn of the day")):
        now = NOW + minutes * MINUTES
        crowd.speak(now)
        _measure(f"everybody has news, {what}", crowd, now)
    _quiet(crowd, now + MINUTES, "nobody has news, incidents go on")
    now = NOW + DAY
    crowd.speak(now)
    _measure("everybody has news, every state is a day old", crowd, now)


def _measure(what: str, crowd: Crowd, now: datetime) -> int:
    """One round; how many clients wait for the next, because what is usual for them is not learned yet."""
    states = _rows(crowd, alert_tables.baselines)
    began = time.process_time()
    done = evaluate(crowd.database, crowd.watched, now=now)
    spent = time.process_time() - began
    more = _rows(crowd, alert_tables.baselines) - states
    print(
        f"  {spent:8.2f} s  {1e6 * spent / len(crowd.ids):6.1f} µs a client  {what}"
        f" ({more:,} states more, {done.waiting:,} clients wait, {done.opened} incidents)"
    )
    return done.waiting


def _quiet(crowd: Crowd, now: datetime, what: str) -> None:
    evaluate(crowd.database, crowd.watched, now=now)
    began = time.process_time()
    for _ in range(QUIET_ROUNDS):
        evaluate(crowd.database, crowd.watched, now=now)
    spent = (time.process_time() - began) / QUIET_ROUNDS
    print(f"  {spent:8.5f} s  {1e6 * spent / len(crowd.ids):6.3f} µs a client  {what}")


def _rows(crowd: Crowd, table: sa.Table) -> int:
    with crowd.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
