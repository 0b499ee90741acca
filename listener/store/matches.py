"""Matches, the voices among them, and the counts that follow them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from listener.domain.correcting import word_of
from listener.domain.explain import Explanation
from listener.domain.sentiment import LABELS, Label, Score
from listener.domain.voices import ALONE_FOR, SIDES, Testimony, decided
from listener.store import corrections
from listener.store.tables import counts, identities, marked, matches, mentions
from listener.store.upsert import insert, insert_new
from listener.store.voices import COLUMN, TESTIMONY, as_testimony

Facts = dict[int, Any]  # mention id -> row with counted_at, witness, story_id

BUCKET = timedelta(minutes=15)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A match to be stored unless the mention is matched with that client already. `explanation` is None where no query was asked."""

    mention_id: int
    client_id: str
    score: Score
    own: bool
    backfill: bool
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Rows written."""

    matches: int
    voices: int


def bucket(at: datetime) -> datetime:
    """The start of the 15-minute bucket, in UTC, in which this instant is counted."""
    return at - (at - EPOCH) % BUCKET


def add(connection: sa.Connection, offers: Sequence[Offer]) -> Counted:
    """Store the offers that are new, in their order, decide their voices and count them.

    What a person marked as not about a client is not matched with it again, and a label that a person gave stands.
    """
    if not offers:
        return Counted(matches=0, voices=0)
    facts = _facts(connection, {offer.mention_id for offer in offers})
    settled = _settled(connection, facts)
    unique = {(offer.mention_id, offer.client_id): offer for offer in reversed(offers)}
    unsettled = [
        offer for offer in reversed(unique.values()) if (offer.mention_id, offer.client_id) not in settled
    ]
    new = _as_labelled(connection, unsettled)
    rows = [_row(offer, facts[offer.mention_id].counted_at) for offer in new]
    for client_id in dict.fromkeys(offer.client_id for offer in new):
        _decide(connection, client_id, [row for row in rows if row["client_id"] == client_id], facts)
    if rows:
        insert_new(connection, matches, rows)
        count(connection, rows)
    return Counted(matches=len(rows), voices=sum(row["voice"] for row in rows))


def _as_labelled(connection: sa.Connection, offers: Sequence[Offer]) -> list[Offer]:
    """The offers, each with the label that a person gave that mention before, if one did."""
    said = corrections.standing(
        connection, {offer.mention_id for offer in offers}, {offer.client_id for offer in offers}
    )
    return [
        replace(offer, score=word_of(word.who, word.label))
        if (word := said.get((offer.mention_id, offer.client_id)))
        else offer
        for offer in offers
    ]


def held(connection: sa.Connection, hashes: Sequence[bytes]) -> set[tuple[bytes, str]]:
    """Which of these items (by identity) are stored about which clients already, or marked as not about them."""
    rows = connection.execute(_HELD, {"hashes": list(hashes)})
    return {(bytes(row.hash), row.client_id) for row in rows}


_SETTLED = ((matches, ()), (marked, (sa.not_(marked.c.about),)))
"""Where it is written that a client's match with a mention is decided."""

_HELD = sa.union_all(
    *(
        sa.select(identities.c.hash, table.c.client_id)
        .join(table, table.c.mention_id == identities.c.mention_id)
        .where(identities.c.hash.in_(sa.bindparam("hashes", expanding=True)), *conditions)
        for table, conditions in _SETTLED
    )
)
"""Made once: to build it costs more than to execute it."""


def _settled(connection: sa.Connection, mention_ids: Iterable[int]) -> set[tuple[int, str]]:
    """Which of these mentions are matched with which clients, or marked as not about them."""
    ids = list(mention_ids)
    both = [
        sa.select(table.c.mention_id, table.c.client_id).where(table.c.mention_id.in_(ids), *conditions)
        for table, conditions in _SETTLED
    ]
    return {(row.mention_id, row.client_id) for row in connection.execute(sa.union_all(*both))}


def _facts(connection: sa.Connection, ids: Iterable[int]) -> Facts:
    columns = (mentions.c.id, mentions.c.counted_at, mentions.c.witness, mentions.c.story_id)
    rows = connection.execute(sa.select(*columns).where(mentions.c.id.in_(list(ids))))
    return {row[0]: row for row in rows}


def _row(offer: Offer, counted_at: datetime) -> dict[str, Any]:
    return {
        "mention_id": offer.mention_id,
        "client_id": offer.client_id,
        "counted_at": counted_at,
        "label": offer.score.label,
        "score": offer.score.value,
        "scorer": offer.score.scorer,
        "reasons": list(offer.score.reasons),
        "explanation": offer.explanation.to_json() if offer.explanation else None,
        "own": offer.own,
        "backfill": offer.backfill,
        "voice": False,
        "praise": False,
    }


def _decide(connection: sa.Connection, client_id: str, rows: list[dict[str, Any]], facts: Facts) -> None:
    batch = [
        Testimony(
            counted_at=row["counted_at"],
            witness=facts[row["mention_id"]].witness,
            story=facts[row["mention_id"]].story_id,
            label=row["label"],
            own=row["own"],
            backfill=row["backfill"],
        )
        for row in rows
    ]
    earlier = _rivals(connection, client_id, batch)
    for side in SIDES:
        for row, is_voice in zip(rows, decided(batch, earlier, side=side), strict=True):
            row[COLUMN[side].name] = is_voice


