"""What a query is asked of: a found item with where it came from."""

from __future__ import annotations

from dataclasses import dataclass

from listener.domain.found import Found
from listener.domain.identity import site_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as queries see it. Texts are plain text, URLs absolute.

    author    name and handle (with its @) of who wrote it, each once, or nothing
    site      the host that published it, in its one spelling (domain/urls.py)
    language  as the place tells it, None where it does not: then the matcher may find it out
    source    what a person calls the source, else its scope
    reach     followers of the author, None where unknown
    """

    text: str
    title: str | None = None
    author: tuple[str, ...] = ()
    site: str | None = None
    language: str | None = None
    source: str = ""
    kind: str = ""
    url: str | None = None
    links: tuple[str, ...] = ()
    reach: int | None = None


def item_of(found: Found, *, kind: str, source: str) -> Item:
    """The item as this kind of place and this source (by name or scope) brought it."""
    return Item(
        text=found.text,
        title=found.title,
        author=_names(found),
        site=site_of(found),
        language=found.language,
        source=source,
        kind=kind,
        url=found.url,
        links=found.links,
        reach=found.author.reach if found.author else None,
    )


def _names(found: Found) -> tuple[str, ...]:
    author = found.author
    if author is None or not (author.name or author.handle):
        return ()
    handle = "@" + author.handle.removeprefix("@") if author.handle else ""
    return tuple(dict.fromkeys(name for name in (author.name, handle) if name))
