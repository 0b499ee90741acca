"""What the rule negative_spike would have told over a stretch of history: the same decisions as the daemon's, without one.

Pure: who has testified when, and when we could hear, in; the incidents out. A plan holds two configurations against each
other with it, a backtest one against the past. Left out is what no history tells: evaluations delayed by a busy machine, and
incidents that a person ended.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from listener.alerting.evaluate import CALM_FOR
from listener.alerting.usual import around, counts_in, looked_back
from listener.domain.heard import Heard
from listener.domain.rules import SpikeRule
from listener.domain.spans import Span
from listener.domain.spike import (
    STILL_NEWS,
    WINDOWS,
    Baseline,
    Spike,
    Voice,
    alpha_per_look,
    find_spike,
    over_threshold,
)
from listener.domain.voices import Testimony, decided
from listener.store.matches import bucket

RECENT = STILL_NEWS + max(WINDOWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A testimony and when it came in; arrivals are ordered as they were stored."""

    at: datetime
    testimony: Testimony


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An incident that would have been opened; `resolved_at` is None where it goes on to the end of the history."""

    opened_at: datetime
    resolved_at: datetime | None
    spike: Spike


def replay(
    arrivals: Iterable[Arrival], heard: Heard, rule: SpikeRule, *, clients: int, until: datetime
) -> list[Alarm]:
    """The incidents of one client, in order. `heard` is when it could be heard, `clients` the size of its list.

    The daemon evaluates when something came in, and ends an incident after an hour of calm; so does this.
    """
    alpha = alpha_per_look(false_alarms=rule.false_alarms, per=rule.per, clients=clients)
    run = _Replay(heard=heard, alpha=alpha, at_least=rule.at_least)
    for at, voices in _voices(sorted(arrivals, key=lambda one: one.at)):
        run.calm_before(at)
        run.hear(at, voices)
    run.calm_before(until)
    return run.alarms


def _voices(arrivals: Sequence[Arrival]) -> Iterator[tuple[datetime, list[Voice]]]:
    """The voices among the arrivals, with when they came in; those of one page come in together."""
    verdicts = decided([one.testimony for one in arrivals], ())
    voices = [
        (
            one.at,
            Voice(
                match=number,
                at=one.testimony.counted_at,
                witness=one.testimony.witness,
                story=one.testimony.story,
            ),
        )
        for number, (one, is_voice) in enumerate(zip(arrivals, verdicts, strict=True), start=1)
        if is_voice
    ]
    for at, group in groupby(voices, key=lambda pair: pair[0]):
        yield at, [voice for _, voice in group]


@dataclass(slots=True, kw_only=True)
class _Replay:
    """Where the replay stands.

    told        the last voice that belongs to an incident
    open        since when there is one, with its spike; `calm_at` is when it is, or will be, under its threshold
    counted     the buckets of the voices that a baseline counts, in order
    """

    heard: Heard
    alpha: float
    at_least: int
    alarms: list[Alarm] = field(default_factory=list)
    told: int = 0
    open: tuple[datetime, Spike] | None = None
    calm_at: datetime | None = None
    past: list[Span] = field(default_factory=list)
    known: list[Voice] = field(default_factory=list)
    recent: list[Voice] = field(default_factory=list)
    counted: list[datetime] = field(default_factory=list)

    def hear(self, at: datetime, voices: Sequence[Voice]) -> None:
        """What the daemon does when these have come in."""
        self.known += voices
        self.recent = [voice for voice in (*self.recent, *voices) if voice.at >= at - RECENT]
        for voice in voices:
            if counts_in(self.heard, voice.at, self.past):
                insort(self.counted, bucket(voice.at))
        if self.open is None:
            self._look(at)
        else:
            self._follow(at)

    def calm_before(self, at: datetime) -> None:
        """End the incident where it has been calm for long enough by then."""
        if self.open is None or self.calm_at is None or self.calm_at + CALM_FOR > at:
            return
        opened_at, spike = self.open
        ended_at = self.calm_at + CALM_FOR
        self.alarms[-1] = Alarm(opened_at=opened_at, resolved_at=ended_at, spike=spike)
        self.told = max([self.told, *(voice.match for voice in self.recent)])
        self.open, self.calm_at = None, None
        self.past += around([(opened_at, ended_at)])
        self.counted = sorted(
            bucket(voice.at) for voice in self.known if counts_in(self.heard, voice.at, self.past)
        )

    def _look(self, at: datetime) -> None:
        news = [voice for voice in self.recent if voice.match > self.told]
        if len(news) < self.at_least:
            return
        spike = find_spike(news, self._usual, alpha=self.alpha, at_least=self.at_least, now=at)
        if spike is None:
            return
        self.open = (at, spike)
        self.told = max(voice.match for voice in spike.voices)
        self.alarms.append(Alarm(opened_at=at, resolved_at=None, spike=spike))
        self._follow(at)

    def _follow(self, at: datetime) -> None:
        """From now on without a further voice it is calm when so many are left behind that the rest are too few."""
        assert self.open is not None
        _, spike = self.open
        if over_threshold(self.recent, window=spike.window, limit=spike.limit, now=at):
            newest = sorted((voice.at for voice in self.recent if voice.at <= at), reverse=True)
            self.calm_at = newest[spike.limit - 1] + spike.window
        else:
            self.calm_at = min(self.calm_at or at, at)

    def _usual(self, until: datetime) -> Baseline:
        """As alerting/usual.py has it, of what had come in by now."""
        since, until = looked_back(until)
        if not self.heard.places or since >= until:
            return Baseline()
        return Baseline(
            voices=bisect_left(self.counted, until) - bisect_left(self.counted, since),
            hours=self.heard.hours(since, until, without=self.past),
        )


def alarms_since(alarms: Sequence[Alarm], since: datetime) -> list[Alarm]:
    """Those that opened in the stretch that is asked about; the time before it only served to know what is usual."""
    return [alarm for alarm in alarms if alarm.opened_at >= since]
