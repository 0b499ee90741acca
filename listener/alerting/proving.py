"""The proof of a spike, read together: who said what, which words are new, what the counts look like, who cannot be heard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from listener.alerting.charting import chart, drawn_span
from listener.alerting.wording.proof import Lately, Proof
from listener.domain.chart import Chart
from listener.domain.crowd import Crowd
from listener.domain.rules import Watched
from listener.domain.spike import Spike
from listener.domain.usual import Usual
from listener.domain.wordshift import NewWord, Voiced, new_words
from listener.store import baselines, evidence, said_before
from listener.store.evidence import Said

WORDS_BACK = timedelta(days=28)
LATELY_MOST = 1000
"""Voices of an incident whose words are looked at, the newest of them."""

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


def lately(
    connection: sa.Connection,
    watched: Watched,
    usual: Usual | None,
    *,
    first_at: datetime,
    after: int = 0,
    now: datetime,
) -> Lately:
    """What is shown of an incident that goes on since `first_at`: of its voices those that were stored after this match.

    Their words are held against the 28 days before the incident. The counts are those of the last day, of the last two where
    it goes on for more than half a day; what is drawn as the window is all of the incident.
    """
    client = watched.client
    voices = evidence.voices(connection, client.id, since=first_at, after_match=after)
    newest = sorted(voice.match for voice in voices if voice.at <= now)[-LATELY_MOST:]
    said = evidence.said(connection, newest)
    span = drawn_span(window=now - first_at, ends_at=now, now=now)
    counts = baselines.counted(connection, client.id, _RULES["negative"], since=span[0], until=span[1])
    return Lately(
        said=said,
        words=words(connection, watched, said, before=first_at),
        chart=chart(list(counts.items()), usual, span=span, marked=(first_at, now), zone=watched.timezone),
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
