"""What the rule negative_spike would have told over a stretch of history: the same decisions as the daemon's, without one.

Pure: who has testified when, and when we could hear, in; the incidents out. A plan holds two configurations against each
other with it, a backtest one against the past. Left out is what no history tells: evaluations delayed by a busy machine, and
incidents that a person ended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from listener.alerting.evaluate import CALM_FOR
from listener.alerting.talk import RECENT, Talk
from listener.alerting.usual import beginning, brought_up
from listener.domain.heard import Heard
from listener.domain.listened import around, day_start
from listener.domain.planned import Event, factors, sooner
from listener.domain.rules import SpikeRule, budget
from listener.domain.spike import Budget, Spike, Voice, find_spikes, limit_at, over_threshold
from listener.domain.usual import DAY, Usual
from listener.domain.voices import Testimony, decided
from listener.store.matches import bucket

HOUR = timedelta(hours=1)
STEP = timedelta(minutes=5)
"""So often a replay looks whether an incident has calmed down, beside the moments at which something came in."""


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
    arrivals: Iterable[Arrival],
    heard: Heard,
    rule: SpikeRule,
    *,
    clients: int,
    until: datetime,
    turn: int = 0,
    events: Sequence[Event] = (),
) -> list[Alarm]:
    """The incidents of one client, in order. `heard` is when it could be heard, `clients` the size of its list.

    `turn` is the hour at which its day turns (`turn_of` its id), `events` are those of its file. The daemon evaluates when
    something came in, and ends an incident after an hour of calm; so does this. Arrivals that complain of nothing tell how
    many complaints the volume of talk explains; where they are left out, it explains none.
    """
    run = _Replay(heard=heard, rule=rule, clients=clients, turn=turn, events=events)
    for at, testimonies, voices in _pages(sorted(arrivals, key=lambda one: one.at)):
        run.calm_before(at)
        run.talk.hear(testimonies, now=at)
        run.hear(at, voices)
    run.calm_before(until)
    return run.alarms


def _pages(arrivals: Sequence[Arrival]) -> Iterator[tuple[datetime, list[Testimony], list[Voice]]]:
    """What came in together, and the voices among it; a voice bears the number of its arrival, from 1 on."""
    verdicts = decided([one.testimony for one in arrivals], ())
    numbered = enumerate(zip(arrivals, verdicts, strict=True), start=1)
    for at, group in groupby(numbered, key=lambda pair: pair[1][0].at):
        testimonies, voices = [], []
        for number, (one, is_voice) in group:
            testimonies.append(one.testimony)
            if is_voice:
                voices.append(_voice(number, one.testimony))
        yield at, testimonies, voices


def _voice(number: int, one: Testimony) -> Voice:
    return Voice(match=number, at=one.counted_at, witness=one.witness, story=one.story)


@dataclass(slots=True, kw_only=True)
class _Replay:
    """Where the replay stands.

    told        the last voice that belongs to an incident
    open        since when there is one, with its spike; `calm_at` is since when it is under its threshold
    looked_at   when the incident was last looked at
    looked_with what was usual when a new one was last looked for, if no window was explained then
    episodes    the incidents that are over, with their windows
    counted     voices by bucket
    usual       what was usual when it was last asked; `changed` when history before it was since then
    """

    heard: Heard
    rule: SpikeRule
    clients: int
    turn: int
    events: Sequence[Event]
    talk: Talk = field(default_factory=Talk)
    alarms: list[Alarm] = field(default_factory=list)
    told: int = 0
    open: tuple[datetime, Spike] | None = None
    calm_at: datetime | None = None
    looked_at: datetime | None = None
    looked_with: Usual | None = None
    episodes: list[tuple[datetime, datetime, timedelta]] = field(default_factory=list)
    recent: list[Voice] = field(default_factory=list)
    counted: Counter[datetime] = field(default_factory=Counter)
    usual: Usual | None = None
    changed: bool = False

    def hear(self, at: datetime, voices: Sequence[Voice]) -> None:
        """What the daemon does when these have come in."""
        self.recent = [voice for voice in (*self.recent, *voices) if voice.at >= at - RECENT]
        for voice in voices:
            self.counted[bucket(voice.at)] += 1
            self.changed |= self.usual is not None and voice.at < self.usual.at
        if self.open is None:
            self._look(at, since=min((voice.at for voice in voices), default=at))
        else:
            self._follow(at)

    def calm_before(self, at: datetime) -> None:
        """End the incident where it has been calm for long enough by then."""
        while self.open is not None and self.looked_at is not None:
            if self.calm_at is not None and self.calm_at + CALM_FOR <= self.looked_at:
                self._end(*self.open, ended_at=self.calm_at + CALM_FOR)
                return
            if self.looked_at + STEP >= at:
                return
            self._follow(self.looked_at + STEP)

    def _end(self, opened_at: datetime, spike: Spike, *, ended_at: datetime) -> None:
        self.alarms[-1] = Alarm(opened_at=opened_at, resolved_at=ended_at, spike=spike)
        self.told = max([self.told, *(voice.match for voice in self.recent)])
        self.open, self.calm_at, self.looked_at, self.looked_with = None, None, None, None
        self.episodes.append((opened_at, ended_at, spike.window))
        self.changed = True

    def _look(self, at: datetime, *, since: datetime) -> None:
        """`since` is when the first of what is new was said: windows before it are as they were at the last look."""
        news = [voice for voice in self.recent if voice.match > self.told]
        if len(news) < self.rule.at_least:
            return
        before, usual = self.looked_with, self._usual(at)
        self.looked_with = usual
        spike = self._unexplained(
            find_spikes(
                news,
                usual,
                budget=self._budget(at),
                at_least=self.rule.at_least,
                now=at,
                factors=factors(self.events),
                judged_before=since if usual is before else None,
            ),
            at,
        )
        if spike is None:
            return
        self.open = (at, spike)
        self.told = max(voice.match for voice in spike.voices)
        self.alarms.append(Alarm(opened_at=at, resolved_at=None, spike=spike))
        self._follow(at)

    def _unexplained(self, spikes: Iterable[Spike], at: datetime) -> Spike | None:
        """The rarest that the volume of talk does not explain; where it explains one, all are looked at again the next time."""
        past, more = around(self.episodes), sooner(self.events, at)
        for spike in spikes:
            if not self.talk.held_against(spike, past=past, more=more).explains:
                return spike
            self.looked_with = None
        return None

    def _budget(self, at: datetime) -> Budget:
        return budget(self.rule, clients=self.clients, sooner=sooner(self.events, at))

    def _follow(self, at: datetime) -> None:
        """Whether the incident is under its threshold now, and since when."""
        if self.open is None:
            return
        self.looked_at = at
        window = self.open[1].window
        limit = limit_at(
            self._usual(at),
            window,
            until=at,
            budget=self._budget(at),
            at_least=self.rule.at_least,
            factors=factors(self.events),
            voices=self.recent,
        )
        over = over_threshold(self.recent, window=window, limit=limit, now=at)
        self.calm_at = None if over else min(self.calm_at or at, at)

    def _usual(self, at: datetime) -> Usual:
        """As alerting/usual.py has it, of what had come in by now: moved on once a day, made anew where history changed."""
        until = day_start(at - DAY, self.turn)
        if self.usual is None or self.usual.at < until or _has_aged(self.usual, at):
            open_one = [(self.open[0], at, self.open[1].window)] if self.open is not None else []
            state = self.usual
            if state is None or (self.changed and state.at < until):
                state, self.changed = beginning(self.heard, now=at, turn=self.turn), False
            self.usual = brought_up(
                replace(state, fresh=None),
                {start: count for start, count in self.counted.items() if start >= state.at},
                self.heard,
                now=at,
                turn=self.turn,
                past=around([*self.episodes, *open_one]),
                factors=factors(self.events),
            )
        return self.usual


def _has_aged(usual: Usual, at: datetime) -> bool:
    """Whether it is of a young client and an hour old, as alerting/usual.py has it."""
    fresh = usual.fresh
    return fresh is not None and at - fresh.start - len(fresh.voices) * HOUR >= HOUR


def alarms_since(alarms: Sequence[Alarm], since: datetime) -> list[Alarm]:
    """Those that opened in the stretch that is asked about; the time before it only served to know what is usual."""
    return [alarm for alarm in alarms if alarm.opened_at >= since]
