"""One notification in neutral form: what is to be told, before a notifier gives it the shape of its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["firing", "resolved", "mentions", "health", "test", "group"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A mention as it is shown in a message. `published_at` is ISO 8601 in UTC; `text` is plain and already cut."""

    text: str
    url: str | None = None
    title: str | None = None
    author: str = "unnamed"
    source: str = ""
    published_at: str = ""
    label: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one notification says. Plain data that survives JSON; every text in it is untrusted and unescaped.

    kind        "group" tells several that grew old unsent; each is whole in `facts["grouped"]`
    id          the alert's id, the same in every attempt and at every receiver (`firing` and `resolved` share `incident`)
    headline    one sentence without the client's name: "5 people, 3 stories, negative in the last 2 h; usual 0–1"
    lines       further facts, one sentence each
    facts       the numbers behind the sentences, for machines
    repeat      True where an earlier attempt may have arrived: said to the reader as "possible repeat"
    """

    id: str
    kind: Kind
    headline: str
    client: str | None = None
    watch_list: str | None = None
    owner: str | None = None
    owner_slack: str | None = None
    incident: int | None = None
    at: str = ""
    lines: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    facts: Mapping[str, Any] | None = None
    repeat: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Message:
        known = dict(data)
        known["lines"] = tuple(known.get("lines") or ())
        known["quotes"] = tuple(Quote(**quote) for quote in known.get("quotes") or ())
        return cls(**known)
