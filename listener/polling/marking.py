"""A person's word on stored mentions: about this client, or not. It is kept, and the match follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa

from listener.domain.client import Client
from listener.domain.item import Item
from listener.domain.ownership import is_own
from listener.domain.sentiment import Label, Score, Scorer
from listener.domain.stars import judgements
from listener.polling.intake import asked_of, with_reason
from listener.store import audit, marked, matches, stored
from listener.store.engine import Database
from listener.store.stored import NAMELESS, Kept, Names


class NoMention(LookupError):  # noqa: N818 - named for what is missing, as NoDatabase is
    """There is no stored mention of this number: its first argument."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody says: these mentions are about this client, or are not. `scorer` labels what is added."""

    client: Client
    about: bool
    who: str
    scorer: Scorer
    names: Names = field(default_factory=lambda: NAMELESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One marked mention as the item that it was, and the label of the match that came or went (None: nothing changed)."""

    mention_id: int
    item: Item
    label: Label | None


def mark(database: Database, mention_ids: Sequence[int], word: Word, *, now: datetime) -> list[Done]:
    """Keep the word on all of these, or on none: raises NoMention before anything is written."""
    ids = list(dict.fromkeys(mention_ids))
    with database.read() as connection:
        known = {one: stored.kept(connection, one, names=word.names) for one in ids}
    missing = [one for one, kept in known.items() if kept is None]
    if missing:
        raise NoMention(missing[0])
    mentions = [kept for kept in known.values() if kept is not None]
    told = _told(mentions, word) if word.about else MappingProxyType({})
    with database.write() as connection:
        return [_mark(connection, kept, told, word, now) for kept in mentions]


def _told(mentions: Sequence[Kept], word: Word) -> Mapping[int, Score]:
    """What each says toward the client, with who brought it here before the scorer's own reasons."""
    asks = [asked_of(kept.found, word.client) for kept in mentions]
    said = f"marked as about {word.client.name} by {word.who}"
    return {
        kept.mention_id: with_reason(score, said)
        for kept, score in zip(mentions, judgements(word.scorer, asks), strict=True)
    }


def _mark(
    connection: sa.Connection, kept: Kept, told: Mapping[int, Score], word: Word, now: datetime
) -> Done:
    marked.put(
        connection,
        mention_id=kept.mention_id,
        client_id=word.client.id,
        about=word.about,
        who=word.who,
        now=now,
    )
    label = (
        _added(connection, kept, told[kept.mention_id], word.client)
        if word.about
        else matches.withdraw(connection, kept.mention_id, word.client.id)
    )
    audit.add(
        connection,
        who=word.who,
        what="marked mention",
        detail={"mention": kept.mention_id, "client": word.client.id, "about": word.about},
        now=now,
    )
    return Done(mention_id=kept.mention_id, item=kept.item, label=label)


def _added(connection: sa.Connection, kept: Kept, score: Score, client: Client) -> Label | None:
    """The label of the new match; None where it is matched with the client already. It counts in its own time, as what is heard late does."""
    offer = matches.Offer(
        mention_id=kept.mention_id,
        client_id=client.id,
        score=score,
        own=is_own(kept.found, client, kind=kept.kind),
        backfill=False,
    )
    return score.label if matches.add(connection, [offer]).matches else None
