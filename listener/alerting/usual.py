"""What is usual for a client: voices counted in the hours in which we could hear."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from listener.domain.client import Client
from listener.domain.spans import Span, length, merged, minus, overlaps
from listener.domain.spike import LOOK_BACK, WINDOWS, Baseline
from listener.store import evidence
from listener.store.matches import BUCKET, bucket


def baseline(connection: sa.Connection, client: Client, until: datetime) -> Baseline:
    """The baseline of a client from 28 days back to `until`.

    Left out are the time before a target was first read to its end, gaps, and past incidents with the window that led to
    them. Where a client has several targets, an hour counts by the share of them that could hear.
    """
    since = bucket(until - LOOK_BACK)
    until = bucket(until)
    heard_since = evidence.hearing(connection, client)
    ready = {target: at for target, at in heard_since.items() if at is not None}
    if not ready or since >= until:
        return Baseline()
    gaps = evidence.deaf(connection, ready, since=since, until=until)
    past = [
        (start - max(WINDOWS), end)
        for start, end in evidence.episodes(connection, client.id, since=since, until=until)
    ]
    listened = [
        minus([(max(since, at), until)], [*gaps[target], *past]) for target, at in ready.items() if at < until
    ]
    hours = sum((length(spans) for spans in listened), timedelta()) / timedelta(hours=1) / len(ready)
    anyone: list[Span] = merged(span for spans in listened for span in spans)
    voices = sum(
        count
        for at, count in evidence.voice_counts(connection, client.id, since=since, until=until)
        if overlaps(anyone, at, at + BUCKET)
    )
    return Baseline(voices=voices, hours=hours)
