"""What has become of stored items: an edited one is read and scored anew, a deleted one is erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from listener.connector.target import Target
from listener.domain.found import Found
from listener.domain.identity import identity_hash
from listener.domain.stars import judgements
from listener.polling.intake import Intake, with_reason
from listener.store import anew, revised
from listener.store.anew import Fresh
from listener.store.engine import Database
from listener.store.revised import Standing

EDITED = "edited by its author since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """One stored item as it reads now, and the scores that its matches get."""

    mention_id: int
    found: Found
    fresh: tuple[Fresh, ...]


def edited(database: Database, intake: Intake, target: Target, page: Sequence[Found]) -> list[Revised]:
    """Those items of a page that are stored and have been edited since, scored as they read now."""
    told = {_identity(target, found): found for found in page if found.edited_at is not None}
    if not told:
        return []
    with database.read() as connection:
        known = revised.standing(connection, told)
    return [
        Revised(mention_id=one.mention_id, found=found, fresh=_scored(intake, found, one))
        for identity, found in told.items()
        if (one := known.get(identity)) is not None and _is_newer(found, one)
    ]


def _is_newer(found: Found, stored: Standing) -> bool:
    later = stored.edited_at is None or (found.edited_at is not None and found.edited_at > stored.edited_at)
    read, reads = (stored.title, stored.text, stored.rating), (found.title, found.text, found.rating)
    return later and not stored.gone and read != reads


def _scored(intake: Intake, found: Found, stored: Standing) -> tuple[Fresh, ...]:
    """Matches of clients that are in no list any more keep their scores."""
    asked = [(match, who, was) for (match, who), was in stored.matches.items() if who in intake.clients]
    told = judgements(intake.scorer, [intake.ask(found, who) for _, who, _ in asked])
    return tuple(
        Fresh(match_id=match, was=was, score=with_reason(score, EDITED))
        for (match, _, was), score in zip(asked, told, strict=True)
    )


def keep(
    connection: sa.Connection,
    target: Target,
    rewritten: Sequence[Revised],
    gone: Sequence[str],
    gone_authors: Sequence[str] = (),
    *,
    now: datetime,
) -> int:
    """Write both, in the transaction of the page that told of them; how many stored items were erased."""
    for one in rewritten:
        revised.rewrite(connection, one.mention_id, one.found)
        anew.relabel(connection, one.fresh)
    hashes = [_hash(target, external_id) for external_id in gone]
    if gone_authors:
        hashes += revised.by_authors(connection, target.family, gone_authors)
    return revised.erase(connection, hashes, now=now)


def _identity(target: Target, found: Found) -> bytes:
    return _hash(target, found.external_id)


def _hash(target: Target, external_id: str) -> bytes:
    return identity_hash(target.family, target.place, external_id)
