"""What happened in a day or a week, in words: heard, alarmed, hidden, deaf, and the good news that nobody was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby

from listener.alerting.surges import Surge
from listener.alerting.wording import clock, count, parted, span
from listener.domain.digest import Period
from listener.domain.health import in_words
from listener.domain.message import Message, Quote, Section
from listener.domain.rules import Watched
from listener.domain.shares import Labelled
from listener.domain.spans import Span, length
from listener.store.digests import Heard
from listener.store.incidents import Incident
from listener.store.withheld import Hidden

CLIENTS_MOST, LINES_MOST, UNTOLD_MOST = 20, 20, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A source that could not be heard: when, and why the last time; `still` where it cannot be now."""

    name: str
    spans: tuple[Span, ...]
    reason: str
    still: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Praised:
    """How many people praise which client, unheard so far, and what says most of it."""

    people: Mapping[str, int]
    quotes: Sequence[Quote]


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """The days since the last digest of which none was told, and whether this one tells of their time."""

    days: tuple[date, ...] = ()
    is_covered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """All of one digest. Without `watch_lists` it is about all there are; `deaf` is None where no source was asked yet.

    `surges` are those that the volume of talk explains, by client.
    """

    watched: Mapping[str, Watched]
    watch_lists: tuple[str, ...]
    since: datetime
    until: datetime
    heard: Sequence[Heard]
    incidents: Sequence[Incident]
    hidden: Sequence[Hidden]
    deaf: Sequence[Place] | None
    praised: Praised
    surges: Mapping[str, Sequence[Surge]] = field(default_factory=dict)
    untold: Untold = field(default_factory=Untold)

    def name(self, client_id: str) -> str:
        known = self.watched.get(client_id)
        return known.client.name if known else client_id


def digest(happened: Happened, *, period: Period, id_: str, day: date, zone: tzinfo) -> Message:
    """The message; each part stands there, also where it has nothing to tell."""
    opened = [one for one in happened.incidents if one.opened_at >= happened.since]
    mentions, clients = sum(one.mentions for one in happened.heard), count(len(happened.watched), "client")
    told = [
        f"{count(mentions, 'mention')} of {_of_them(len(happened.heard), len(happened.watched))}"
        if mentions
        else f"nothing heard of {clients}",
        count(len(opened), "alert"),
        *([f"{count(len(happened.deaf), 'source')} deaf for a while"] if happened.deaf else []),
    ]
    one_list = happened.watch_lists[0] if len(happened.watch_lists) == 1 else None
    about = f", about {' and '.join(happened.watch_lists)}" if happened.watch_lists else ""
    begun, ended = (f"{at.astimezone(zone):%a %d %b %H:%M %Z}" for at in (happened.since, happened.until))
    return Message(
        id=id_,
        kind="digest",
        headline=f"{'The week to ' if period == 'weekly' else ''}{day:%A}, {day.day} {day:%B}: {', '.join(told)}",
        watch_list=one_list,
        at=happened.until.isoformat(),
        lines=(f"From {begun} to {ended}{about}.", *_untold(happened.untold)),
        sections=(
            Section(title="Heard", lines=tuple(_heard(happened))),
            Section(title="Alarmed", lines=tuple(_alarmed(happened, zone))),
            Section(title="Hidden", lines=tuple(_hidden(happened))),
            Section(title="Deaf", lines=tuple(_deaf(happened, zone))),
            _good_news(happened),
        ),
        facts=_facts(happened, period, day),
    )


def _of_them(heard: int, watched: int) -> str:
    """`3 of 10 clients`, `all 10 clients`, `both clients`; `1 client` where there is no other."""
    clients = count(watched, "client")
    if heard < watched:
        return f"{heard} of {clients}"
    return {1: clients, 2: "both clients"}.get(watched, f"all {clients}")


def _untold(untold: Untold) -> tuple[str, ...]:
    """`No digest was told for Sun 1 Mar, Mon 2 Mar: this one tells of that time too.`"""
    if not untold.days:
        return ()
    days = parted([f"{day:%a} {day.day} {day:%b}" for day in untold.days], most=UNTOLD_MOST)
    covers = "this one tells of that time too" if untold.is_covered else "this one does not go back so far"
    return (f"No digest was told for {days}: {covers}.",)


def _heard(happened: Happened) -> list[str]:
    ranked = sorted(
        happened.heard, key=lambda one: (-one.labelled.negative, -one.mentions, happened.name(one.client_id))
    )
    told = [
        f"{happened.name(one.client_id)}: {count(one.mentions, 'mention')} by {count(one.people, 'person')}, {_labels(one.labelled)}"
        for one in ranked[:CLIENTS_MOST]
    ]
    rest = ranked[CLIENTS_MOST:]
    if rest:
        mentions, negative = sum(one.mentions for one in rest), sum(one.labelled.negative for one in rest)
        told.append(f"{len(rest)} more clients: {count(mentions, 'mention')}, {negative} negative")
    silent = len(happened.watched) - len(ranked)
    if silent and ranked:
        told.append(f"Of {count(silent, 'other client')} nothing was heard.")
    return told or ["Nothing was heard of any client."]


