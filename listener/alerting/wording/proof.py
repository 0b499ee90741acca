"""Why a person may believe it: the sentences of proof, the three mentions that say most, and the same in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from listener.alerting.wording.figures import between, clock, count, once_in, parted, span
from listener.alerting.wording.places import called, host, speaker
from listener.domain import typical
from listener.domain.chart import Chart
from listener.domain.crowd import Crowd
from listener.domain.rules import Watched
from listener.domain.spike import Spike
from listener.domain.wordshift import NewWord
from listener.store.evidence import Said

Deaf = tuple[str, str, datetime]  # kind and scope of a target that cannot hear, and since when

PLACES_MOST, DEAF_MOST = 6, 5
TITLE_MOST = 60
IN_PERCENT = 20
"""Mentions from which on a share is told in percent; below that it is told as a number of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """All that is told of one spike.

    said      the voices of its window, in order of storing
    biggest   the first mention of the story that most people tell, if several do
    deaf      the places that cannot hear now
    """

    spike: Spike
    people: Crowd
    said: Sequence[Said]
    biggest: Said | None = None
    deaf: Sequence[Deaf] = ()
    words: Sequence[NewWord] = ()
    chart: Chart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """What is shown of an incident that goes on: voices in order of storing, which of their words are new, and the counts up to now."""

    said: Sequence[Said] = ()
    words: Sequence[NewWord] = ()
    chart: Chart | None = None


def numbers(watched: Watched, proof: Proof, *, now: datetime, what: str = "negative") -> str:
    """`5 people, 3 stories, negative in the last 2 h; usual 0–1`."""
    spike, people = proof.spike, proof.people
    window = span(spike.window)
    when = f"in the last {'hour' if window == '1 h' else window}"
    if spike.late:
        when = f"within {window}, until {clock(spike.ends_at, watched.timezone, now=now)}"
    who = f"{count(people.people, 'person')}, {count(people.stories, 'story')}"
    return f"{who}, {what} {when}; usual {between(*spike.usual)}"


def sentences(
    watched: Watched, proof: Proof, *, now: datetime, reasons: Sequence[str] = (), what: str = "complain"
) -> list[str]:
    """The proof, what matters most to its reader first; `reasons` say what makes it more than minor."""
    told = [
        "Heard late: we could not hear while it went on." if proof.spike.late else "",
        _weighty(reasons),
        _more_than_once(proof.people),
        words_sentence(proof.words),
        _first(watched, proof.said, now=now),
        _counterfactual(proof),
        _unknown(proof.people, what),
        _shares(watched, proof.said),
        f"By chance a list like this one sees something so rare {once_in(proof.spike.once_in)}.",
        deaf_sentence(watched, proof.deaf, now=now),
    ]
    return [sentence for sentence in told if sentence]


def tell_most(said: Sequence[Said]) -> list[Said]:
    """At most three mentions, one a story: heard by many, and close to what the others say (domain/typical.py).

    Those that were deleted since are counted and not quoted.
    """
    by_match = {one.match: one for one in said}
    told = typical.tell_most([_candidate(one) for one in said if one.whole])
    return [by_match[match] for match in told]


def _candidate(one: Said) -> typical.Candidate:
    return typical.Candidate(
        id=one.match, story=one.story, text=one.whole, reach=one.reach, score=one.score, at=one.at
    )


def facts(proof: Proof) -> dict[str, Any]:
    """The numbers of a spike, for machines and for the incident's record."""
    spike, people = proof.spike, proof.people
    return {
        "people": people.people,
        "stories": people.stories,
        "mentions": people.mentions,
        "voices": len(spike.voices),
        "window_h": spike.window / timedelta(hours=1),
        "usual": list(spike.usual),
        "limit": spike.limit,
        "expected": round(spike.expected, 2),
        "once_in_years": float(f"{spike.once_in:.3g}"),
        "first_at": spike.voices[0].at.isoformat(),
        "last_at": spike.ends_at.isoformat(),
        "without_biggest_story": people.people_without_it,
        "unknown": people.unknown,
        "late": spike.late,
        "words": [word_facts(one) for one in proof.words],
        "chart": proof.chart.to_json() if proof.chart else None,
    }


