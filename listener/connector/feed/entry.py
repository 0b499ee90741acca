"""One entry of a feed in neutral form, whoever read it, and what becomes of it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

from listener.connector.plain import absolute, cleaned, language_tag, links_in, one_line, plain
from listener.domain.found import Author, Found

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
LONGEST_ID = 1000  # longer ones are kept as their hash: databases limit what an index takes

# What reading one odd entry may raise, in the libraries or here; anything else is a mistake of ours and shall be seen.
BREAKS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, AssertionError)

_NAMED_MAIL = re.compile(r"[^\s@()<>]+@[^\s@()<>]+")


class Markup(NamedTuple):
    """A text as it came, and whether its `<` mean tags."""

    value: str
    html: bool = True

    @property
    def plain(self) -> str:
        return plain(self.value) if self.html else cleaned(self.value)


NOTHING = Markup("", html=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a reader found in one entry: links may be relative to `base`, `published` may be impossible."""

    id: str = ""
    link: str = ""
    title: Markup = NOTHING
    texts: tuple[Markup, ...] = ()
    author: str = ""
    author_url: str = ""
    published: datetime | None = None
    language: str = ""
    base: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Short and the same as long as nothing that we keep of this entry changes."""
        facts = (self.id, self.link, self.title, self.texts, self.author, self.published)
        return blake2b(repr(facts).encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()


def settled_ids(entries: Sequence[Entry], url: str) -> list[str]:
    """An id for each entry: its own, else its link, else a hash of what it says.

    Where different entries share one id, the oldest has it and the others add a hash of theirs, so that all are kept
    and each keeps its id whatever their order. True copies share theirs.
    """
    ids = [_own_id(entry, url) for entry in entries]
    sharing: dict[str, list[int]] = defaultdict(list)
    for place, external_id in enumerate(ids):
        sharing[external_id].append(place)
    for places in sharing.values():
        if len(places) > 1:
            first = min(places, key=lambda place: (entries[place].published or EARLIEST, -place))
            for place in places:
                if (mark := entries[place].fingerprint) != entries[first].fingerprint:
                    ids[place] += f"#{mark}"
    return ids


def _own_id(entry: Entry, url: str) -> str:
    own = one_line(entry.id) or one_line(entry.link and (absolute(entry.link, url) or ""))
    if own and len(own) <= LONGEST_ID:
        return own
    said = own or repr((entry.title.value, entry.texts, entry.published))
    return "blake2:" + blake2b(said.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def found_in(entry: Entry, *, external_id: str, url: str, now: datetime) -> Found:
    """The entry as an item: plain text, absolute links, a date that can be; links that could run something are left out."""
    possible = entry.published is not None and EARLIEST <= entry.published <= now + AHEAD
    base = absolute(entry.base, url) or url
    links: dict[str, None] = {}
    for text in entry.texts:
        links |= dict.fromkeys(links_in(text.value, base)) if text.html else {}
    return Found(
        external_id=external_id,
        title=one_line(entry.title.plain) or None,
        text="\n\n".join(dict.fromkeys(filter(None, (text.plain for text in entry.texts)))),
        url=absolute(entry.link, url),
        author=_author(entry, url),
        published_at=entry.published if possible else None,
        language=language_tag(entry.language),
        form="article",
        links=tuple(links),
        raw=storable(entry.raw),
    )


def _author(entry: Entry, url: str) -> Author | None:
    """`jane@x.example (Jane)` and `Jane <jane@x.example>` are Jane; a bare address stands for itself."""
    said = one_line(plain(entry.author))[:200]
    name = _NAMED_MAIL.sub("", said).replace("mailto:", "").strip(" ()<>,;") or said
    if not name:
        return None
    return Author(key=name.casefold(), name=name, url=absolute(entry.author_url, url))


def storable(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """JSON types that every database takes: texts cleaned, what is empty left out, whatever else as its text."""
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, Mapping):
        named = ((one_line(str(key)), storable(each)) for key, each in value.items() if each)
        return {key: each for key, each in named if each}
    if isinstance(value, list | tuple):
        return [storable(each) for each in value]
    return value if isinstance(value, bool | int | float | None) else cleaned(str(value))


def set_aside(entry: Entry) -> bytes:
    """The entry as bytes to keep for a later replay."""
    facts = {
        "id": entry.id,
        "link": entry.link,
        "title": entry.title.value,
        "texts": [t.value for t in entry.texts],
    }
    return json.dumps(facts, ensure_ascii=True).encode()
