"""Silences: a time in which some alerts are not told. Nothing stops being judged because of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from listener.domain.message import Kind, Severity
from listener.domain.routing import SEVERITIES

OPENINGS: frozenset[Kind] = frozenset({"firing", "good_news"})
"""What tells of an incident for the first time."""

ENDINGS: frozenset[Kind] = frozenset({"closed", "resolved"})

WHOLE: frozenset[Kind] = frozenset({"firing", "joined", "still", "escalated"})
"""What tells of an incident whole, to somebody who has heard nothing of it as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a silence asks of a message: whose it is, by which rule it came, how severe it is."""

    client_id: str
    watch_list: str
    rule: str
    severity: Severity = "minor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matchers:
    """Which messages are meant. Of each that is given one value must fit; without any, all messages do."""

    clients: tuple[str, ...] = ()
    watch_lists: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    severity_below: Severity | None = None

    def fit(self, about: About) -> bool:
        return (
            (not self.clients or about.client_id in self.clients)
            and (not self.watch_lists or about.watch_list in self.watch_lists)
            and (not self.rules or about.rule in self.rules)
            and (self.severity_below is None or _less(about.severity, self.severity_below))
        )

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Matchers:
        return cls(
            clients=tuple(data.get("clients", ())),
            watch_lists=tuple(data.get("watch_lists", ())),
            rules=tuple(data.get("rules", ())),
            severity_below=data.get("severity_below"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One silence. `ends_at` is when it ends or ended, `expired_by` who ended it before its time, `summed_up_at` when it
    was told what it had hidden.
    """

    id: int
    matchers: Matchers
    starts_at: datetime
    ends_at: datetime
    author: str
    comment: str
    created_at: datetime
    expired_by: str | None = None
    summed_up_at: datetime | None = None


def matches(silence: Silence, about: About, *, now: datetime) -> bool:
    """Whether the silence holds back such a message at this moment."""
    return silence.starts_at <= now < silence.ends_at and silence.matchers.fit(about)


def holder(silences: Iterable[Silence], about: About, *, now: datetime) -> Silence | None:
    """Of the silences that hold it back the one that ends last, so that it is told of when all are over."""
    holding = [one for one in silences if matches(one, about, now=now)]
    return max(holding, key=lambda one: (one.ends_at, one.id), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Not told now: until when, and by which silence; None means quiet hours."""

    until: datetime
    silence: int | None = None


def decide(
    kind: Kind,
    *,
    silenced: Silence | None,
    quiet_until: datetime | None,
    opening: Withheld | None,
    breaks_through: bool,
) -> Withheld | None:
    """Whether a message is told to a receiver now (None) or held back.

    silenced        the silence that holds such messages back now
    quiet_until     the end of the quiet hours that whoever it reaches is in
    opening         how the opening of its incident is held back from this receiver still; None where it was told
    breaks_through  whether it is severe, and the rule lets that through

    The end of an incident that was told before is told in spite of a silence. What does not tell of an incident whole
    stays with the opening.
    """
    if breaks_through and kind in WHOLE:
        return None
    if silenced is not None and not (kind in ENDINGS and opening is None):
        return Withheld(until=silenced.ends_at, silence=silenced.id)
    if opening is not None and kind not in WHOLE:
        return opening
    if quiet_until is not None and not breaks_through:
        return Withheld(until=quiet_until)
    return None


def outdoes(kind: Kind, opening: Withheld | None) -> bool:
    """Whether a message that is told makes it needless to tell what is held back of its incident there.

    Who is asked instead of an owner in quiet hours is told in the owner's place, not for the owner.
    """
    asked_instead = kind == "escalated" and opening is not None and opening.silence is None
    return kind in WHOLE and not asked_instead


def _less(one: Severity, other: Severity) -> bool:
    return SEVERITIES.index(one) < SEVERITIES.index(other)
