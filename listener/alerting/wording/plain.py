"""The plain messages: of rules that gather, of what is over, and of what can be heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from listener.alerting.wording.addressed import addressed, alert_id
from listener.alerting.wording.figures import count, span
from listener.alerting.wording.places import quote
from listener.domain.message import Message
from listener.domain.rules import Watched
from listener.store.evidence import Said

GATHERED_QUOTES = 10


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
        **addressed(watched),
        id=alert_id(watched, rule, number, "mentions"),
        kind="mentions",
        headline=count(len(said), what),
        at=now.isoformat(),
        lines=tuple(lines),
        quotes=tuple(quote(one, watched) for one in said[:GATHERED_QUOTES]),
        facts={"rule": rule, "mentions": [one.mention for one in said], "only_counted": only_counted},
    )


def resolved(
    watched: Watched, *, incident: int, episode: int, opened_at: datetime, voices: int, now: datetime
) -> Message:
    """The one message that ends an incident."""
    return Message(
        **addressed(watched),
        id=alert_id(watched, "negative_spike", episode, "resolved"),
        kind="resolved",
        headline=f"back to normal after {span(now - opened_at)}; {count(voices, 'negative voice')} in all",
        incident=incident,
        at=now.isoformat(),
        facts={"opened_at": opened_at.isoformat(), "voices": voices},
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
