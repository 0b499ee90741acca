"""What is said of an incident after it was opened: that it grew, that nobody has it, who took it and how it ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from listener.alerting import wording
from listener.alerting.wording import Lately
from listener.domain.crowd import Crowd
from listener.domain.message import Kind, Message
from listener.domain.rules import Watched
from listener.domain.telling import Escalation
from listener.domain.wordshift import NewWord, split_told
from listener.store.evidence import Said
from listener.store.incidents import Incident

_NOTHING = Lately()
_SINCE_IT_BEGAN = "New words since it began"


def firing(message: Message, incident: Incident, so_far: Crowd) -> Message:
    """The message that waited, with what came meanwhile."""
    before = (message.facts or {}).get("people", so_far.people)
    more = (f"By now it is {_crowd(so_far)}.",) if so_far.people > before else ()
    return replace(message, severity=incident.severity, lines=(*more, *message.lines))


def joined(
    watched: Watched,
    incident: Incident,
    so_far: Crowd,
    said: Sequence[Said],
    *,
    name: str,
    why: str,
    now: datetime,
    lately: Lately = _NOTHING,
    told: Collection[str] = (),
) -> Message:
    """More people, a further story or a greater severity: with the new mentions that say most.

    `lately` is what came since it was told last, `told` are the words that were told as new before.
    """
    fresh, again = split_told(lately.words, told)
    return _of(
        watched,
        incident,
        "joined",
        name=name,
        headline=f"{_crowd(so_far)} by now",
        lines=(
            f"Told again: {why}.",
            *_taker(incident),
            *_words(fresh, "New words since the last message"),
            *_words(again, "Still said"),
        ),
        words=tuple(one.text for one in fresh),
        chart=lately.chart,
        quotes=tuple(wording.quote(one, watched) for one in wording.tell_most(said)),
        facts=_facts(so_far, lately),
        now=now,
    )


def still(
    watched: Watched,
    incident: Incident,
    so_far: Crowd,
    *,
    name: str,
    now: datetime,
    lately: Lately = _NOTHING,
) -> Message:
    """That it goes on and that nobody has it; `lately` is all that was said since it began."""
    return _of(
        watched,
        incident,
        "still",
        name=name,
        headline=f"still going on after {wording.span(now - incident.opened_at)}, and nobody has taken it; "
        f"{_crowd(so_far)} by now",
        lines=_words(lately.words, _SINCE_IT_BEGAN),
        words=tuple(one.text for one in lately.words),
        chart=lately.chart,
        facts=_facts(so_far, lately),
        now=now,
    )


def escalated(
    watched: Watched,
    incident: Incident,
    so_far: Crowd,
    to: Escalation,
    *,
    first_at: datetime,
    now: datetime,
    lately: Lately = _NOTHING,
    asleep_until: datetime | None = None,
) -> Message:
    """To a second person, where the first does not answer; who may have heard nothing of it, so that it is told whole.

    `asleep_until` is when the owner hears of it, where quiet hours held it back so far.
    """
    untold: tuple[str, ...] = ()
    if asleep_until is not None:
        wakes = wording.clock(asleep_until, to.timezone, now=now)
        untold = (f"{watched.owner or 'The owner'} has not been told: quiet hours until {wakes}.",)
    return _of(
        watched,
        incident,
        "escalated",
        name="escalated",
        headline=f"nobody has taken it for {wording.span(now - first_at)}; {to.to} is asked now",
        lines=(*untold, f"{_crowd(so_far)} by now.", *_words(lately.words, _SINCE_IT_BEGAN)),
        words=tuple(one.text for one in lately.words),
        chart=lately.chart,
        quotes=tuple(wording.quote(one, watched) for one in wording.tell_most(lately.said)),
        facts={**_facts(so_far, lately), "to": to.to},
        asked=to.to,
        asked_slack=to.slack,
        now=now,
    )


def taken(watched: Watched, incident: Incident, *, now: datetime) -> Message:
    """Who has it from now on."""
    return _of(
        watched, incident, "taken", name="taken", headline=f"{incident.taken_by} has taken it", now=now
    )


def noted(
    watched: Watched, incident: Incident, *, who: str, text: str, number: int, now: datetime
) -> Message:
    """A person's word on it."""
    return _of(
        watched, incident, "noted", name=f"noted-{number}", headline=f"{who} noted", lines=(text,), now=now
    )


def closed(
    watched: Watched, incident: Incident, *, why: str, muted: Mapping[str, int], now: datetime
) -> Message:
    """That a person ended it, and why."""
    return _of(
        watched,
        incident,
        "closed",
        name="closed",
        headline=f"closed by {incident.closed_by} after {wording.span(now - incident.opened_at)}",
        lines=(*([f"Why: {why}"] if why else []), *_muted(watched, muted)),
        now=now,
    )


def resolved(message: Message, watched: Watched, incident: Incident, *, muted: Mapping[str, int]) -> Message:
    """The message that ends an incident, with who had it and what was kept back meanwhile."""
    had = (f"{incident.taken_by} had taken it.",) if incident.taken_by else ()
    lines = (*message.lines, *had, *_muted(watched, muted))
    return replace(message, severity=incident.severity, lines=lines)


def _of(
    watched: Watched,
    incident: Incident,
    kind: Kind,
    *,
    name: str,
    headline: str,
    now: datetime,
    lines: tuple[str, ...] = (),
    **more: Any,  # noqa: ANN401 - fields of a message
) -> Message:
    return Message(
        id=wording.alert_id(watched, incident.rule, incident.episode, name),
        kind=kind,
        headline=headline,
        client=watched.client.name,
        watch_list=watched.client.watch_list,
        owner=watched.owner,
        owner_slack=watched.owner_slack,
        incident=incident.id,
        severity=incident.severity,
        at=now.isoformat(),
        lines=lines,
        **more,
    )


def _crowd(so_far: Crowd) -> str:
    return f"{wording.count(so_far.people, 'person')}, {wording.count(so_far.stories, 'story')}"


def _words(words: Sequence[NewWord], called: str) -> tuple[str, ...]:
    return (wording.words_sentence(words, called),) if words else ()


def _facts(so_far: Crowd, lately: Lately) -> dict[str, Any]:
    return {
        "people": so_far.people,
        "stories": so_far.stories,
        "mentions": so_far.mentions,
        "words": [wording.word_facts(one) for one in lately.words],
        "chart": lately.chart.to_json() if lately.chart else None,
    }


def _taker(incident: Incident) -> tuple[str, ...]:
    return (f"{incident.taken_by} has taken it.",) if incident.taken_by else ()


def _muted(watched: Watched, muted: Mapping[str, int]) -> tuple[str, ...]:
    """What the smaller rules did not tell, each by its name."""
    if not any(muted.values()):
        return ()
    each = ", ".join(f"{number} by {rule}" for rule, number in sorted(muted.items()) if number)
    return (
        f"Meanwhile not told one by one: {each}. They are in `listener mentions --client {watched.client.name}`.",
    )
