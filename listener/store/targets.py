"""The targets: claimed by one poll at a time, and given back with what the poll has learned.

Every write names the token of its claim: who lost its lease meanwhile changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self

import sqlalchemy as sa

from listener.connector.contract import JSON
from listener.store.columns import MICROSECOND
from listener.store.configured import by_identity, sync
from listener.store.errors import LeaseLost
from listener.store.tables import hearings, targets

__all__ = [
    "Claim",
    "LeaseLost",
    "PollEnd",
    "by_identity",
    "claim",
    "finish",
    "free_all",
    "hasten",
    "heard",
    "keep",
    "release",
    "sync",
]

_AT_ONCE = 10_000  # ids in one statement; SQLite takes 32,766 parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to poll one target until the lease ends, and what is remembered of it.

    `since` says for each audience (`list:NAME`, `client:ID`) since when it is read to its end for it; None is still backfill.
    `complete_from_at` is when the latest poll that read to the end began. By `cadence_s` this poll was planned, by `every_s`
    where that is None.
    With `best_effort` nobody is told that it breaks.
    """

    target_id: int
    kind: str
    scope: str
    credential: str
    token: int
    cursor: JSON
    cursor_version: int
    validators: dict[str, Any]
    health: dict[str, Any]
    due_at: datetime
    best_effort: bool = False
    polls_count: int = 0
    last_success_at: datetime | None = None
    complete_from_at: datetime | None = None
    every_s: int = 0
    cadence_s: int | None = None
    cadence: Mapping[str, Any] = field(default_factory=dict)
    since: Mapping[str, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollEnd:
    """How a poll ended; `complete` where it read to the end.

    `validators` None keeps what was there; without a `health` no poll came to pass at all.
    """

    target_id: int
    token: int
    next_poll_at: datetime
    state: str = ""
    health: Mapping[str, Any] | None = None
    not_before_at: datetime | None = None
    last_poll_at: datetime | None = None
    success: bool = False
    complete: bool = False
    validators: Mapping[str, Any] | None = None
    cadence_s: int | None = None
    cadence: Mapping[str, Any] | None = None

    @classmethod
    def postponed(
        cls, claim: Claim, *, next_poll_at: datetime, cadence: Mapping[str, Any] | None = None
    ) -> Self:
        """Nothing was asked and nothing learned: only the time of the next poll changes, and at times why (`cadence`)."""
        return cls(target_id=claim.target_id, token=claim.token, next_poll_at=next_poll_at, cadence=cadence)


def claim(
    connection: sa.Connection, *, now: datetime, limit: int, lease: timedelta, everything: bool = False
) -> list[Claim]:
    """Claim up to `limit` active targets, longest due first, of those that are due together the one that was polled longest
    ago: they may share a budget. `everything` asks also for what is not due yet.

    What a place forbade until later (`not_before_at`) and what another holds is never among them.
    """
    due = [targets.c.active, _is_past(targets.c.claimed_until, now), _is_past(targets.c.not_before_at, now)]
    if not everything:
        due.append(targets.c.next_poll_at <= now)
    chosen = (
        sa.select(targets.c.id)
        .where(*due)
        .order_by(targets.c.next_poll_at, _LAST, targets.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    taken = connection.execute(
        sa.update(targets)
        .where(targets.c.id.in_(sa.select(chosen.c.id)))
        .values(claim_token=targets.c.claim_token + 1, claimed_until=now + lease)
        .returning(*_REMEMBERED)
    )
    found = sorted(taken.mappings(), key=lambda row: (row["due_at"], row["last_us"], row["target_id"]))
    rows = [{name: value for name, value in row.items() if name != "last_us"} for row in found]
    since = _since(connection, [row["target_id"] for row in rows])
    return [Claim(**row, since=since.get(row["target_id"], {})) for row in rows]


_LAST = sa.func.coalesce(sa.type_coerce(targets.c.last_poll_at, sa.BigInteger), sa.literal(0, sa.BigInteger))
_REMEMBERED = (
    targets.c.id.label("target_id"),
    targets.c.kind,
    targets.c.scope,
    targets.c.credential,
    _LAST.label("last_us"),
    targets.c.claim_token.label("token"),
    targets.c.cursor,
    targets.c.cursor_version,
    targets.c.validators,
    targets.c.health,
    targets.c.best_effort,
    targets.c.polls_count,
    targets.c.last_success_at,
    targets.c.complete_from_at,
    targets.c.every_s,
    targets.c.cadence_s,
    targets.c.cadence,
    targets.c.next_poll_at.label("due_at"),
)


def _is_past(column: sa.Column[Any], now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(column.is_(None), column <= now)


def _since(connection: sa.Connection, ids: Sequence[int]) -> dict[int, dict[str, datetime | None]]:
    found: dict[int, dict[str, datetime | None]] = defaultdict(dict)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        rows = connection.execute(
            sa.select(hearings.c.target_id, hearings.c.audience, hearings.c.since_at).where(
                hearings.c.target_id.in_(some), hearings.c.active
            )
        )
        for row in rows:
            found[row.target_id][row.audience] = row.since_at
    return found


def keep(
    connection: sa.Connection,
    claim: Claim,
    *,
    cursor: JSON,
    validators: Mapping[str, Any],
    next_poll_at: datetime,
    stored_count: int,
    last_found_at: datetime | None,
    truncated: bool,
) -> None:
    """Move the cursor past a page, in the transaction that stores it. Raises LeaseLost, which must undo that page."""
    moved = connection.execute(
        sa.update(targets)
        .where(targets.c.id == claim.target_id, targets.c.claim_token == claim.token)
        .values(
            cursor=cursor,
            validators=dict(validators),
            next_poll_at=next_poll_at,
            stored_count=targets.c.stored_count + stored_count,
            truncated_count=targets.c.truncated_count + int(truncated),
            last_found_at=targets.c.last_found_at if last_found_at is None else last_found_at,
        )
    )
    if moved.rowcount == 0:
        raise LeaseLost(target_id=claim.target_id)


def finish(connection: sa.Connection, ends: Sequence[PollEnd]) -> frozenset[int]:
    """Write how polls ended and give their claims back; the ids of those whose claim was still held, the only ones written."""
    held = _held(connection, ends)
    ours = [end for end in ends if end.target_id in held]
    polled = [end for end in ours if end.health is not None]
    put_off = [end for end in ours if end.health is None]
    _each(connection, _POSTPONED, [end for end in put_off if end.cadence is None])
    _each(connection, _PACED, [end for end in put_off if end.cadence is not None])
    _each(connection, _POLLED, [end for end in polled if end.validators is None])
    _each(connection, _POLLED_NEW, [end for end in polled if end.validators is not None])
    return held


def _held(connection: sa.Connection, ends: Sequence[PollEnd]) -> frozenset[int]:
    tokens = {end.target_id: end.token for end in ends}
    ids = sorted(tokens)
    held = set()
    for start in range(0, len(ids), _AT_ONCE):
        some = targets.c.id.in_(ids[start : start + _AT_ONCE])
        rows = connection.execute(
            sa.select(targets.c.id, targets.c.claim_token)
            .where(some)
            .order_by(targets.c.id)
            .with_for_update()
        )
        held |= {row.id for row in rows if row.claim_token == tokens[row.id]}
    return frozenset(held)


_POSTPONED = (
    sa.update(targets)
    .where(targets.c.id == sa.bindparam("b_id"))
    .values(next_poll_at=sa.bindparam("b_next"), claimed_until=None)
)
_PACED = _POSTPONED.values(cadence=sa.bindparam("b_cadence"))
_POLLED = _PACED.values(
    cadence_s=sa.bindparam("b_cadence_s"),
    state=sa.bindparam("b_state"),
    health=sa.bindparam("b_health"),
    not_before_at=sa.bindparam("b_not_before"),
    last_poll_at=sa.bindparam("b_at"),
    last_success_at=sa.func.coalesce(
        sa.bindparam("b_success_at", type_=targets.c.last_success_at.type), targets.c.last_success_at
    ),
    complete_from_at=sa.func.coalesce(
        sa.bindparam("b_complete_at", type_=targets.c.complete_from_at.type), targets.c.complete_from_at
    ),
    polls_count=targets.c.polls_count + 1,
)
_POLLED_NEW = _POLLED.values(validators=sa.bindparam("b_validators"))


def _each(connection: sa.Connection, statement: sa.Update, ends: Sequence[PollEnd]) -> None:
    if not ends:
        return
    names = _named(statement)
    rows = [{name: value for name, value in _values(end).items() if name in names} for end in ends]
    connection.execute(statement, rows)


@cache
def _named(statement: sa.Update) -> frozenset[str]:
    """The values that the statement asks for; compiled once, for compiling costs more than executing."""
    return frozenset(statement.compile().params)


def _values(end: PollEnd) -> dict[str, Any]:
    return {
        "b_id": end.target_id,
        "b_next": end.next_poll_at,
        "b_state": end.state,
        "b_health": None if end.health is None else dict(end.health),
        "b_not_before": end.not_before_at,
        "b_at": end.last_poll_at,
        "b_success_at": end.last_poll_at if end.success else None,
        "b_complete_at": end.last_poll_at if end.complete else None,
        "b_cadence": dict(end.cadence or {}),
        "b_cadence_s": end.cadence_s,
        "b_validators": None if end.validators is None else dict(end.validators),
    }


def hasten(
    connection: sa.Connection, least: Mapping[tuple[str, str, str], timedelta], *, now: datetime
) -> None:
    """Poll these now, or as soon as their places may be asked again, though they were planned for later.

    By identity with the least time between two polls. Targets in trouble keep their pause, but for those whose budget is used
    up: a part of it may be kept for this hour. What a place forbade stays forbidden.
    """
    rows = [
        {
            "b_kind": kind,
            "b_scope": scope,
            "b_credential": credential,
            "b_now": now,
            "b_least": span // MICROSECOND,
        }
        for (kind, scope, credential), span in least.items()
    ]
    if rows:
        connection.execute(_HASTEN, rows)


_AT_ONCE_AT = sa.bindparam("b_now", type_=targets.c.next_poll_at.type)
_ALLOWED_AT = sa.type_coerce(
    _LAST + sa.bindparam("b_least", type_=sa.BigInteger), targets.c.next_poll_at.type
)
_SOON = sa.case((_ALLOWED_AT > _AT_ONCE_AT, _ALLOWED_AT), else_=_AT_ONCE_AT)
_HASTEN = (
    sa.update(targets)
    .where(
        targets.c.kind == sa.bindparam("b_kind"),
        targets.c.scope == sa.bindparam("b_scope"),
        targets.c.credential == sa.bindparam("b_credential"),
        targets.c.active,
        targets.c.state.in_(("new", "ok", "used up")),
        targets.c.next_poll_at > _SOON,
    )
    .values(next_poll_at=_SOON)
)


def heard(connection: sa.Connection, target_id: int, audiences: Iterable[str], since_at: datetime) -> None:
    """From here on these audiences hear through this target: its backfill has come to its end."""
    connection.execute(
        sa.update(hearings)
        .where(
            hearings.c.target_id == target_id,
            hearings.c.audience.in_(list(audiences)),
            hearings.c.since_at.is_(None),
        )
        .values(since_at=since_at)
    )


def release(connection: sa.Connection, claims: Iterable[Claim]) -> None:
    """Give claims back unused, at shutdown: whoever comes next need not wait for the leases to end."""
    free = sa.update(targets).where(
        targets.c.id == sa.bindparam("b_id"), targets.c.claim_token == sa.bindparam("b_token")
    )
    if rows := [{"b_id": one.target_id, "b_token": one.token} for one in claims]:
        connection.execute(free.values(claimed_until=None), rows)


def free_all(connection: sa.Connection) -> None:
    """For who has just taken the lead: no poll of an earlier daemon may write any more, and all may be claimed."""
    connection.execute(
        sa.update(targets)
        .where(targets.c.claimed_until.is_not(None))
        .values(claimed_until=None, claim_token=targets.c.claim_token + 1)
    )
