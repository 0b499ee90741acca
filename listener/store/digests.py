"""Which digests were told: one a receiver, its lists and a local day, whoever races; and what goes into one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from listener.domain.digest import Period
from listener.domain.health import gap_before
from listener.domain.shares import Labelled
from listener.domain.spans import Span
from listener.store.alert_tables import digests
from listener.store.evidence import Said, said
from listener.store.tables import gaps, hearings, matches, mentions, targets
from listener.store.upsert import insert


def take(connection: sa.Connection, audience: str, period: Period, day: date, *, now: datetime) -> bool:
    """Whether it is we who tell this digest, in this transaction; False where it was told."""
    row = {"audience": audience, "period": period, "day": day.isoformat(), "at": now}
    taken = insert(connection, digests).values(row).on_conflict_do_nothing().returning(digests.c.day)
    return connection.execute(taken).first() is not None


def was_told(connection: sa.Connection, audience: str, period: Period, day: date) -> bool:
    """Whether this digest was told."""
    key = (digests.c.audience == audience, digests.c.period == period, digests.c.day == day.isoformat())
    return connection.execute(sa.select(digests.c.day).where(*key)).first() is not None


def last(connection: sa.Connection, audience: str, period: Period) -> tuple[date, datetime] | None:
    """For which day the latest of these digests was told, and when."""
    query = sa.select(digests.c.day, digests.c.at).where(
        digests.c.audience == audience, digests.c.period == period
    )
    row = connection.execute(query.order_by(digests.c.at.desc()).limit(1)).first()
    return None if row is None else (date.fromisoformat(row.day), row.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What others said about one client; backfill is not in it."""

    client_id: str
    labelled: Labelled
    people: int

    @property
    def mentions(self) -> int:
        return self.labelled.known + self.labelled.unknown


def heard(connection: sa.Connection, *, since: datetime, until: datetime) -> list[Heard]:
    """What came in within this time, whenever it was said, by client; who had nothing is not in it."""
    labels = [
        sa.func.sum(sa.case((matches.c.label == name, 1), else_=0)).label(name) for name in Labelled.__slots__
    ]
    query = (
        sa.select(
            matches.c.client_id, sa.func.count(sa.distinct(mentions.c.witness)).label("people"), *labels
        )
        .join(mentions, mentions.c.id == matches.c.mention_id)
        .where(*_came_in(since, until))
        .group_by(matches.c.client_id)
    )
    return [
        Heard(
            client_id=row.client_id,
            labelled=Labelled(**{name: int(getattr(row, name)) for name in Labelled.__slots__}),
            people=row.people,
        )
        for row in connection.execute(query)
    ]


def praise(connection: sa.Connection, *, since: datetime, until: datetime) -> dict[str, list[int]]:
    """By client, the matches that praise it, each by somebody else, that came in within this time."""
    query = (
        sa.select(matches.c.client_id, matches.c.id)
        .join(mentions, mentions.c.id == matches.c.mention_id)
        .where(*_came_in(since, until), matches.c.praise)
        .order_by(matches.c.id)
    )
    found: dict[str, list[int]] = {}
    for row in connection.execute(query):
        found.setdefault(row.client_id, []).append(row.id)
    return found


def praising(connection: sa.Connection, match_ids: Collection[int]) -> list[Said]:
    """These matches, one a story, those that most people hear of first."""
    found: dict[int, Said] = {}
    for one in sorted(said(connection, list(match_ids)), key=lambda one: (-(one.reach or 0), one.match)):
        found.setdefault(one.story, one)
    return list(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Deaf:
    """When one place could not be heard, and why the last time; `still` where it cannot be now."""

    kind: str
    scope: str
    spans: tuple[Span, ...]
    reason: str
    still: bool


def deaf(
    connection: sa.Connection, audiences: Collection[str], *, since: datetime, until: datetime
) -> list[Deaf] | None:
    """The places of these audiences that could not be heard at some time in [since, until); None where there is no place yet.

    Places of best effort are not named. A place is deaf, too, until it was read to its end for the first time, and since a poll of it is long overdue.
    """
    places = _places(connection, audiences)
    if not places:
        return None
    query = (
        sa.select(gaps)
        .where(gaps.c.from_at < until, sa.or_(gaps.c.to_at.is_(None), gaps.c.to_at > since))
        .order_by(gaps.c.from_at, gaps.c.id)
    )
    silent: dict[int, list[_Silent]] = {
        target_id: [*_before(row, since=since, until=until), *_overdue(row, until=until)]
        for target_id, row in places.items()
        if not row.best_effort
    }
    for row in connection.execute(query):
        if row.target_id in silent:
            ends_at = min(row.to_at or until, until)
            silent[row.target_id].append(((max(row.from_at, since), ends_at), row.reason, row.to_at is None))
    return [_deaf(places[target_id], sorted(some)) for target_id, some in silent.items() if some]


def _deaf(place: Any, silent: Sequence[_Silent]) -> Deaf:  # noqa: ANN401 - a row of two tables
    return Deaf(
        kind=place.kind,
        scope=place.scope,
        spans=tuple(span for span, _, _ in silent),
        reason=silent[-1][1],
        still=any(still for _, _, still in silent),
    )


_Silent = tuple[Span, str, bool]  # when, why, and whether it is so still


def _places(connection: sa.Connection, audiences: Collection[str]) -> dict[int, Any]:
    """The active targets of these audiences, each with the time since which the first of them is heard there."""
    query = (
        sa.select(targets, hearings.c.audience, hearings.c.since_at)
        .join(targets, targets.c.id == hearings.c.target_id)
        .where(hearings.c.active, targets.c.active)
        .order_by(hearings.c.since_at.is_(None), hearings.c.since_at, targets.c.id)
    )
    found: dict[int, Any] = {}
    for row in connection.execute(query):
        if row.audience in audiences:
            found.setdefault(row.id, row)
    return found


def _before(row: Any, *, since: datetime, until: datetime) -> list[_Silent]:  # noqa: ANN401 - a row of two tables
    """The time before a place was read to its end for the first time."""
    heard_from = row.since_at
    if heard_from is not None and heard_from <= since:
        return []
    ready = min(heard_from or until, until)
    return [((since, ready), "it had not been read to its end before", heard_from is None)]


def _overdue(row: Any, *, until: datetime) -> list[_Silent]:  # noqa: ANN401 - a row of two tables
    """The time since a poll is long overdue: nobody has noticed that yet."""
    silent_since = gap_before(
        last_success_at=row.last_success_at,
        every=timedelta(seconds=row.cadence_s or row.every_s),
        now=until,
        planned_at=_time(row.cadence.get("planned_at")),
    )
    if silent_since is None or row.state not in {"ok", "new"}:
        return []
    return [((silent_since, until), "nobody listened: the program was not running", True)]


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _came_in(since: datetime, until: datetime) -> list[sa.ColumnElement[bool]]:
    """Mentions of others that came in within this time, whenever they were said; backfill left out."""
    return [
        mentions.c.fetched_at >= since,
        mentions.c.fetched_at < until,
        sa.not_(matches.c.own),
        sa.not_(matches.c.backfill),
    ]
