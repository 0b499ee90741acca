"""A round of digests in a process of its own, which may be killed: `python digesting.py DATABASE_URL ISO_TIME`, asked for at 23:59."""

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, time
from pathlib import Path

from builders import client

from listener.alerting.digest import tell_due
from listener.domain.digest import Digest
from listener.domain.rules import Rules, Watched
from listener.store.engine import open_database

ROOT = Path(__file__).resolve().parents[1]


def round_of(database_url, at, *, die_at=""):
    """What the process ended with: -9 where it was killed."""
    env = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "LISTENER_DIE_AT": die_at}
    words = [sys.executable, __file__, database_url, at.isoformat()]
    return subprocess.run(words, env=env, timeout=60, check=False).returncode


def main():
    database_url, now = sys.argv[1:]
    asked = Digest(receivers=("accounts",), timezone=UTC, daily=time(23, 59))
    watched = {"mills": Watched(client=client("mills"), rules=Rules())}
    with closing(open_database(database_url)) as database:
        tell_due(database, [asked], watched, now=datetime.fromisoformat(now))


if __name__ == "__main__":
    main()
