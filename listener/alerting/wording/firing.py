"""The messages that open an incident, with the proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from listener.alerting.wording.addressed import addressed, alert_id
from listener.alerting.wording.places import quote
from listener.alerting.wording.proof import Proof, facts, numbers, sentences, tell_most
from listener.domain.message import Message
from listener.domain.rules import Watched


def firing(
    watched: Watched,
    proof: Proof,
    *,
    incident: int,
    episode: int,
    now: datetime,
    reasons: Sequence[str] = (),
) -> Message:
    """The message that opens an incident; `reasons` say what makes it more than minor."""
    return Message(
        **addressed(watched),
        id=alert_id(watched, "negative_spike", episode, "firing"),
        kind="firing",
        headline=numbers(watched, proof, now=now),
        incident=incident,
        at=now.isoformat(),
        lines=tuple(sentences(watched, proof, now=now, reasons=reasons)),
        words=tuple(one.text for one in proof.words),
        chart=proof.chart,
        quotes=tuple(quote(one, watched) for one in tell_most(proof.said)),
        facts=facts(proof),
    )


def good_news(
    watched: Watched, proof: Proof, *, episode: int, now: datetime, incident: int | None = None
) -> Message:
    """More praise than is usual: a reason to call that is no problem. It asks nobody to take it."""
    return Message(
        **addressed(watched),
        id=alert_id(watched, "good_news", episode, "good_news"),
        kind="good_news",
        headline=numbers(watched, proof, now=now, what="positive"),
        incident=incident,
        at=now.isoformat(),
        lines=tuple(sentences(watched, proof, now=now, what="praise")),
        words=tuple(one.text for one in proof.words),
        chart=proof.chart,
        quotes=tuple(quote(one, watched) for one in tell_most(proof.said)),
        facts=facts(proof),
    )
