"""History under another scorer: matches as they were scored, read page by page, and labelled anew a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.sentiment import Label, Score
from listener.domain.voices import SIDES, Testimony
from listener.store import matches as single
from listener.store import stories
from listener.store.chunks import chunks
from listener.store.corrected import corrected
from listener.store.tables import clients, matches, mentions
from listener.store.voices import COLUMN, as_testimony, decided_again


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A stored match with its score, and with all that scoring it anew takes.

    `fetched_at` is when it came in; `gone` where its author took it back.
    """

    match_id: int
    mention_id: int
    label: Label
    value: float | None
    scorer: str
    reasons: tuple[str, ...]
    title: str | None
    text: str
    language: str | None
    rating: float | None
    gone: bool
    fetched_at: datetime
    testimony: Testimony

    @property
    def says_something(self) -> bool:
        """Whether there is anything to score: words, or stars that stand without any."""
        return bool(self.text or self.title) or (self.rating is not None and not self.gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """Another score for a match, to be written unless it has another than that of the scorer `was` by now."""

    match_id: int
    was: str
    score: Score


_OF_MENTIONS = ("title", "text", "language", "rating", "gone_at", "fetched_at", "witness", "story_id")


def page(
    connection: sa.Connection, client_id: str, *, since: datetime | None, after: int, limit: int
) -> list[Scored]:
    """The next matches of a client, in order of storing, behind the match `after`, that are counted from `since` on."""
    columns = [
        *(one for one in matches.c if one is not matches.c.explanation),  # long, and not asked for
        *(mentions.c[name] for name in _OF_MENTIONS),
    ]
    query = (
        sa.select(*columns)
        .join(mentions, mentions.c.id == matches.c.mention_id)
        .where(matches.c.client_id == client_id, matches.c.id > after)
        .order_by(matches.c.id)
        .limit(limit)
    )
    if since is not None:
        query = query.where(matches.c.counted_at >= since)
    return [_scored(row) for row in connection.execute(query)]


def _scored(row: sa.Row[Any]) -> Scored:
    return Scored(
        match_id=row.id,
        mention_id=row.mention_id,
        label=row.label,
        value=row.score,
        scorer=row.scorer,
        reasons=tuple(row.reasons),
        title=row.title,
        text=row.text,
        language=row.language,
        rating=row.rating,
        gone=row.gone_at is not None,
        fetched_at=row.fetched_at,
        testimony=as_testimony(row),
    )


def left_behind(connection: sa.Connection, known: Collection[str], *, since: datetime | None) -> int:
    """How many matches, counted from `since` on, are of clients that are none of these: nobody says any more what they are about."""
    gone = [one for one in connection.scalars(sa.select(clients.c.id)) if one not in known]
    count = 0
    for some in chunks(gone):
        query = sa.select(sa.func.count()).select_from(matches).where(matches.c.client_id.in_(some))
        if since is not None:
            query = query.where(matches.c.counted_at >= since)
        count += connection.execute(query).scalar_one()
    return count


def relabel(connection: sa.Connection, fresh: Sequence[Fresh]) -> int:
    """Give these matches their other scores; voices and counts follow as if each had been relabelled by itself.

    Returns how many were written. Left as they are: what has been withdrawn, corrected by a person, or scored by another
    scorer since it was read. Best called with some hundred matches of one client, in order of storing.
    """
    stories.alone(connection)  # nobody adds voices while these are decided
    taken = _taken(connection, {one.match_id: one for one in fresh})
    _write(connection, taken)
    by_client: dict[str, dict[int, tuple[Testimony, Testimony]]] = {}
    for number, (client_id, before, score) in taken.items():
        if before.label != score.label:
            after = replace(before, label=score.label)
            by_client.setdefault(client_id, {})[number] = (before, after)
    for client_id, moved in by_client.items():
        _follow(connection, client_id, moved)
    return len(taken)


def _taken(connection: sa.Connection, fresh: Mapping[int, Fresh]) -> dict[int, tuple[str, Testimony, Score]]:
    """Of those that still stand as they were read: client, testimony and the other score."""
    kept = corrected(connection, fresh)
    columns = (matches, mentions.c.witness, mentions.c.story_id)
    query = sa.select(*columns).join(mentions, mentions.c.id == matches.c.mention_id)
    taken = {}
    for some in chunks([number for number in fresh if number not in kept]):
        for row in connection.execute(query.where(matches.c.id.in_(some)).with_for_update(of=matches)):
            if row.scorer == fresh[row.id].was:
                taken[row.id] = (row.client_id, as_testimony(row), fresh[row.id].score)
    return taken


def _write(connection: sa.Connection, taken: Mapping[int, tuple[str, Testimony, Score]]) -> None:
    rows = [
        {
            "match": number,
            "new_label": score.label,
            "new_score": score.value,
            "new_scorer": score.scorer,
            "new_reasons": list(score.reasons),
        }
        for number, (_, _, score) in taken.items()
    ]
    if rows:
        connection.execute(
            sa.update(matches)
            .where(matches.c.id == sa.bindparam("match"))
            .values(
                label=sa.bindparam("new_label"),
                score=sa.bindparam("new_score"),
                scorer=sa.bindparam("new_scorer"),
                reasons=sa.bindparam("new_reasons"),
            ),
            rows,
        )


def _follow(
    connection: sa.Connection, client_id: str, moved: Mapping[int, tuple[Testimony, Testimony]]
) -> None:
    """Voices and counts, after these matches of one client went from the one testimony to the other."""
    before = {number: one for number, (one, _) in moved.items()}
    after = {number: one for number, (_, one) in moved.items()}
    for side in SIDES:
        turned = decided_again(connection, client_id, after, side=side)
        if turned:
            connection.execute(
                sa.update(matches)
                .where(matches.c.id == sa.bindparam("match"))
                .values({COLUMN[side]: sa.bindparam("is_voice")}),
                [{"match": number, "is_voice": one.is_voice(side)} for number, one in turned.items()],
            )
        for number, one in turned.items():
            before.setdefault(number, one.as_voice(side, not one.is_voice(side)))
        after |= turned
    single.count(connection, list(_counted(client_id, before.values())), sign=-1)
    single.count(connection, list(_counted(client_id, after.values())))


def _counted(client_id: str, lines: Iterable[Testimony]) -> Iterable[dict[str, Any]]:
    return (
        {
            "client_id": client_id,
            "counted_at": one.counted_at,
            "label": one.label,
            "own": one.own,
            "backfill": one.backfill,
            "voice": one.voice,
            "praise": one.praise,
        }
        for one in lines
    )
