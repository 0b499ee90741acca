"""Why a stored mention is about its clients: what was said when it was stored, and what a person has said since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from listener.domain.explain import Explanation
from listener.store.tables import clients, marked, matches


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person said of a mention toward one client."""

    about: bool
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One client that a mention is, or was, about.

    `stored` is why, in words; None where no match is stored: a person said that it is not about the client.
    `explanation` is None where no query was asked, or where the match is older than explanations are.
    """

    client_id: str
    client: str
    stored: str | None
    explanation: Explanation | None
    verdict: Verdict | None


def explained(connection: sa.Connection, mention_id: int) -> list[Explained]:
    """Every client that this mention is matched with or was judged toward by a person, by name."""
    both = sa.union(
        sa.select(matches.c.client_id).where(matches.c.mention_id == mention_id),
        sa.select(marked.c.client_id).where(marked.c.mention_id == mention_id),
    ).subquery()
    query: sa.Select[Any] = (
        sa.select(
            clients.c.id,
            clients.c.name,
            matches.c.reasons,
            matches.c.explanation,
            marked.c.about,
            marked.c.who,
            marked.c.at,
        )
        .join(both, both.c.client_id == clients.c.id)
        .outerjoin(matches, (matches.c.client_id == clients.c.id) & (matches.c.mention_id == mention_id))
        .outerjoin(marked, (marked.c.client_id == clients.c.id) & (marked.c.mention_id == mention_id))
        .order_by(clients.c.name, clients.c.id)
    )
    return [_explained(row) for row in connection.execute(query)]


def _explained(row: sa.Row[Any]) -> Explained:
    held = row.explanation
    return Explained(
        client_id=row.id,
        client=row.name,
        stored=None if row.reasons is None else next(iter(row.reasons), ""),
        explanation=None if held is None else Explanation.of_json(row.id, held),
        verdict=None if row.who is None else Verdict(about=row.about, who=row.who, at=row.at),
    )
