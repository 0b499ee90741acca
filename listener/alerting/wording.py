"""From numbers to what a person reads: the neutral messages of incidents and of rules that gather."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from listener.domain.crowd import Crowd
from listener.domain.message import Message, Quote
from listener.domain.rules import Watched
from listener.domain.spike import MOST_YEARS, Spike
from listener.store.evidence import Said

Deaf = tuple[str, str, datetime]  # kind and scope of a target that cannot hear, and since when

QUOTES = 3
GATHERED_QUOTES = 10
QUOTE_LENGTH = 280


def firing(
    watched: Watched,
    spike: Spike,
    people: Crowd,
    said: Sequence[Said],
    *,
    incident: int,
    episode: int,
    deaf: Sequence[Deaf],
    now: datetime,
) -> Message:
    """The message that opens an incident, with the proof of it."""
    return Message(
        **_address(watched),
        id=alert_id(watched, "negative_spike", episode, "firing"),
        kind="firing",
        headline=_numbers(watched, spike, people),
        incident=incident,
        at=now.isoformat(),
        lines=tuple(_proof(watched, spike, people, said, deaf)),
        quotes=tuple(quote(one, watched) for one in tell_most(said)),
        facts=facts(spike, people),
    )


def resolved(
    watched: Watched, *, incident: int, episode: int, opened_at: datetime, voices: int, now: datetime
) -> Message:
    """The one message that ends an incident."""
    lasted = span(now - opened_at)
    return Message(
        **_address(watched),
        id=alert_id(watched, "negative_spike", episode, "resolved"),
        kind="resolved",
        headline=f"back to normal after {lasted}; {count(voices, 'negative voice')} in all",
        incident=incident,
        at=now.isoformat(),
        facts={"opened_at": opened_at.isoformat(), "voices": voices},
    )


def gathered(
    watched: Watched, said: Sequence[Said], *, rule: str, number: int, only_counted: int, now: datetime
) -> Message:
    """Plain news of a quiet client: what was said, and how much more was only counted."""
    what = "negative mention" if rule == "each_negative" else "mention"
    lines = []
    if len(said) > GATHERED_QUOTES:
        lines.append(f"{len(said) - GATHERED_QUOTES} more of them are in `listener mentions`.")
    if only_counted:
        lines.append(
            f"{count(only_counted, what)} before this were only counted: the daily limit was reached."
        )
    return Message(
        **_address(watched),
        id=alert_id(watched, rule, number, "mentions"),
        kind="mentions",
        headline=count(len(said), what),
        at=now.isoformat(),
        lines=tuple(lines),
        quotes=tuple(quote(one, watched) for one in said[:GATHERED_QUOTES]),
        facts={"rule": rule, "mentions": [one.mention for one in said], "only_counted": only_counted},
    )


def health(sentences: Sequence[str], *, key: str, now: datetime) -> Message:
    """Sources that broke or hear again; goes to `health.notify`, never into a client's alert."""
    return Message(
        id=key,
        kind="health",
        headline=count(len(sentences), "change") + " in what we can hear",
        at=now.isoformat(),
        lines=tuple(sentences),
    )


def alert_id(watched: Watched, rule: str, number: int, kind: str) -> str:
    """The id of one alert, the same in every attempt: client, rule, episode and what is said of it."""
    return f"{watched.client.id}/{rule}/{number}/{kind}"


def facts(spike: Spike, people: Crowd) -> dict[str, object]:
    """The numbers of a spike, for machines and for the incident's record."""
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
    }


def tell_most(said: Sequence[Said]) -> list[Said]:
    """At most three mentions, one a story: the widest heard first, then the most negative, then the earliest."""
    ranked = sorted(
        said, key=lambda one: (-(one.reach or 0), one.score if one.score is not None else 0.0, one.at)
    )
    chosen: dict[int, Said] = {}
    for one in ranked:
        chosen.setdefault(one.story, one)
    return list(chosen.values())[:QUOTES]


