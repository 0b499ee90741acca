"""What the program says about itself: one log line a fact, without secrets, and named boundaries for crash tests."""

from __future__ import annotations

import logging
import os
import re
import signal
import sys
import threading
from collections.abc import Iterable
from functools import cache
from typing import Any, TextIO

LOG = logging.getLogger("listener")

# Loggers of libraries that print URLs, bodies or tokens below this level.
_LOUD = (
    "httpx",
    "httpcore",
    "apscheduler",
    "alembic",
    "uvicorn",
    "sqlalchemy",
    "trafilatura",
    "htmldate",
    "asyncio",
    "tweepy",
)

_URL_TAIL = re.compile(r"(https?://[^\s/?#]+)(/[^\s?#'\"]*)?([?#][^\s'\"]*)?")
_USERINFO = re.compile(r"(://)[^\s/@:]*:[^\s/@]*@")
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code != ord("\t")} | {
    code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029)
}


class Redaction(logging.Filter):
    """Takes secrets, query strings and control characters out of every record, whatever its level.

    A URL keeps its host and path but for the paths of webhooks, which are secrets themselves: those that hold one of
    the known secrets are cut whole.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets: tuple[str, ...] = ()
        self._turn = threading.Lock()
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Also hide these from now on; the short ones (under 6 characters) would hide words, so they are left."""
        known = {secret for secret in secrets if len(secret) >= 6}
        with self._turn:
            self._secrets = tuple(sorted({*self._secrets, *known}, key=len, reverse=True))

    def forget(self, secrets: Iterable[str]) -> None:
        """Hide these no longer: sessions that have ended, of which there is a new one every hour."""
        gone = frozenset(secrets)
        with self._turn:
            self._secrets = tuple(secret for secret in self._secrets if secret not in gone)

    def hide(self, text: str) -> str:
        """The text without the known secrets, and otherwise as it was: for what is kept or shown outside the log."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def clean(self, text: str) -> str:
        text = _USERINFO.sub(r"\1***@", self.hide(text))
        return _URL_TAIL.sub(lambda match: match.group(1) + (match.group(2) or ""), text)

    def _clean_lines(self, text: str) -> str:
        """Of a traceback: each line indented, so that none that came from outside looks like a record of its own."""
        return "\n".join(f"  {line.translate(_CONTROLS)}" for line in self.clean(text).split("\n"))

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self.clean(record.getMessage()).translate(_CONTROLS)
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._clean_lines(record.exc_text)
        return True


REDACTION = Redaction()


def start_logging(*, verbose: bool = False, stream: TextIO | None = None) -> None:
    """One handler on the root, redacting; libraries speak only from WARNING on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(REDACTION)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    LOG.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(
        logging.ERROR
    )  # a tick that takes longer than a tick is no news


def say(event: str, *, level: int = logging.INFO, **facts: object) -> None:
    """Log one fact as `event key=value …`; values with spaces are quoted. No payloads, no secrets."""
    if LOG.isEnabledFor(level):
        LOG.log(level, "%s", " ".join([event, *(f"{key}={_value(value)}" for key, value in facts.items())]))


def _value(value: object) -> str:
    text = str(value)
    return '"' + text.replace('"', '\\"') + '"' if any(sign in text for sign in ' ="') else text


class Metrics:
    """What /metrics shows; its own registry, so that several may live in one process."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge  # 50 ms that `--version` need not pay

        self.registry = CollectorRegistry()
        names: Any = {"namespace": "listener", "registry": self.registry}
        self.polls = Counter(
            "polls", "Polls that ended, by kind and by how the source is doing.", ["kind", "state"], **names
        )
        self.mentions = Counter("mentions", "Mentions stored.", **names)
        self.incidents = Counter("incidents", "Incidents opened and resolved.", ["change"], **names)
        self.notifications = Counter(
            "notifications", "Notifications by how the attempt ended.", ["end"], **names
        )
        self.sources = Gauge("sources", "Sources by how they are doing.", ["state"], **names)
        self.outbox = Gauge("outbox", "Notifications by state.", ["state"], **names)
        self.quarantined = Gauge("quarantined", "Items set aside because they could not be read.", **names)
        self.oldest_unsent = Gauge(
            "oldest_unsent_seconds", "Age of the oldest notification not yet sent.", **names
        )
        self.last_poll = Gauge("last_poll_timestamp_seconds", "When a poll last ended.", **names)


@cache
def metrics() -> Metrics:
    """The metrics of this process."""
    return Metrics()


def boundary(name: str) -> None:
    """Die here by SIGKILL where LISTENER_DIE_AT names this boundary (`name` or `name:N` for the Nth time): for crash tests."""
    wanted = os.environ.get("LISTENER_DIE_AT")
    if wanted is None:
        return
    place, _, count = wanted.partition(":")
    if place == name:
        _SEEN[name] = _SEEN.get(name, 0) + 1
        if _SEEN[name] >= int(count or 1):
            os.kill(os.getpid(), signal.SIGKILL)


_SEEN: dict[str, int] = {}
