"""What is stored, read back as what came in: so that a query can be asked of it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from listener.domain.found import Author, Found
from listener.domain.item import Item, item_of
from listener.store.tables import authors, mentions, targets

PAGE = 1000

Names = Mapping[tuple[str, str, str], str]
"""What the configuration calls a source, by kind, scope and credential (config/plan.py)."""

NAMELESS: Names = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One stored mention: the item as it was found, and where. `source` is its name in the configuration, else its scope.

    `witness` and `story` are what voices are told apart by; `fetched_at` is when it came in.
    """

    mention_id: int
    target_id: int
    kind: str
    scope: str
    source: str
    site: str | None
    counted_at: datetime
    fetched_at: datetime
    witness: str
    story: int
    found: Found

    @property
    def item(self) -> Item:
        """What a query is asked of: the same as when the item came in."""
        item = item_of(self.found, kind=self.kind, source=self.source)
        return replace(item, site=self.site) if self.site else item


def kept(connection: sa.Connection, mention_id: int, *, names: Names = NAMELESS) -> Kept | None:
    """The stored mention of this number; None where there is none."""
    row = connection.execute(_query().where(mentions.c.id == mention_id)).one_or_none()
    return None if row is None else _kept(row, names)


def all_kept(
    connection: sa.Connection, *, names: Names = NAMELESS, since: datetime | None = None, after: int = 0
) -> Iterator[Kept]:
    """Every stored mention with a text that is counted from `since` on, the oldest stored first, beginning behind the number `after`.

    Read in pages, so that a million need no memory.
    """
    query = _query().where(mentions.c.gone_at.is_(None)).order_by(mentions.c.id).limit(PAGE)
    if since is not None:
        query = query.where(mentions.c.counted_at >= since)
    while rows := connection.execute(query.where(mentions.c.id > after)).all():
        yield from (_kept(row, names) for row in rows)
        after = rows[-1].id


def _query() -> sa.Select[Any]:
    return (
        sa.select(
            mentions,
            targets.c.kind,
            targets.c.scope,
            targets.c.credential,
            authors.c.key.label("author_key"),
            authors.c.name.label("author_name"),
            authors.c.handle.label("author_handle"),
            authors.c.url.label("author_url"),
            authors.c.reach.label("author_reach"),
        )
        .join(targets, targets.c.id == mentions.c.target_id)
        .outerjoin(authors, authors.c.id == mentions.c.author_id)
    )


def _kept(row: sa.Row[Any], names: Names) -> Kept:
    return Kept(
        mention_id=row.id,
        target_id=row.target_id,
        kind=row.kind,
        scope=row.scope,
        source=names.get((row.kind, row.scope, row.credential)) or row.scope,
        site=row.site,
        counted_at=row.counted_at,
        fetched_at=row.fetched_at,
        witness=row.witness,
        story=row.story_id,
        found=_found(row),
    )


def _found(row: sa.Row[Any]) -> Found:
    """As the connector found it, but for what is not kept: whether authors are hidden, reposts, more of the site than its host."""
    return Found(
        external_id=row.external_id,
        text=row.text,
        title=row.title,
        url=row.url,
        site=f"https://{row.site}" if row.site else None,
        author=_author(row),
        published_at=row.published_at,
        language=row.language,
        form=row.form,
        links=tuple(row.links),
        rating=row.rating,
        engagement=row.engagement,
        raw=row.raw or {},
    )


def _author(row: sa.Row[Any]) -> Author | None:
    if row.author_key is None:
        return None
    return Author(
        key=row.author_key,
        name=row.author_name,
        handle=row.author_handle,
        url=row.author_url,
        reach=row.author_reach,
    )