def quote(one: Said, watched: Watched) -> Quote:
    """A mention as it is shown, cut to a readable length."""
    text = " ".join(one.text.split())
    return Quote(
        text=text if len(text) <= QUOTE_LENGTH else text[: QUOTE_LENGTH - 1].rstrip() + "…",
        url=one.url,
        title=one.title,
        author=one.author or host(one.url) or "unnamed",
        source=_called(watched, one.kind, one.scope),
        published_at=one.at.isoformat(),
        label=one.label,
        score=one.score,
    )


def place(kind: str, scope: str) -> str:
    """A source as a person calls it: the kind, and the host where the kind has many."""
    name = host(scope)
    return f"{kind} {name}" if name else kind


def address(kind: str, scope: str) -> str:
    """A source told apart from others of its host: with the path, but without a query, which may hold a secret."""
    name = host(scope)
    return f"{kind} {name}{urlsplit(scope).path.rstrip('/')}" if name else place(kind, scope)


def _called(watched: Watched, kind: str, scope: str) -> str:
    return watched.places.get((kind, scope)) or place(kind, scope)


def host(url: str | None) -> str | None:
    """The host of a URL without `www.`; None for anything that is no URL."""
    try:
        name = urlsplit(url or "").hostname
    except ValueError:
        return None
    return name.removeprefix("www.") if name else None


def count(number: int, what: str) -> str:
    """A number with its noun: "1 person", "2 stories"."""
    plural = {"person": "people", "story": "stories"}.get(what, what + "s")
    return f"{number} {what if number == 1 else plural}"


def span(length: timedelta) -> str:
    """A length of time in the unit a person would use."""
    minutes = max(1, round(length.total_seconds() / 60))
    return f"{minutes} min" if minutes < 100 else f"{round(minutes / 60)} h"


def _address(watched: Watched) -> dict[str, Any]:
    return {
        "client": watched.client.name,
        "watch_list": watched.client.watch_list,
        "owner": watched.owner,
        "owner_slack": watched.owner_slack,
    }


def _numbers(watched: Watched, spike: Spike, crowd: Crowd) -> str:
    low, high = spike.usual
    usual = str(low) if low == high else f"{low}–{high}"
    window = span(spike.window)
    when = (
        f"within {window}, until {_local(watched, spike.ends_at)}" if spike.late else f"in the last {window}"
    )
    people, stories = count(crowd.people, "person"), count(crowd.stories, "story")
    return f"{people}, {stories}, negative {when}; usual {usual}"


def _proof(
    watched: Watched, spike: Spike, people: Crowd, said: Sequence[Said], deaf: Sequence[Deaf]
) -> list[str]:
    first = min(said, key=lambda one: one.at)
    by = first.author or host(first.url) or "unnamed"
    lines = [f"First at {_local(watched, first.at)} by {by} ({_called(watched, first.kind, first.scope)})."]
    if spike.late:
        lines.insert(0, "Heard late: we could not hear while it went on.")
    if people.biggest_story_people > 1:
        lines.append(f"Without the biggest story it would still be {people.people_without_it}.")
    if people.unknown_matter:
        more = "person" if people.unknown == 1 else "people"
        lines.append(f"{people.unknown} more {more} spoke in that time; whether they complain is unknown.")
    lines.append(f"By chance a list like this one brings something so rare once in {_years(spike.once_in)}.")
    shares = Counter(_called(watched, one.kind, one.scope) for one in said).most_common()
    lines.append("Heard from " + ", ".join(f"{name} ({number})" for name, number in shares) + ".")
    if deaf:
        silent = (
            f"{_called(watched, kind, scope)} since {_local(watched, at, '%d %b %H:%M')}"
            for kind, scope, at in deaf
        )
        lines.append("Could not hear " + ", ".join(silent) + ".")
    return lines


def _local(watched: Watched, at: datetime, form: str = "%H:%M") -> str:
    """A time as the client's owner reads it, with its zone."""
    return f"{at.astimezone(watched.timezone):{form} %Z}"


def _years(years: float) -> str:
    """A long time as a person would say it, to two figures."""
    if years < 2:
        return count(max(1, round(years * 12)), "month")
    return "a million years or more" if years >= MOST_YEARS else f"{float(f'{years:.2g}'):,.0f} years"