def _labels(labelled: Labelled) -> str:
    """`5 negative, 4 neutral, 2 positive; 1 unknown`: the unknown stand apart."""
    known = [f"{getattr(labelled, name)} {name}" for name in ("negative", "neutral", "positive")]
    return ", ".join(known) + (f"; {labelled.unknown} unknown" if labelled.unknown else "")


def _alarmed(happened: Happened, zone: tzinfo) -> list[str]:
    """Those that go on first, then the newest."""
    ranked = sorted(happened.incidents, key=lambda one: one.resolved_at is not None)
    surges = [
        _surge(one, client_id, happened, zone) for client_id, some in happened.surges.items() for one in some
    ]
    return [
        *(_cut([_incident(one, happened, zone) for one in ranked]) or ["There was no alert."]),
        *_cut(surges),
    ]


def _surge(one: Surge, client_id: str, happened: Happened, zone: tzinfo) -> str:
    until = clock(datetime.fromisoformat(one.at), zone, now=happened.until)
    window = span(timedelta(hours=one.window_h))
    return (
        f"{happened.name(client_id)}: much talk, {one.complain} of {one.spoke} complained in {window} until {until};"
        f" usual is {one.usual:.0%}, so nobody was called"
    )


def _incident(one: Incident, happened: Happened, zone: tzinfo) -> str:
    number = one.evidence.get("people")
    people = f"{count(number, 'person')}, " if isinstance(number, int) else ""
    good = "good news, " if one.rule == "good_news" else ""
    opened = clock(one.opened_at, zone, now=happened.until)
    return f"{happened.name(one.client_id)}, incident {one.id}: {good}{people}{one.severity}, since {opened}; {_became(one)}"


def _became(one: Incident) -> str:
    took = f"{one.taken_by} took it" if one.taken_by else "nobody took it"
    if one.resolved_at is None:
        return f"still open, {took}"
    lasted = in_words(one.resolved_at - one.opened_at)
    by = f"closed by {one.closed_by}" if one.closed_by else "over by itself"
    return f"{by} after {lasted}, {took}"


def _hidden(happened: Happened) -> list[str]:
    told = []
    for (author, comment), some in groupby(happened.hidden, key=lambda one: (one.author, one.comment)):
        what = ", ".join(f"{happened.name(one.client_id)} {count(one.count, 'alert')}" for one in some)
        why = f"{author}'s silence ({comment})" if author else "Quiet hours"
        told.append(f"{why}: {what}")
    return _cut(told) or ["Nothing was held back."]


def _deaf(happened: Happened, zone: tzinfo) -> list[str]:
    if happened.deaf is None:
        return ["No source was asked yet: start the daemon with `listener run`."]
    ranked = sorted(happened.deaf, key=lambda one: (-length(one.spans), one.name))
    return _cut([_place(one, happened, zone) for one in ranked]) or [
        "Every source could be heard all the time."
    ]


def _place(one: Place, happened: Happened, zone: tzinfo) -> str:
    since = clock(one.spans[-1][0], zone, now=happened.until)
    until = "still deaf" if one.still else f"until {clock(one.spans[-1][1], zone, now=happened.until)}"
    times = f"{len(one.spans)} times, last since" if len(one.spans) > 1 else "since"
    return f"{one.name}: {in_words(length(one.spans))}, {times} {since}, {until}: {one.reason}"


def _good_news(happened: Happened) -> Section:
    ranked = sorted(happened.praised.people.items(), key=lambda pair: (-pair[1], happened.name(pair[0])))
    lines = _cut(
        [f"{happened.name(client)}: praised by {count(people, 'person')}" for client, people in ranked]
    )
    none = ["None that was not told."]
    return Section(title="Good news", lines=tuple(lines or none), quotes=tuple(happened.praised.quotes))


def _cut(lines: Sequence[str]) -> list[str]:
    more = len(lines) - LINES_MOST
    return [*lines[:LINES_MOST], *([f"and {more} more"] if more > 0 else [])]


def _facts(happened: Happened, period: Period, day: date) -> dict[str, object]:
    return {
        "period": period,
        "day": day.isoformat(),
        "untold": [one.isoformat() for one in happened.untold.days],
        "since": happened.since.isoformat(),
        "until": happened.until.isoformat(),
        "watch_lists": list(happened.watch_lists),
        "heard": [
            {
                "client": happened.name(one.client_id),
                "mentions": one.mentions,
                "people": one.people,
                **{name: getattr(one.labelled, name) for name in Labelled.__slots__},
            }
            for one in happened.heard
        ],
        "incidents": [one.id for one in happened.incidents],
        "hidden": sum(one.count for one in happened.hidden),
        "deaf": [
            {
                "source": one.name,
                "minutes": round(length(one.spans) / timedelta(minutes=1)),
                "still": one.still,
            }
            for one in happened.deaf or ()
        ],
        "praise": {happened.name(client): people for client, people in happened.praised.people.items()},
    }
