"""When a host may be asked: the turns that keep us polite, and the holds that hosts asked for (Retry-After)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic

from listener.door.errors import Busy

MANY = 10_000
"""Hosts kept in mind before those whose turn is long past are dropped."""


class Spacing:
    """Turns are on real time, one a host every `every`; holds are on the clock of `now`, for they outlive the process."""

    def __init__(self, *, every: timedelta, now: Callable[[], datetime]) -> None:
        self._every_s = every.total_seconds()
        self._now = now
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._free_at: dict[str, float] = {}
        self._paces: dict[str, float] = {}
        self._holds: dict[str, datetime] = {}

    def change(self, *, every: timedelta) -> None:
        """Another pace for the hosts that have none of their own."""
        self._every_s = every.total_seconds()

    def turn(self, host: str, *, patience_s: float) -> None:
        """Returns when it is our turn at `host`; Busy at once where that takes longer than `patience_s`."""
        with self._lock:
            asked_at = monotonic()
            at = max(asked_at, self._free_at.get(host, 0.0))
            if at - asked_at <= patience_s:
                self._take(host, at, asked_at)
        self._wait(host, at - asked_at, patience_s, "is asked no more often than its pace allows")

    def _take(self, host: str, at: float, asked_at: float) -> None:
        if len(self._free_at) > MANY:
            self._free_at = {name: free_at for name, free_at in self._free_at.items() if free_at > asked_at}
        self._free_at[host] = at + self._paces.get(host, self._every_s)

    def heed(self, origin: str, *, patience_s: float) -> None:
        """Returns when no hold of `origin` stands any more; Busy at once where that takes longer than `patience_s`."""
        if not self._holds:
            return
        with self._lock:
            until = self._holds.get(origin)
        left_s = (until - self._now()).total_seconds() if until is not None else 0.0
        if left_s > 0:
            self._wait(origin.partition("://")[2], left_s, patience_s, "asked us to wait")

    def _wait(self, host: str, wait_s: float, patience_s: float, why: str) -> None:
        if wait_s <= 0:
            return
        if wait_s > patience_s or self._closed.wait(wait_s):
            after = timedelta(seconds=wait_s)
            raise Busy(f"{host} {why}: next in {wait_s:.0f} s.", until=self._now() + after, after=after)

    def pace(self, host: str, every: timedelta) -> None:
        """From now on `host` is asked no more often than `every`, nor than the configuration says."""
        with self._lock:
            self._paces[host] = max(every.total_seconds(), self._every_s)

    def hold(self, origin: str, until: datetime) -> None:
        """No request to `origin` before `until`; of two holds the later stands."""
        with self._lock:
            self._holds[origin] = max(until, self._holds.get(origin, until))

    def holds(self) -> Mapping[str, datetime]:
        """The holds that stand, by origin."""
        now = self._now()
        with self._lock:
            self._holds = {origin: until for origin, until in self._holds.items() if until > now}
            return dict(self._holds)

    def close(self) -> None:
        """Everyone who waits for a turn is sent away with Busy."""
        self._closed.set()
