"""How many alerts two configurations would have told over the history that they were compared on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from listener.alerting.pasts import heard_by
from listener.alerting.replay import Alarm, Arrival, alarms_since, replay
from listener.domain.heard import Heard, trusted
from listener.domain.listened import turn_of
from listener.domain.rules import SpikeRule
from listener.jobs.comparing import Comparison
from listener.jobs.side import Side
from listener.store import history
from listener.store.engine import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """The incidents of one client under the old and under the new configuration."""

    old: tuple[Alarm, ...]
    new: tuple[Alarm, ...]


def foretell(
    database: Database, done: Comparison, *, history_from: datetime, until: datetime
) -> dict[str, Foretold]:
    """By client id, of those with an alert under either of the two."""
    eyes = Hearing.read(database, history_from=history_from, until=until)
    told = {}
    for client_id, tally in done.clients.items():
        old = alarms_of(eyes, done.old, client_id, tally.arrivals_old, since=done.since)
        new = alarms_of(eyes, done.new, client_id, tally.arrivals_new, since=done.since)
        if old or new:
            told[client_id] = Foretold(old=old, new=new)
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """When places could be heard in a stretch of history; asked once for each set of places."""

    database: Database
    from_at: datetime
    until: datetime
    since: Mapping[int, datetime]
    _known: dict[frozenset[int], Heard] = field(default_factory=dict)

    @classmethod
    def read(cls, database: Database, *, history_from: datetime, until: datetime) -> Hearing:
        with database.read() as connection:
            since = history.heard_from(connection)
        return cls(database=database, from_at=history_from, until=until, since=since)

    def of(self, side: Side, client_id: str) -> Heard:
        """When this client could be heard, had it been in the configuration all along."""
        those = [
            number for number, one in side.places.items() if client_id in one.clients and number in self.since
        ]
        places = frozenset(trusted(those, lambda number: side.places[number].connector.best_effort))
        if places not in self._known:
            ready = {number: self.since[number] for number in places}
            with self.database.read() as connection:
                self._known[places] = heard_by(connection, ready, since=self.from_at, until=self.until)
        return self._known[places]


def alarms_of(
    eyes: Hearing, side: Side, client_id: str, arrivals: Sequence[Arrival], *, since: datetime
) -> tuple[Alarm, ...]:
    """The incidents of one client that would have been opened from `since` on."""
    watched = side.plan.watched.get(client_id)
    rule: SpikeRule | None = watched.rules.negative_spike if watched else None
    if watched is None or rule is None or len(arrivals) < rule.at_least:
        return ()
    heard = eyes.of(side, client_id)
    alarms = replay(
        arrivals,
        heard,
        rule,
        clients=watched.list_size,
        until=eyes.until,
        turn=turn_of(client_id),
        events=watched.events,
    )
    return tuple(alarms_since(alarms, since))
