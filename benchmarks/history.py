"""What it costs to label history anew and to count shares over it. The figures of docs/history.md are what this prints.

python -m benchmarks.history [--rows 200000] [--clients 100]

The history is invented: each client is talked about at any time of 90 days, and an older scorer got three labels in four wrong.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from listener.app import make_plan
from listener.config import load
from listener.domain.sentiment import Label
from listener.jobs.plan import Plan
from listener.jobs.rescoring import incidents, survey, write
from listener.jobs.side import side_of
from listener.jobs.spool import Spool
from listener.store import configured, matches, tables
from listener.store.engine import Database, open_database
from listener.store.totals import totals

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAYS = 90
PAGE = 5_000
SAID: tuple[tuple[Label, str], ...] = (
    (
        "negative",
        "Third week without my order from {name}, nobody answers the phone. Never again, number {n}",
    ),
    ("neutral", "{name} opens on Monday at nine, next to the station, says the notice on door number {n}"),
    ("positive", "The people at {name} fixed it within the hour, wonderful service, thank you, number {n}"),
    ("negative", "{name} charged me twice and says that the refund will take another month, case number {n}"),
)
WRONG: Mapping[Label, Label] = {"negative": "neutral", "neutral": "positive", "positive": "negative"}
SPANS = {
    "a day": NOW - timedelta(days=1),
    "a week": NOW - timedelta(days=7),
    "30 days": NOW - timedelta(days=30),
    "all": None,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=200_000, help="mentions, each about one client")
    parser.add_argument("--clients", type=int, default=100)
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        run(Path(folder), rows=arguments.rows, clients=arguments.clients)


def run(folder: Path, *, rows: int, clients: int) -> None:
    """Print what each step takes, and what that is for a million mentions."""
    plan = planned(folder, clients)
    print(f"{rows:,} mentions of {clients} clients over {DAYS} days, SQLite, one core")
    with closing(open_database(f"sqlite:///{folder}/listener.db")) as database:
        with timed("storing them, for this benchmark", rows):
            store(database, plan, rows)
        for name, since in SPANS.items():
            with timed(f"shares of {name}", rows), database.read() as connection:
                totals(connection, [one.id for one in plan.clients], since=since)
        rescore(database, plan, rows)


def rescore(database: Database, plan: Plan, rows: int) -> None:
    """As `listener rescore` does, but without the waiting that lets others have their turn."""
    longest = 0.0

    def waited(took_s: float) -> None:
        nonlocal longest
        longest = max(longest, took_s)

    with Spool() as spool:
        with database.read() as connection:
            side = side_of(connection, plan)
        with timed("rescore: scoring", rows):
            done = survey(database, side, plan.clients, spool, since=None)
        with timed("rescore: incidents", rows):
            incidents(database, side, done, since=None, until=NOW)
        with timed("rescore: writing", rows):
            written = write(database, spool, monotonic=time.monotonic, sleep=waited)
    changed = sum(one.changed for one in done.values())
    print(f"  {written:,} written, {changed:,} with another label; longest page {longest:.2f} s")
    with timed("rescore once more", rows), Spool() as spool:
        survey(database, side, plan.clients, spool, since=None)


@contextmanager
def timed(what: str, rows: int) -> Iterator[None]:
    cpu, began = time.process_time(), time.monotonic()
    yield
    cpu, took = time.process_time() - cpu, time.monotonic() - began
    print(f"{what:34} {cpu:8.2f} s CPU ({took:.2f} s), {cpu / rows * 1e6:8.1f} s CPU a million", flush=True)


def planned(folder: Path, clients: int) -> Plan:
    names = "".join(f"      - Client{n:04}\n" for n in range(clients))
    path = folder / "config.yaml"
    path.write_text(
        "watch_lists:\n  - name: all\n    sources: [{rss: 'https://talk.example/x.xml'}]\n"
        f"    rules: {{negative_spike: {{at_least: 3 people}}}}\n    clients:\n{names}",
        encoding="utf-8",
    )
    return make_plan(load.load(path, environ={}))


def store(database: Database, plan: Plan, rows: int) -> None:
    """In order of time, each in a story of its own; everybody speaks twice, half of the time apart."""
    with database.write() as connection:
        ids = configured.sync(
            connection, list(plan.targets.values()), plan.clients, NOW - timedelta(days=DAYS + 30)
        )
    (target_id,) = ids.values()
    names = [one.id for one in plan.clients]
    for first in range(0, rows, PAGE):
        numbers = range(first + 1, min(first + PAGE, rows) + 1)
        with database.write() as connection:
            _insert(connection, [_row(n, rows, names, target_id) for n in numbers])


def _row(n: int, rows: int, names: Sequence[str], target_id: int) -> dict[str, Any]:
    name = names[n * 7_919 % len(names)]
    right, said = SAID[n % 7 % len(SAID)]
    label = WRONG[right] if n % 4 else right
    at = NOW - timedelta(days=DAYS) * (1 - n / rows)
    return {
        "id": n, "story_id": n, "mention_id": n, "first_at": at, "target_id": target_id, "external_id": str(n),
        "text": said.format(name=name, n=n), "form": "article", "language": "en",
        "witness": f"author:{n % max(1, rows // 2)}", "fetched_at": at, "counted_at": at, "client_id": name,
        "label": label, "score": 0.0, "scorer": "older.1", "reasons": [f"says “{name}”", "words: of the older one"],
        "own": False, "backfill": False, "voice": label == "negative", "praise": label == "positive",
    }  # fmt: skip


def _insert(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    for table in (tables.stories, tables.mentions, tables.matches):
        kept = [{name: one[name] for name in table.c.keys() if name in one} for one in rows]  # noqa: SIM118 - names
        connection.execute(sa.insert(table), kept)
    matches.count(connection, rows)


if __name__ == "__main__":
    main()