def word_facts(one: NewWord) -> Mapping[str, Any]:
    return {"text": one.text, "people": one.people, "z": round(one.z, 2)}


def words_sentence(words: Sequence[NewWord], called: str = "New words") -> str:
    """`New words: refund (4 people), charged me twice (3).`"""
    if not words:
        return ""
    first, *others = words
    told = [
        f"{first.text} ({count(first.people, 'person')})",
        *(f"{one.text} ({one.people})" for one in others),
    ]
    return f"{called}: {', '.join(told)}."


def _weighty(reasons: Sequence[str]) -> str:
    """`12 people came within half an hour; those who complain reach 120,000 people.`"""
    whole = "; ".join(reasons)
    return f"{whole[0].upper()}{whole[1:]}." if whole else ""


def _more_than_once(people: Crowd) -> str:
    """How many mentions it is where that is no number of people: `93 mentions in all.`"""
    return f"{count(people.mentions, 'mention')} in all." if people.mentions != people.people else ""


def _first(watched: Watched, said: Sequence[Said], *, now: datetime) -> str:
    if not said:
        return ""
    first = min(said, key=lambda one: (one.at, one.match))
    at = clock(first.at, watched.timezone, now=now, before_day="on ", before_time="at ")
    return f"First {at} by {speaker(first)} ({called(watched, first.kind, first.scope)})."


def _counterfactual(proof: Proof) -> str:
    """What would be left without the story that most people tell."""
    people = proof.people
    if people.biggest_story_people < 2:
        return ""
    usual = between(*proof.spike.usual)
    return (
        f"Without {_story(proof)} ({count(people.biggest_story_people, 'person')}) "
        f"it would be {people.people_without_it}, usual {usual}."
    )


def _story(proof: Proof) -> str:
    """The biggest story by its host, and by its title too where more is heard from that host."""
    one = proof.biggest
    if one is None:
        return "the biggest story"
    site = host(one.url)
    alike = sum(host(other.url) == site for other in proof.said if other.story != one.story)
    title = " ".join((one.title or "").split())
    if title and (alike or not site):
        short = title if len(title) <= TITLE_MOST else title[: TITLE_MOST - 1].rstrip() + "…"
        return f"the story “{short}” at {site}" if site else f"the story “{short}”"
    if site:
        return f"the story at {site}"
    return f"the story of {one.author}" if one.author else "the biggest story"


def _unknown(people: Crowd, what: str) -> str:
    if not people.unknown_matter:
        return ""
    more = "person" if people.unknown == 1 else "people"
    return f"{people.unknown} more {more} spoke in that time; whether they {what} is unknown."


def _shares(watched: Watched, said: Sequence[Said]) -> str:
    """How much came from which place: of few in numbers, of many in percent."""
    from_place = Counter(called(watched, one.kind, one.scope) for one in said)
    if not from_place:
        return ""
    ranked = sorted(from_place.items(), key=lambda pair: (-pair[1], pair[0]))
    if len(ranked) == 1:
        return f"All heard from {ranked[0][0]}."
    of = len(said)
    first, *others = ranked
    if of >= IN_PERCENT:
        told = [f"{name} ({100 * number / of:.0f} %)" for name, number in ranked]
    else:
        told = [f"{first[0]} ({first[1]} of {of})", *(f"{name} ({number})" for name, number in others)]
    return f"Heard from {parted(told, most=PLACES_MOST)}."


def deaf_sentence(watched: Watched, deaf: Sequence[Deaf], *, now: datetime) -> str:
    """`Could not hear hackernews since 08:10 AST.`"""
    if not deaf:
        return ""
    silent = [
        f"{called(watched, kind, scope)} since {clock(at, watched.timezone, now=now)}"
        for kind, scope, at in deaf
    ]
    return f"Could not hear {parted(silent, most=DEAF_MOST)}."
