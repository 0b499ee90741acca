"""What is told of a time in which something was not told: at the end of a silence, and at the end of quiet hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from itertools import groupby

from listener.alerting.wording import clock
from listener.domain.message import Message
from listener.domain.quiet import QuietHours
from listener.domain.rules import Watched
from listener.domain.silence import ENDINGS, OPENINGS, Silence
from listener.store.withheld import Held

LINES_MOST, LATER_MOST, QUOTES_MOST = 30, 5, 20


def hidden(
    silence: Silence,
    held: Sequence[Held],
    *,
    receiver: str,
    zone: tzinfo,
    names: Mapping[str, str],
    now: datetime,
) -> Message:
    """What a silence kept from one receiver. `names` are those of the clients, by id."""
    by_client = {client: list(rows) for client, rows in groupby(sorted(held, key=_client), key=_client)}
    if len(by_client) == 1:
        ((client, rows),) = by_client.items()
        what = f"{names.get(client, client)} {_summed(rows)}"
    else:
        what = f"{_counted(held)} about {len(by_client)} clients"
    told = [
        f"{names.get(client, client)}: {_summed(rows)}"
        for client, rows in by_client.items()
        if len(by_client) > 1
    ]
    told += [_line(one, names, zone, now=now) for one in _firsts(held)]
    more = len(told) - LINES_MOST
    return Message(
        id=f"silence/{silence.id}/hidden",
        kind="hidden",
        headline=f"hidden by {described(silence, zone, now=now)}: {what}",
        at=now.isoformat(),
        lines=(
            *told[:LINES_MOST],
            *([f"And {more} more; `listener digest` counts them."] if more > 0 else []),
        ),
        facts={
            "silence": silence.id,
            "receiver": receiver,
            "hidden": [
                {
                    "id": one.message.id,
                    "at": one.at.isoformat(),
                    "headline": one.message.headline,
                    "over": one.over,
                }
                for one in held
            ],
        },
    )


def described(silence: Silence, zone: tzinfo, *, now: datetime) -> str:
    """`Dana's silence until 14:00 ADT (deploy)`."""
    ended = f", ended by {silence.expired_by}" if silence.expired_by else ""
    return (
        f"{silence.author}'s silence until {clock(silence.ends_at, zone, now=now)}{ended} ({silence.comment})"
    )


def after_quiet(held: Sequence[Held], *, watched: Watched | None, zone: tzinfo, now: datetime) -> Message:
    """One message for all that one receiver was not told of one incident, or of one client by one rule; never none is held.

    Its id is that of the last message that it stands for; of what asks a second person, that one's. `zone` is for a client
    that has left the file.
    """
    second = watched.second(held[0].receiver, held[0].message.kind) if watched else None
    person = second or watched
    zone = person.timezone if person else zone
    whose = second.to if second else held[0].message.owner
    why = _why(held[0], whose, person.quiet if person else None, zone, now=now)
    if held[0].message.kind == "mentions":
        return _gathered(held, why)
    if (asked := next((one for one in held if one.message.kind == "escalated"), None)) is not None:
        others = [one for one in held if one is not asked]
        return _with_lines(_asked(asked, zone, now=now), why, _later(others, zone, now=now))
    last, opening = held[-1], next((one for one in held if one.message.kind in OPENINGS), None)
    if opening is None or held[0].incident_id is None:
        return _with_lines(last.message, why, _later(held[:-1], zone, now=now))
    if last.message.kind in ENDINGS:
        first = f"It opened at {clock(opening.at, zone, now=now)}: {opening.message.headline}."
        ended = replace(last.message, quotes=last.message.quotes or opening.message.quotes)
        return _with_lines(ended, why, [first, *opening.message.lines])
    stands = "It is over since." if opening.over else "It is still open."
    return _with_lines(opening.message, f"{why} {stands}", _later(held[1:], zone, now=now))


def _why(first: Held, whose: str | None, quiet: QuietHours | None, zone: tzinfo, *, now: datetime) -> str:
    hours = f" ({quiet})" if quiet else ""
    of = f"the quiet hours of {whose}" if whose else "quiet hours"
    return f"Not told at {clock(first.at, zone, now=now)}, in {of}{hours}."


def _asked(held: Held, zone: tzinfo, *, now: datetime) -> Message:
    """What asks a second person, after that one's quiet hours: nobody is rung for what somebody took, or what is over."""
    message = held.message
    if not held.over and held.taken_by is None:
        return message
    became = "it is over since" if held.over else f"{held.taken_by} has taken it since"
    headline = f"{message.asked} was to be asked at {clock(held.at, zone, now=now)}; {became}"
    return replace(message, headline=headline, asked=None, asked_slack=None)


def _with_lines(message: Message, why: str, later: Sequence[str]) -> Message:
    return replace(message, lines=(why, *later, *message.lines))


def _later(held: Sequence[Held], zone: tzinfo, *, now: datetime) -> list[str]:
    """What followed, the newest of it."""
    return [f"{clock(one.at, zone, now=now)}: {one.message.headline}." for one in held[-LATER_MOST:]]


def _gathered(held: Sequence[Held], why: str) -> Message:
    """The mentions of several messages as one."""
    messages = [one.message for one in held]
    number = sum(len((one.facts or {}).get("mentions", ())) for one in messages)
    what = "negative mentions" if held[0].about.rule == "each_negative" else "mentions"
    lines = [line for one in messages for line in one.lines]
    quotes = [quote for one in messages for quote in one.quotes]
    last = messages[-1]
    headline = last.headline if len(messages) == 1 else f"{number} {what}"
    if len(quotes) > QUOTES_MOST:
        lines.append(f"{len(quotes) - QUOTES_MOST} more of them are in `listener mentions`.")
    return replace(last, headline=headline, lines=(why, *lines), quotes=tuple(quotes[:QUOTES_MOST]))


def _client(one: Held) -> str:
    return one.about.client_id


def _firsts(held: Sequence[Held]) -> list[Held]:
    """The first of each incident, and every message that is about none."""
    firsts: dict[str | int, Held] = {}
    for one in held:
        firsts.setdefault(one.incident_id if one.incident_id is not None else one.message.id, one)
    return list(firsts.values())


def _summed(held: Sequence[Held]) -> str:
    """`2 alerts, 5 people at most; resolved since`."""
    firsts = _firsts(held)
    people = max((int((one.message.facts or {}).get("people", 0)) for one in held), default=0)
    most = f", {people} {'person' if people == 1 else 'people'} at most" if people else ""
    states = [one.over for one in firsts if one.incident_id is not None]
    still = states.count(False)
    became = "" if not states else "; resolved since"
    if still:
        became = "; still open" if still == len(states) else f"; {still} still open"
    return f"{_counted(held)}{most}{became}"


def _counted(held: Sequence[Held]) -> str:
    number = len(_firsts(held))
    return f"{number} alert" if number == 1 else f"{number} alerts"


def _line(one: Held, names: Mapping[str, str], zone: tzinfo, *, now: datetime) -> str:
    name = names.get(one.about.client_id, one.about.client_id)
    state = ""
    if one.incident_id is not None:
        state = f" · incident {one.incident_id}, {'resolved since' if one.over else 'still open'}"
    return f"{clock(one.at, zone, now=now)} {name}: {one.message.headline}{state}"
