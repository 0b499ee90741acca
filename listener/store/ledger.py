"""What credentials have spent and are remembered by: written at once, so that a crash or a restart forgets none of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from time import monotonic
from typing import Any

import sqlalchemy as sa

from listener.connector.contract import JSON
from listener.connector.ledger import Account, Change, heard, left_of
from listener.domain.limits import Left
from listener.domain.spending import Spent
from listener.store.engine import Database
from listener.store.tables import meters, remembered
from listener.store.upsert import insert, upsert
from listener.telemetry import REDACTION

LATELY_S = 30.0
"""For so long what was heard of a meter here is not looked up: another program may have heard less meanwhile, and a place that is
asked once too often says so."""
SHORTEST_SECRET = 8
"""Shorter texts among what is remembered are no tokens, and to hide them would hide words."""


class StoredLedger:
    """contract of connector.ledger.Ledger over the database.

    What is remembered may be a session or a token: from the moment it is known here no log and no stored reason shows it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = threading.Lock()
        self._hidden: dict[tuple[Account, str], tuple[frozenset[str], frozenset[str]]] = {}
        self._heard: dict[tuple[Account, str], tuple[Left, datetime]] = {}
        self._lately: dict[tuple[Account, str], tuple[Left, float]] = {}

    def change(self, account: Account, meter: str, how: Change, *, now: datetime) -> Spent:
        with self._database.write() as connection:
            with self._turn:
                self._lately.pop((account, meter), None)
                said = self._heard.pop((account, meter), None)
            both = how if said is None else _one_after_the_other(heard(*said), how)
            return change(connection, account, meter, both, now=now)

    def hear(self, account: Account, meter: str, said: Left, *, now: datetime) -> None:
        """Of two the later counts: each tells all that the place has left."""
        with self._turn:
            self._heard[account, meter] = (said, now)
            self._lately[account, meter] = (said, monotonic())

    def write_heard(self) -> None:
        with self._turn:
            said, self._heard = self._heard, {}
        if said:
            with self._database.write() as connection:
                write_heard(connection, said)

    def spent(self, account: Account, meter: str) -> Spent | None:
        with self._turn:
            said = self._heard.get((account, meter))
        with self._database.read() as connection:
            written = spent(connection, account, meter)
        return written if said is None else heard(*said)(written)

    def left(self, account: Account, meter: str) -> Left | None:
        with self._turn:
            said, at = self._lately.get((account, meter), (None, 0.0))
        if said is not None and monotonic() - at < LATELY_S:
            return said
        return left_of(self.spent(account, meter))

    def recall(self, account: Account, name: str) -> JSON:
        with self._database.read() as connection:
            value = recall(connection, account, name)
        self._hide(account, name, value)
        return value

    def remember(self, account: Account, name: str, value: JSON, *, now: datetime) -> None:
        self._hide(account, name, value)
        with self._database.write() as connection:
            remember(connection, account, name, value, now=now)

    def _hide(self, account: Account, name: str, value: JSON) -> None:
        """The value and the one before it, which a late line may still name; an older one is no secret any more."""
        found = frozenset(_texts(value))
        with self._turn:
            older, newer = self._hidden.get((account, name), (frozenset(), frozenset()))
            if found and found != newer:
                REDACTION.learn(found)
                self._hidden[account, name] = (newer, found)
                still = {text for pair in self._hidden.values() for some in pair for text in some}
                REDACTION.forget(older - still)


def change(connection: sa.Connection, account: Account, meter: str, how: Change, *, now: datetime) -> Spent:
    """Put what `how` makes of the present state in its place. Whoever else wants to waits until this transaction ends."""
    key = _key(account, meter)
    connection.execute(insert(connection, meters).values(**key, at=now).on_conflict_do_nothing())
    here = sa.select(meters).where(*_is(meters, key)).with_for_update()
    known = _spent(connection.execute(here).one())
    changed = how(known)
    if changed != known:
        values = {"began_at": changed.began_at, "spent": changed.spent, "at": now}
        told = {"left": changed.left, "resets_at": changed.resets_at}
        connection.execute(sa.update(meters).where(*_is(meters, key)).values(**values, **told))
    return changed


def write_heard(connection: sa.Connection, said: Mapping[tuple[Account, str], tuple[Left, datetime]]) -> None:
    """What is left of these meters, and nothing of what was spent: another program may be spending."""
    statement = insert(connection, meters)
    told = {name: statement.excluded[name] for name in ("left", "resets_at", "at")}
    began = sa.func.coalesce(meters.c.began_at, statement.excluded.began_at)
    keep = statement.on_conflict_do_update(index_elements=list(_KEY), set_={**told, "began_at": began})
    rows = [
        {**_key(account, meter), "began_at": now, "left": one.left, "resets_at": one.resets_at, "at": now}
        for (account, meter), (one, now) in sorted(said.items(), key=lambda item: item[0])
    ]
    connection.execute(keep, rows)


def spent(connection: sa.Connection, account: Account, meter: str) -> Spent | None:
    """The state of one meter as it was last written."""
    row = connection.execute(_METER, _key(account, meter)).one_or_none()
    return None if row is None else _spent(row)


def all_spent(connection: sa.Connection) -> Mapping[tuple[Account, str], Spent]:
    """Every meter that was ever spent from, by account and name."""
    rows = connection.execute(sa.select(meters).where(meters.c.began_at.is_not(None)))
    return {((row.kind, row.credential), row.name): known for row in rows if (known := _spent(row))}


def recall(connection: sa.Connection, account: Account, name: str) -> JSON:
    """What was remembered last, None where nothing was. It may be a secret."""
    return connection.execute(_REMEMBERED, _key(account, name)).scalar()


def remember(connection: sa.Connection, account: Account, name: str, value: JSON, *, now: datetime) -> None:
    """Keep it in the place of what was there; None forgets."""
    key = _key(account, name)
    if value is None:
        connection.execute(sa.delete(remembered).where(*_is(remembered, key)))
        return
    keep = upsert(connection, remembered, keys=tuple(key))
    connection.execute(keep.values(**key, value=value, at=now))


def _one_after_the_other(first: Change, then: Change) -> Change:
    return lambda known: then(first(known))


def _key(account: Account, name: str) -> dict[str, str]:
    kind, credential = account
    return {"kind": kind, "credential": credential, "name": name}


def _is(table: sa.Table, key: Mapping[str, str]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in key.items()]


_KEY = ("kind", "credential", "name")
_METER = sa.select(meters).where(*(meters.c[name] == sa.bindparam(name) for name in _KEY))
_REMEMBERED = sa.select(remembered.c.value).where(
    *(remembered.c[name] == sa.bindparam(name) for name in _KEY)
)
"""Made once: to build a statement costs more than to execute it."""


def _spent(row: sa.Row[Any]) -> Spent | None:
    if row.began_at is None:
        return None
    return Spent(began_at=row.began_at, spent=row.spent, left=row.left, resets_at=row.resets_at)


def _texts(value: JSON) -> Iterator[str]:
    """Every text in there that may be a token."""
    if isinstance(value, str) and len(value) >= SHORTEST_SECRET:
        yield value
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _texts(one)
