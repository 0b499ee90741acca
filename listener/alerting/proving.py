"""The proof of a spike, read together: who said what, which words are new, what the counts look like, who cannot be heard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from listener.alerting.charting import chart, drawn_span
from listener.alerting.wording.proof import Proof
from listener.domain.chart import Chart
from listener.domain.crowd import Crowd
from listener.domain.rules import Watched
from listener.domain.spike import Spike
from listener.domain.usual import Usual
from listener.domain.wordshift import NewWord, Voiced, new_words
from listener.store import baselines, evidence, said_before
from listener.store.evidence import Said

WORDS_BACK = timedelta(days=28)

Told = Literal["negative", "positive"]
_RULES: dict[Told, str] = {"negative": "negative_spike", "positive": "good_news"}


def prove(
    connection: sa.Connection,
    watched: Watched,
    spike: Spike,
    people: Crowd,
    usual: Usual | None,
    *,
    now: datetime,
    label: Told = "negative",
) -> Proof:
    """All that is told of this spike. `label` is what its voices say."""
    said = evidence.said(connection, [voice.match for voice in spike.voices])
    heard = evidence.hearing(connection, watched.client)
    return Proof(
        spike=spike,
        people=people,
        said=said,
        biggest=next((one for one in said if one.story == people.biggest_story), None),
        deaf=evidence.deaf_now(connection, heard),
        words=words(connection, watched, said, before=spike.ends_at - spike.window, label=label),
        chart=_chart(connection, watched, spike, usual, _RULES[label], now=now),
    )


def words(
    connection: sa.Connection,
    watched: Watched,
    said: list[Said],
    *,
    before: datetime,
    label: Told = "negative",
) -> tuple[NewWord, ...]:
    """The words of these mentions that are new against the 28 days before this moment."""
    since = before - WORDS_BACK
    client = watched.client
    return new_words(
        [Voiced(voice=str(one.match), text=one.whole) for one in said],
        client,
        before=said_before.of_client(connection, client.id, since=since, until=before),
        listed=said_before.of_list(connection, client.watch_list, label, since=since, until=before),
    )


def _chart(
    connection: sa.Connection,
    watched: Watched,
    spike: Spike,
    usual: Usual | None,
    rule: str,
    *,
    now: datetime,
) -> Chart:
    span = drawn_span(window=spike.window, ends_at=spike.ends_at, now=now)
    counts = baselines.counted(connection, watched.client.id, rule, since=span[0], until=span[1])
    marked = (spike.voices[0].at, spike.ends_at)
    return chart(list(counts.items()), usual, span=span, marked=marked, zone=watched.timezone)
