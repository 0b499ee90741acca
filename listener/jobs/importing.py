"""Items that somebody brings, stored as backfill: a page in a transaction, each item once, beside a running daemon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.connector import registry
from listener.connector.contract import AnyConnector, Connector, OptionsModel
from listener.connector.target import Target
from listener.domain.found import Found
from listener.polling.intake import Intake
from listener.store import configured, mentions
from listener.store.engine import Database
from listener.store.tables import targets
from listener.store.upsert import insert_new
from listener.telemetry import boundary

PAGE = 500
KIND = "import"


class NothingAsked(OptionsModel):
    """An import asks nothing: its items are handed in."""


def brought(kind: str, *, matched: Iterable[str] = (), direct: Iterable[str] = ()) -> Target:
    """Where items of this kind belong that no source brought. Those of a known kind are the same items as its own.

    `matched` are the clients whose queries decide, `direct` those that all of it is about.
    """
    known = registry.find(kind) if kind in registry.kinds() else None
    connector: AnyConnector = Connector(
        kind=kind,
        family=known.family if known else "",
        summary="what was imported",
        options=NothingAsked,
        scope=lambda _: KIND,
        place=lambda _: "" if known and known.place else KIND,
        fetch=lambda *_: iter(()),
        default_every=timedelta(days=365),
    )
    return Target(
        connector=connector,
        options=NothingAsked(),
        scope=KIND,
        every=connector.default_every,
        matched=frozenset(matched),
        direct=frozenset(direct),
    )


@dataclass(slots=True, kw_only=True)
class Import:
    """One import and what it has come to so far.

    items     were read, `again` of them were stored before, `nobody` of them match nobody
    stored    mentions that are new, and `matches` of clients that are
    """

    database: Database
    intake: Intake
    target: Target
    items: int = 0
    stored: int = 0
    matches: int = 0
    nobody: int = 0
    by_client: Counter[str] = field(default_factory=Counter)

    @property
    def again(self) -> int:
        return self.items - self.nobody - self.stored

    def keep(self, page: Sequence[Found], *, now: datetime) -> None:
        """Store one page. A death before or after costs nothing: what is stored is not stored again."""
        about = self.intake.sieve(self.target, page)
        incoming = self.intake.judge(self.database, self.target, page)
        self.items += len(page)
        self.nobody += len(page) - len(about)
        if not incoming:
            return
        with self.database.write() as connection:
            configured.introduce(connection, list(self.intake.clients.values()), now)
            stored = mentions.add(
                connection,
                incoming,
                target_id=_target(connection, self.target, now=now),
                kind=self.target.family,
                backfill=self.target.clients,
                now=now,
            )
            boundary("importing")
        self.stored += stored.mentions
        self.matches += stored.matches
        new = {(one.identity, judged.client_id) for one in incoming for judged in one.judged}
        self.by_client.update(client for _, client in new)


def _target(connection: sa.Connection, target: Target, *, now: datetime) -> int:
    """The id of the target, which is never polled."""
    row = {
        "kind": target.kind,
        "scope": target.scope,
        "credential": target.credential,
        "active": False,
        "every_s": int(target.every.total_seconds()),
        "next_poll_at": now,
    }
    insert_new(connection, targets, [row])
    chosen = sa.select(targets.c.id).where(
        targets.c.kind == target.kind,
        targets.c.scope == target.scope,
        targets.c.credential == target.credential,
    )
    return int(connection.execute(chosen).scalar_one())