def _rivals(
    connection: sa.Connection, client_id: str, batch: Sequence[Testimony], *, before: int | None = None
) -> list[Testimony]:
    """The stored voices about this client, of both sides, that share a witness or a story with the batch, within a day of it."""
    batch = [one for one in batch if any(one.speaks(side) for side in SIDES)]
    if not batch:
        return []
    times = [one.counted_at for one in batch]
    conditions = [
        matches.c.client_id == client_id,
        sa.or_(*COLUMN.values()),
        matches.c.counted_at.between(min(times) - ALONE_FOR, max(times) + ALONE_FOR),
        sa.or_(
            mentions.c.witness.in_({one.witness for one in batch}),
            mentions.c.story_id.in_({one.story for one in batch}),
        ),
    ]
    if before is not None:
        conditions.append(matches.c.id < before)
    rows = connection.execute(
        sa.select(*TESTIMONY).join(mentions, mentions.c.id == matches.c.mention_id).where(*conditions)
    )
    return [as_testimony(row) for row in rows]


def count(connection: sa.Connection, rows: Sequence[dict[str, Any]], *, sign: int = 1) -> None:
    """Add the matches to their buckets (or take them out with sign=-1). Backfill is in no bucket."""
    totals: dict[tuple[str, datetime], Counter[str]] = {}
    for row in rows:
        if row["backfill"]:
            continue
        tally = totals.setdefault((row["client_id"], bucket(row["counted_at"])), Counter())
        tally["mentions"] += 1
        tally["own" if row["own"] else row["label"]] += 1
        tally["voices"] += row["voice"]
        tally["praise"] += row["praise"]
    names = ("mentions", "own", *LABELS, "voices", "praise")
    values = [
        {"client_id": client, "bucket_at": at, **{name: sign * tally[name] for name in names}}
        for (client, at), tally in sorted(totals.items(), key=lambda item: item[0])
    ]
    if values:
        statement = insert(connection, counts)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["client_id", "bucket_at"],
                set_={name: counts.c[name] + statement.excluded[name] for name in names},
            ),
            values,
        )


def relabel(connection: sa.Connection, match_id: int, score: Score) -> None:
    """Give a match another score; the voices decided after it are decided again, and the counts follow.

    Voices stored earlier cannot depend on it, so they stand.
    """
    client_id = connection.execute(
        sa.update(matches)
        .where(matches.c.id == match_id)
        .values(label=score.label, score=score.value, scorer=score.scorer, reasons=list(score.reasons))
        .returning(matches.c.client_id)
    ).scalar_one()
    _recount(connection, client_id, _decide_from(connection, client_id, match_id))


def withdraw(connection: sa.Connection, mention_id: int, client_id: str) -> Label | None:
    """Take a match back as if it had never been: later voices are decided again, and the counts follow. Its label, or None without one."""
    row = connection.execute(
        sa.delete(matches)
        .where(matches.c.mention_id == mention_id, matches.c.client_id == client_id)
        .returning(matches.c.id, matches.c.counted_at, matches.c.label)
    ).one_or_none()
    if row is None:
        return None
    touched = _decide_from(connection, client_id, row.id)
    _recount(connection, client_id, touched | {bucket(row.counted_at)})
    label: Label = row.label
    return label


def _decide_from(connection: sa.Connection, client_id: str, first: int) -> set[datetime]:
    """Decide the voices of this client again from this match on; returns the buckets that they are counted in."""
    rows = connection.execute(
        sa.select(*TESTIMONY)
        .join(mentions, mentions.c.id == matches.c.mention_id)
        .where(
            matches.c.client_id == client_id,
            matches.c.id >= first,
            sa.or_(matches.c.id == first, matches.c.label.in_(SIDES), *COLUMN.values()),
        )
        .order_by(matches.c.id)
    ).all()
    batch = [as_testimony(row) for row in rows]
    earlier = _rivals(connection, client_id, batch, before=first)
    touched = {first}
    for side in SIDES:
        verdicts = zip(rows, batch, decided(batch, earlier, side=side), strict=True)
        changed = [
            {"match": row.id, "is_voice": is_voice}
            for row, one, is_voice in verdicts
            if one.is_voice(side) != is_voice
        ]
        if changed:
            connection.execute(
                sa.update(matches)
                .where(matches.c.id == sa.bindparam("match"))
                .values({COLUMN[side]: sa.bindparam("is_voice")}),
                changed,
            )
        touched.update(row["match"] for row in changed)
    return {bucket(row.counted_at) for row in rows if row.id in touched}


def _recount(connection: sa.Connection, client_id: str, buckets: set[datetime]) -> None:
    """Count these buckets anew from the matches in them."""
    for at in buckets:
        connection.execute(sa.delete(counts).where(counts.c.client_id == client_id, counts.c.bucket_at == at))
        rows = connection.execute(
            sa.select(matches).where(
                matches.c.client_id == client_id,
                matches.c.counted_at >= at,
                matches.c.counted_at < at + BUCKET,
            )
        )
        count(connection, [dict(row) for row in rows.mappings()])
