"""What the configuration names, written to the database: what came, what changed, what left and what came back."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.connector.target import Target
from listener.domain.client import Client
from listener.store.tables import clients, gaps, hearings, targets
from listener.store.upsert import insert, insert_new

Identity = tuple[str, str, str]
"""(kind, scope, credential)."""

_SPREAD_EACH = timedelta(milliseconds=20)
_SPREAD_MOST = timedelta(seconds=30)


def sync(
    connection: sa.Connection, wanted: Sequence[Target], named: Sequence[Client], now: datetime
) -> dict[Identity, int]:
    """Make the database know these targets and clients and no others; the ids of the targets by their identity.

    What left is inactive and keeps its history, what comes back keeps its cursor. A new cursor version drops the cursor
    and fences a poll under way.
    """
    _sync_clients(connection, named, now)
    known = _known(connection)
    active = {identity for identity, row in known.items() if row.active}
    firsts = _first_polls([one for one in wanted if one.identity not in active], now)
    _add_targets(connection, [one for one in wanted if one.identity not in known], firsts)
    _change_targets(connection, [one for one in wanted if one.identity in known], known, firsts, now)
    gone = active - {one.identity for one in wanted}
    _stop_targets(connection, [known[identity].id for identity in gone], now)
    ids = by_identity(connection)
    _sync_hearings(
        connection, {(ids[one.identity], audience) for one in wanted for audience in one.audiences}
    )
    return {one.identity: ids[one.identity] for one in wanted}


def by_identity(connection: sa.Connection) -> dict[Identity, int]:
    """The id of every target that was ever configured."""
    rows = connection.execute(sa.select(targets.c.id, targets.c.kind, targets.c.scope, targets.c.credential))
    return {(row.kind, row.scope, row.credential): row.id for row in rows}


def asked(connection: sa.Connection) -> dict[str, datetime]:
    """Since when each client is listened for by its query in its list: what a poll brings that began before is backfill."""
    rows = connection.execute(sa.select(clients.c.id, clients.c.asked_at).where(clients.c.active))
    return {row.id: row.asked_at for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    id: int
    active: bool
    best_effort: bool
    every_s: int
    cursor_version: int
    next_poll_at: datetime
    cadence_s: int | None


def _known(connection: sa.Connection) -> dict[Identity, _Known]:
    names = [field.name for field in fields(_Known)]
    identity = (targets.c.kind, targets.c.scope, targets.c.credential)
    rows = connection.execute(sa.select(*identity, *(targets.c[name] for name in names)))
    return {
        (kind, scope, credential): _Known(**dict(zip(names, rest, strict=True)))
        for kind, scope, credential, *rest in rows
    }


def _first_polls(fresh: Sequence[Target], now: datetime) -> dict[Identity, datetime]:
    """New targets start spread over a few seconds, always alike, so that a thousand do not start in one."""
    window = min(_SPREAD_MOST, _SPREAD_EACH * len(fresh))
    return {
        one.identity: now + window * (zlib.crc32("\n".join(one.identity).encode()) / 2**32) for one in fresh
    }


def _add_targets(
    connection: sa.Connection, new: Iterable[Target], firsts: Mapping[Identity, datetime]
) -> None:
    rows = [
        {
            "kind": one.kind,
            "scope": one.scope,
            "credential": one.credential,
            "every_s": _seconds(one.every),
            "best_effort": one.connector.best_effort,
            "cursor_version": one.connector.cursor_version,
            "next_poll_at": firsts[one.identity],
        }
        for one in new
    ]
    if rows:
        connection.execute(sa.insert(targets), rows)


def _change_targets(
    connection: sa.Connection,
    there: Iterable[Target],
    known: Mapping[Identity, _Known],
    firsts: Mapping[Identity, datetime],
    now: datetime,
) -> None:
    changed, outdated = [], []
    for one in there:
        row = known[one.identity]
        fixed = row.cadence_s is not None and not one.adapts
        effort = one.connector.best_effort
        if (row.active, row.every_s, row.best_effort) != (True, _seconds(one.every), effort) or fixed:
            # A shorter cadence counts at once; a longer one from the next poll on.
            soonest = firsts.get(one.identity, min(row.next_poll_at, now + one.every))
            told = {"b_every": _seconds(one.every), "b_effort": effort, "b_next": soonest}
            changed.append({"b_id": row.id, **told})
        if row.cursor_version != one.connector.cursor_version:
            outdated.append({"b_id": row.id, "b_version": one.connector.cursor_version})
    if changed:
        connection.execute(_CHANGE, changed)
    if outdated:
        connection.execute(_DROP_CURSOR, outdated)


_THIS = targets.c.id == sa.bindparam("b_id")
_CHANGE = (
    sa.update(targets)
    .where(_THIS)
    .values(
        active=True,
        every_s=sa.bindparam("b_every"),
        best_effort=sa.bindparam("b_effort"),
        next_poll_at=sa.bindparam("b_next"),
        cadence_s=None,
    )
)
_DROP_CURSOR = (
    sa.update(targets)
    .where(_THIS)
    .values(
        cursor=sa.null(),
        validators={},
        cursor_version=sa.bindparam("b_version"),
        claim_token=targets.c.claim_token + 1,
        claimed_until=None,
    )
)


def _stop_targets(connection: sa.Connection, ids: Sequence[int], now: datetime) -> None:
    """A target that left is not expected to hear: what it could not hear ends now."""
    if not ids:
        return
    each = [{"b_id": one} for one in ids]
    connection.execute(sa.update(targets).where(_THIS).values(active=False), each)
    still_deaf = sa.update(gaps).where(gaps.c.target_id == sa.bindparam("b_id"), gaps.c.to_at.is_(None))
    connection.execute(still_deaf.values(to_at=now), each)


def introduce(connection: sa.Connection, named: Sequence[Client], now: datetime) -> None:
    """Make the database know clients that no daemon has listened for yet; those that it knows stay as they are."""
    insert_new(connection, clients, _rows(named, now))


def _rows(named: Sequence[Client], now: datetime) -> list[dict[str, object]]:
    return [
        {
            "id": one.id,
            "name": one.name,
            "watch_list": one.watch_list,
            "owner": one.owner,
            "active": True,
            "query": one.asked,
            "asked_at": now,
            "joined_at": now,
        }
        for one in named
    ]


def _sync_clients(connection: sa.Connection, named: Sequence[Client], now: datetime) -> None:
    rows = _rows(named, now)
    statement = insert(connection, clients)
    kept = {name: statement.excluded[name] for name in ("name", "watch_list", "owner", "active", "query")}
    stays = sa.and_(clients.c.active, clients.c.watch_list == statement.excluded.watch_list)
    same = sa.and_(stays, clients.c.query == statement.excluded.query)
    since = {
        "joined_at": sa.case((stays, clients.c.joined_at), else_=statement.excluded.joined_at),
        "asked_at": sa.case((same, clients.c.asked_at), else_=statement.excluded.asked_at),
    }
    if rows:
        connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_={**kept, **since}),
            rows,
        )
    active = set(connection.scalars(sa.select(clients.c.id).where(clients.c.active)))
    if gone := active - {one.id for one in named}:
        stop = sa.update(clients).where(clients.c.id == sa.bindparam("b_id")).values(active=False)
        connection.execute(stop, [{"b_id": one} for one in sorted(gone)])


def _sync_hearings(connection: sa.Connection, wanted: set[tuple[int, str]]) -> None:
    rows = connection.execute(sa.select(hearings.c.target_id, hearings.c.audience, hearings.c.active))
    known = {(row.target_id, row.audience): row.active for row in rows}
    if new := wanted - set(known):
        pairs = [{"target_id": target, "audience": audience} for target, audience in sorted(new)]
        connection.execute(sa.insert(hearings), pairs)
    turned = [pair for pair, active in known.items() if active != (pair in wanted)]
    if turned:
        turn = sa.update(hearings).where(
            hearings.c.target_id == sa.bindparam("b_target"),
            hearings.c.audience == sa.bindparam("b_audience"),
        )
        connection.execute(
            turn.values(active=sa.bindparam("b_active")),
            [
                {"b_target": target, "b_audience": audience, "b_active": (target, audience) in wanted}
                for target, audience in turned
            ],
        )


def _seconds(every: timedelta) -> int:
    return round(every.total_seconds())
