"""What is usual for a client: voices counted in the hours in which we could hear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from listener.domain.client import Client
from listener.domain.heard import Heard
from listener.domain.spans import Span, minus
from listener.domain.spike import LOOK_BACK, WINDOWS, Baseline
from listener.store import evidence
from listener.store.matches import BUCKET, bucket


def baseline(connection: sa.Connection, client: Client, until: datetime) -> Baseline:
    """The baseline of a client from 28 days back to `until`.

    Left out are the time before a target was first read to its end, gaps, and past incidents with the window that led to
    them. Where a client has several targets, an hour counts by the share of them that could hear.
    """
    since, until = looked_back(until)
    heard_since = evidence.hearing(connection, client)
    ready = {target: at for target, at in heard_since.items() if at is not None}
    if not ready or since >= until:
        return Baseline()
    heard = heard_by(connection, ready, since=since, until=until)
    past = around(evidence.episodes(connection, client.id, since=since, until=until))
    counts = evidence.voice_counts(connection, client.id, since=since, until=until)
    voices = sum(count for at, count in counts if counts_in(heard, at, past))
    return Baseline(voices=voices, hours=heard.hours(since, until, without=past))


def looked_back(until: datetime) -> Span:
    """The whole buckets of the 28 days before `until`."""
    return bucket(until - LOOK_BACK), bucket(until)


def heard_by(
    connection: sa.Connection, ready: Mapping[int, datetime], *, since: datetime, until: datetime
) -> Heard:
    """When these targets could hear, each from its own time on, its gaps left out."""
    gaps = evidence.deaf(connection, ready, since=since, until=until)
    return Heard(
        minus([(max(since, at), until)], gaps[target]) if at < until else [] for target, at in ready.items()
    )


def around(episodes: Iterable[Span]) -> list[Span]:
    """Incidents with the longest window before them, in which they built up."""
    return [(start - max(WINDOWS), end) for start, end in episodes]


def counts_in(heard: Heard, at: datetime, past: Sequence[Span]) -> bool:
    """Whether anybody listened in the bucket of this moment, outside of past incidents."""
    start = bucket(at)
    return bool(heard.time(start, start + BUCKET, without=past))
