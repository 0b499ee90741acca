"""Our stack as it runs: the app with its polls, child process and database, over the same feeds.

python benchmarks/ours.py BASE FEEDS ROUNDS DATABASE FOLDER     prints one JSON object
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from world import terms

if __name__ == "__main__":  # the parsers' children import this file as well, and have no room for all of this
    from listener.app import Clock, opened
    from listener.config import load
    from listener.domain.percolate import Percolator
    from listener.door.door import Door
    from listener.polling.intake import Intake
    from listener.polling.poll import _Run
    from listener.scoring.base import BaseScorer
    from listener.store.engine import Database

SPENT: dict[str, float] = defaultdict(float)
LOCK = threading.Lock()


def timed(owner: type, name: str, stage: str) -> None:
    """Count the CPU time of a method as that of a stage, in the thread that runs it."""
    plain: Callable[..., Any] = getattr(owner, name)

    def measured(*args: Any, **kwargs: Any) -> Any:
        at = time.thread_time()
        try:
            return plain(*args, **kwargs)
        finally:
            with LOCK:
                SPENT[stage] += time.thread_time() - at

    setattr(owner, name, measured)


def config(folder: Path, base: str, feeds: int, database: str) -> Path:
    sources = "\n".join(f"      - rss: {{url: '{base}/{feed}.xml', every: 5m}}" for feed in range(feeds))
    clients = "\n".join(f"      - {term}" for term in terms())
    path = folder / "config.yaml"
    path.write_text(
        f"database: {database}\nnetwork: {{allow_private: ['{base.removeprefix('http://')}']}}\n"
        f"watch_lists:\n  - name: bench\n    sources:\n{sources}\n    clients:\n{clients}\n"
    )
    return path


def cpu() -> float:
    """CPU seconds of this process and of the children that have ended."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main(base: str, feeds: int, rounds: int, database: str, folder: Path) -> None:
    for owner, name, stage in (
        (Door, "send", "fetch"),
        (Percolator, "matches", "match"),
        (BaseScorer, "score", "score"),
        (_Run, "_keep", "store"),
        (Database, "read", "store"),
    ):
        timed(owner, name, stage)
    loaded = load.load(config(folder, base, feeds, database), environ={})
    items = [0]
    sieve = Intake.sieve

    def counted(self: Intake, target: Any, page: Any) -> Any:
        items[0] += len(page)
        return sieve(self, target, page)

    Intake.sieve = counted  # type: ignore[method-assign]
    with opened(loaded, clock=Clock()) as app:
        app.polls.start_due(app.plan, everything=False)
        began, parent_began = cpu(), time.process_time()
        for number in range(rounds):
            httpx.get(f"{base}/switch/{number}", timeout=60)
            stored = poll_all(app)
        parent = time.process_time() - parent_began
        quiet_began = cpu()
        quiet = 3
        for _ in range(quiet):
            poll_all(app)
        quiet_s = (cpu() - quiet_began) / (quiet * feeds)
        with app.database.read() as connection:
            stored = connection.exec_driver_sql("select count(*) from matches").scalar()
    spent = cpu() - began - quiet_s * quiet * feeds
    peak = [
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    stages = {**SPENT, "parse (child)": spent - parent}
    print(
        json.dumps(
            {
                "items": items[0],
                "stored": stored,
                "cpu_s": spent,
                "peak_mb": sum(peak),
                "stages": stages,
                "quiet_ms": quiet_s * 1000,
            }
        )
    )


def poll_all(app: Any) -> None:
    """Every feed once."""
    app.polls.start_due(app.plan, everything=True)
    while app.polls.under_way:
        app.polls.wait(at_most_s=0.5)
        app.polls.write_ended(app.plan)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))
