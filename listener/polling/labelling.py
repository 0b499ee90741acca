"""A person's word on what stored mentions say about a client. It is kept, and the match follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from listener.domain.correcting import word_of
from listener.domain.sentiment import Label
from listener.polling.intake import with_reason
from listener.polling.marking import NoMention
from listener.store import audit, corrections, matches
from listener.store.corrections import Match
from listener.store.engine import Database


class NotMatched(LookupError):  # noqa: N818 - named for what is missing, as NoMention is
    """A mention that is not matched with the client, or with nobody: its number, and the names of those it is matched with."""


class Several(LookupError):  # noqa: N818 - as above
    """A mention that is matched with several clients, where none is named: its number, and their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relabelled:
    """One mention with its label toward one client, before and now."""

    mention_id: int
    client_id: str
    name: str
    before: Label
    label: Label


def label(
    database: Database,
    mention_ids: Sequence[int],
    said: Label,
    *,
    client_id: str | None,
    who: str,
    now: datetime,
) -> list[Relabelled]:
    """Keep the label on all of these, or on none: raises NoMention, NotMatched or Several before anything is written."""
    with database.write() as connection:
        chosen = [(one, _match(connection, one, client_id)) for one in dict.fromkeys(mention_ids)]
        done = [_relabelled(one, match, said) for one, match in chosen]
        for one, (_, match) in zip(done, chosen, strict=True):
            _keep(connection, one, match, who=who, now=now)
    return done


def _match(connection: sa.Connection, mention_id: int, client_id: str | None) -> Match:
    """The match that is meant."""
    those = corrections.matches_of(connection, mention_id)
    if those is None:
        raise NoMention(mention_id)
    meant = [one for one in those if client_id in {None, one.client_id}]
    if not meant:
        raise NotMatched(mention_id, [one.name for one in those])
    if len(meant) > 1:
        raise Several(mention_id, [one.name for one in meant])
    return meant[0]


def _relabelled(mention_id: int, match: Match, said: Label) -> Relabelled:
    return Relabelled(
        mention_id=mention_id, client_id=match.client_id, name=match.name, before=match.label, label=said
    )


def _keep(connection: sa.Connection, one: Relabelled, match: Match, *, who: str, now: datetime) -> None:
    corrections.add(
        connection, mention_id=one.mention_id, client_id=one.client_id, label=one.label, who=who, now=now
    )
    word = word_of(who, one.label)
    matches.relabel(connection, match.match_id, with_reason(word, match.why) if match.why else word)
    detail = {"mention": one.mention_id, "client": one.client_id, "before": one.before, "label": one.label}
    audit.add(connection, who=who, what="labelled mention", detail=detail, now=now)
