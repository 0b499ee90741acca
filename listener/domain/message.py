"""One notification in neutral form: what is to be told, before a notifier gives it the shape of its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from listener.domain.chart import Chart

Kind = Literal[
    "firing",
    "joined",
    "still",
    "taken",
    "noted",
    "escalated",
    "closed",
    "resolved",
    "good_news",
    "mentions",
    "hidden",
    "digest",
    "health",
    "test",
    "group",
]
Severity = Literal["minor", "major", "severe"]


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
class Section:
    """A part of a digest under a title of ours: a sentence a line, then mentions."""

    title: str
    lines: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way to answer: our own words and our own address, never those of a mention."""

    words: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one notification says. Plain data that survives JSON; every text in it but `links` and `picture` is untrusted and unescaped.

    kind        "joined" and "still" follow a "firing"; "hidden" sums up what a silence kept back; "group" tells several that
                grew old unsent, each whole in `facts["grouped"]`
    id          the alert's id, the same in every attempt and at every receiver (all that is told of an incident shares `incident`)
    headline    one sentence without the client's name: "5 people, 3 stories, negative in the last 2 h; usual 0–1"
    lines       further facts, one sentence each
    words       what is said that was not said before, most telling first; the sentence about it is in `lines`
    chart       the counts of the last day, to be drawn
    picture     where our page shows them drawn, for a while; None where nobody could reach it
    sections    the parts of a digest, after `lines`
    links       what can be done about it
    facts       the numbers behind the sentences, for machines
    asked       who is asked to take it where that is not the owner; rung for by `asked_slack`
    repeat      True where an earlier attempt may have arrived: said to the reader as "possible repeat"
    place       where this receiver was told of the incident before, as its notifier has it; known in an attempt only
    """

    id: str
    kind: Kind
    headline: str
    client: str | None = None
    watch_list: str | None = None
    owner: str | None = None
    owner_slack: str | None = None
    asked: str | None = None
    asked_slack: str | None = None
    incident: int | None = None
    severity: Severity | None = None
    at: str = ""
    lines: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    chart: Chart | None = None
    picture: str | None = None
    quotes: tuple[Quote, ...] = ()
    sections: tuple[Section, ...] = ()
    links: tuple[Link, ...] = ()
    facts: Mapping[str, Any] | None = None
    repeat: bool = False
    place: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Of lists and dictionaries, as JSON gives it back."""
        told: dict[str, Any] = _listed(asdict(self))
        del told["place"]
        return told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Message:
        """The message of a stored row; one that an earlier release wrote lacks what was added since."""
        known = dict(data)
        known["lines"] = tuple(known.get("lines") or ())
        known["words"] = tuple(known.get("words") or ())
        known["quotes"] = _quotes(known)
        known["sections"] = tuple(_section(section) for section in known.get("sections") or ())
        known["links"] = tuple(Link(**link) for link in known.get("links") or ())
        known["chart"] = Chart.from_json(known["chart"]) if known.get("chart") else None
        return cls(**known)


def _quotes(data: Mapping[str, Any]) -> tuple[Quote, ...]:
    return tuple(Quote(**quote) for quote in data.get("quotes") or ())


def _section(data: Mapping[str, Any]) -> Section:
    return Section(title=data["title"], lines=tuple(data.get("lines") or ()), quotes=_quotes(data))


def _listed(value: Any) -> Any:  # noqa: ANN401 - any plain data
    if isinstance(value, Mapping):
        return {name: _listed(inner) for name, inner in value.items()}
    return [_listed(inner) for inner in value] if isinstance(value, list | tuple) else value
