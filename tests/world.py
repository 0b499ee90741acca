"""A small world on loopback for whole-program tests: feeds whose items are put in while the program runs."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
LISTENER = [sys.executable, "-m", "listener"]

COMPLAINTS = [
    "{name} never sent my refund, worst service I have had",
    "Terrible: {name} charged me twice and support ignores me",
    "Awful day, {name} lost my order and nobody answers",
    "Do not buy from {name}, horrible quality and rude staff",
    "{name} delivery is late again, I am so angry",
    "I hate how {name} treats customers, total scam",
    "{name} broke my account and refuses to help, useless",
    "Disgusting experience at {name} today, dirty and unsafe",
    "{name} is the worst, my parcel arrived damaged",
    "Never again {name}, a complete failure",
    "{name} lied to me about the price, shameful fraud",
    "My complaint to {name} was rejected, bad and unfair",
]


def rss(items):
    """An RSS 2.0 body; each item is (guid, title, author, published_at)."""
    entries = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{escape(title)}</title>"
        f"<link>https://news.example/{guid}</link><author>{author}@people.example ({author})</author>"
        f"<pubDate>{format_datetime(at)}</pubDate></item>"
        for guid, title, author, at in items
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Talk</title>{entries}</channel></rss>".encode()


def burst(name, count=12, *, at=None, prefix="burst"):
    """That many strangers complaining within the last minutes."""
    at = at or datetime.now(UTC)
    return [
        (
            f"{prefix}-{n}",
            COMPLAINTS[n % len(COMPLAINTS)].format(name=name),
            f"stranger{n}",
            at - timedelta(seconds=20 * n),
        )
        for n in range(count)
    ]


def write_config(folder, *, feeds, clients, hook=None, database="sqlite:///listener.db", port=0, extra=""):
    """A configuration for a world on loopback; returns its path."""
    hosts = sorted({url.split("/")[2] for url in [*feeds, *([hook] if hook else [])]})
    sources = "\n".join(f"      - rss: {{url: '{url}', every: 5m}}" for url in feeds)
    names = "\n".join(f"      - name: {name}" for name in clients)
    receivers = "receivers:\n  accounts: {slack: {webhook_url: '${HOOK}'}}\n" if hook else ""
    path = Path(folder) / "config.yaml"
    path.write_text(
        f"database: {database}\n"
        f"web: {{listen: '127.0.0.1:{port}'}}\n"
        f"network: {{allow_private: {json.dumps(hosts)}}}\n"
        f"{receivers}{extra}"
        "watch_lists:\n"
        "  - name: key-accounts\n"
        f"    notify: {'[accounts]' if hook else '[]'}\n"
        f"    sources:\n{sources}\n"
        f"    clients:\n{names}\n",
        encoding="utf-8",
    )
    return path


def listener(*words, hook=None, timeout=120, check=True, **environment):
    """Run one command of the program in a process of its own."""
    env = {**os.environ, "HOOK": hook or "", "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(
        [*LISTENER, *words], capture_output=True, text=True, timeout=timeout, env=env, check=False
    )
    if check and done.returncode:
        raise AssertionError(
            f"listener {' '.join(words)} exited {done.returncode}:\n{done.stdout}\n{done.stderr}"
        )
    return done


def mentions(config, *more):
    """What `listener mentions --format jsonl` prints, parsed."""
    out = listener("mentions", "-c", str(config), "--format", "jsonl", *more).stdout
    return [json.loads(line) for line in out.splitlines()]
