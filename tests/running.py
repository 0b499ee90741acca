"""The daemon as a real process, for tests that kill it, stop it and signal it.

with Running(config, hook=slack.url) as daemon:
    daemon.said("listening")
    daemon.kill()
    assert daemon.left_behind(within_s=5) == []
"""

import json
import os
import re
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from world import LISTENER, ROOT

START_S = 30.0


@dataclass(frozen=True, kw_only=True)
class FastClock:
    """The clock that the daemon is given: right at `origin_s`, and so much faster from there on."""

    rate: float
    origin_s: float

    @classmethod
    def starting(cls, rate):
        return cls(rate=rate, origin_s=time.time())

    def now(self):
        return datetime.fromtimestamp(self._at(time.time()), UTC)

    def _at(self, real_s):
        return self.origin_s + (real_s - self.origin_s) * self.rate

    def going_on(self, *, rate):
        """The clock that shows the same at this moment and runs at this rate from here on."""
        real_s = time.time()
        return FastClock(rate=rate, origin_s=(self._at(real_s) - real_s * rate) / (1 - rate))

    @classmethod
    def showing(cls, at, *, rate):
        """The clock that shows this at this moment, whatever the time is, and runs at this rate from here on."""
        real_s = time.time()
        return cls(rate=rate, origin_s=(at.timestamp() - real_s * rate) / (1 - rate))

    def ahead(self, by):
        """The clock after a time in which nobody was there."""
        return FastClock.showing(self.now() + by, rate=self.rate)

    @property
    def environment(self):
        return {"LISTENER_CLOCK": f"{self.rate}@{self.origin_s}"}


class Running:
    """One life of `listener run`, in a process group of its own. What it logs is in `lines`."""

    def __init__(self, config, *, hook="", clock=None, die_at=None, more=(), **environment):
        env = {**os.environ, "HOOK": hook, "PYTHONPATH": str(ROOT), **environment}
        env |= clock.environment if clock else {}
        env |= {"LISTENER_DIE_AT": die_at} if die_at else {}
        self.lines = []
        self._news = threading.Condition()
        self._process = subprocess.Popen(
            [*LISTENER, "run", "-c", str(config), *more],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stderr:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    @property
    def log(self):
        return "\n".join(self.lines)

    @property
    def is_alive(self):
        return self._process.poll() is None

    def said(self, words, *, within_s=START_S, after=0):
        """The first line, after so many, that holds these words, waited for; an AssertionError where it does not come."""
        deadline, seen = time.monotonic() + within_s, after
        with self._news:
            while True:
                for line in self.lines[seen:]:
                    if words in line:
                        return line
                seen = len(self.lines)
                left = deadline - time.monotonic()
                if left <= 0 or not (self._reader.is_alive() or seen < len(self.lines)):
                    raise AssertionError(f"never said {words!r}:\n" + "\n".join(self.lines[-40:]))
                self._news.wait(min(left, 0.5))

    def ended(self, *, within_s):
        """Its exit code; an AssertionError where it goes on."""
        try:
            code = self._process.wait(timeout=within_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still there after {within_s} s:\n" + "\n".join(self.lines[-40:])) from None
        self._reader.join(timeout=5)
        return code

    def is_over(self, *, within_s):
        """Whether it ends within so long."""
        try:
            self._process.wait(timeout=within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self):
        """SIGKILL to the parent's pid alone."""
        self._process.kill()
        return self.ended(within_s=10)

    def kill_all(self):
        """SIGKILL to it and its children at once."""
        self._to_group(signal.SIGKILL)
        return self.ended(within_s=10)

    def send(self, number):
        self._process.send_signal(number)

    def stop(self, *, within_s=25):
        """SIGTERM, and its exit code."""
        self.send(signal.SIGTERM)
        return self.ended(within_s=within_s)

    def left_behind(self, *, within_s):
        """The pids of its group that are still there after so long; asked until none is."""
        deadline = time.monotonic() + within_s
        while (left := members(self.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left

    @property
    def url(self):
        return re.search(r"url=(\S+)", self.said("listening "))[1]

    def health(self):
        """Status and body of /healthz; (0, {}) while nobody answers."""
        return answer(self.url + "/healthz")

    def healthy(self, *, within_s):
        """The body of the first healthy answer."""
        return until(
            lambda: next((body for status, body in [self.health()] if status == 200), None), within_s=within_s
        )

    def _to_group(self, number):
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._to_group(signal.SIGKILL)
        self._process.wait(timeout=10)
        self._reader.join(timeout=5)
        self._process.stderr.close()


def answer(url):
    try:
        with urlopen(url, timeout=10) as response:
            return response.status, json.loads(response.read())
    except HTTPError as refusal:
        with refusal:
            return refusal.code, json.loads(refusal.read())
    except (URLError, OSError, ValueError):
        return 0, {}


def until(look, *, within_s, every_s=0.05):
    """What `look` returns once that is true; for what can only be asked for, not waited for."""
    deadline = time.monotonic() + within_s
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"did not come true within {within_s} s: {look}")
        time.sleep(every_s)
    return seen


def members(group):
    """The living processes of a process group (Linux: field 5 of /proc/PID/stat)."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = stat.read_text().rpartition(") ")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(its_group) == group and state not in "ZX":
            found.append(int(stat.parent.name))
    return found
