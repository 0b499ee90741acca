"""`listener plan`: what another file would match and tell, held against what is stored. Nothing changes."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from textwrap import shorten

from listener.alerting.replay import Alarm
from listener.app import Clock, make_plan
from listener.cli.counting import models_in
from listener.cli.output import printable
from listener.cli.show import since_when
from listener.config import load, marks
from listener.config.changes import Changes, changes
from listener.domain.explain import explain
from listener.domain.query import client_query
from listener.domain.reading import Reading
from listener.domain.spike import LOOK_BACK
from listener.jobs.comparing import Comparison, Sample, Tally, compare
from listener.jobs.foretelling import Foretold, foretell
from listener.jobs.side import side_of
from listener.polling.intake import DIRECT
from listener.store.engine import open_database
from listener.telemetry import REDACTION

SAID = 140
"""Characters of a sample."""

MOST_NAMED = 20
MINUTE = timedelta(minutes=1)
UNDERSTATED = (
    "Stored is only what some query matched, or what came from a client's own place: of texts that nobody asked for before, "
    "a new query finds more than is shown here. `listener try` shows what the sources bring now."
)


def plan(arguments: argparse.Namespace) -> int:
    """Print the comparison. Mistakes in either file exit 2 (they are raised)."""
    present = Path(arguments.config)
    old = load.load(present, environ=os.environ)
    new = load.load(Path(arguments.new), environ=os.environ, marks_file=marks.beside(present))
    REDACTION.learn(old.secrets | new.secrets)
    now = Clock.from_environment().now()
    since = since_when(arguments.since, now=now)
    with closing(open_database(old.database, create=False)) as database:
        plans = make_plan(old, models_in(database, old)), make_plan(new, models_in(database, new))
        with database.read() as connection:
            sides = [side_of(connection, one) for one in plans]
        history_from = since - LOOK_BACK
        done = compare(database, *sides, since=since, history_from=history_from)
        told = foretell(database, done, history_from=history_from, until=now)
    print(
        f"{arguments.new} against {arguments.config}, over {done.mentions:,} mentions since {since:%Y-%m-%d}\n"
    )
    for line in (*_file(changes(old, new)), *_matches(done), *_alerts(done, told), UNDERSTATED):
        print(line)
    return 0


def _file(found: Changes) -> Iterator[str]:
    """What is different in the file itself."""
    for what, names in (
        ("new clients", found.new_clients),
        ("gone clients", found.gone_clients),
        ("changed clients", found.changed_clients),
        ("new sources", found.new_sources),
        ("gone sources", found.gone_sources),
        ("changed rules", found.rules),
    ):
        if names:
            more = f"; and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
            yield _plain(f"{what}: {'; '.join(names[:MOST_NAMED])}{more}")
    if found == Changes():
        yield "clients, sources and rules are the same"
    yield ""


def _matches(done: Comparison) -> Iterator[str]:
    """The clients for which something changes, those with most first."""
    changed = {id_: tally for id_, tally in done.clients.items() if tally.more or tally.fewer}
    for id_ in sorted(changed, key=lambda one: -(changed[one].more + changed[one].fewer)):
        tally = changed[id_]
        yield _plain(
            f"{_name(done, id_)}: {tally.more:,} more, {tally.fewer:,} fewer, {tally.alike:,} as before"
        )
        yield from _samples(done, id_, tally)
        yield ""
    if not changed:
        yield "every stored mention would match as before"
        yield ""


def _samples(done: Comparison, client_id: str, tally: Tally) -> Iterator[str]:
    for sample in reversed(tally.samples_more):
        yield from _sample("+", sample, _gained(done, sample, client_id))
    for sample in reversed(tally.samples_fewer):
        yield from _sample("-", sample, _lost(done, sample, client_id))


def _sample(sign: str, sample: Sample, why: str) -> Iterator[str]:
    kept = sample.kept
    said = " — ".join(part for part in (kept.found.title, kept.found.text[: 10 * SAID]) if part)
    yield _plain(
        f"  {sign} {kept.counted_at:%Y-%m-%d} [{kept.mention_id}] {shorten(said, SAID, placeholder=' …')}"
    )
    yield _plain(f"      {why}")


def _gained(done: Comparison, sample: Sample, client_id: str) -> str:
    """Why the new file matches it."""
    match = sample.match
    if match is not None:
        return explain(client_id, match.query, match.reading).reason
    place = done.new.places.get(sample.kept.target_id)
    return DIRECT if place and client_id in place.direct else "a person said that it is about the client"


def _lost(done: Comparison, sample: Sample, client_id: str) -> str:
    """What the new file lacks for this mention."""
    client = done.new.plan.intake.clients.get(client_id)
    place = done.new.places.get(sample.kept.target_id)
    if client is None:
        return "the client is not in the new file"
    if place is None or client_id not in place.clients:
        return f"its source is no longer read for {client.name}"
    why = explain(client_id, client_query(client), Reading(sample.kept.item))
    return why.reason if not why.matched else "a person said that it is not about the client"


def _alerts(done: Comparison, told: Mapping[str, Foretold]) -> Iterator[str]:
    """Under negative_spike, as a daemon would have told them."""
    before, after = sum(len(one.old) for one in told.values()), sum(len(one.new) for one in told.values())
    yield (
        f"alerts by negative_spike since {done.since:%Y-%m-%d}: {before} under the present file, "
        f"{after} under the new one"
    )
    for id_, one in sorted(told.items(), key=lambda pair: _name(done, pair[0])):
        olds, news = ({alarm.opened_at: alarm for alarm in alarms} for alarms in (one.old, one.new))
        if only := sorted(olds.keys() ^ news.keys()):
            yield _plain(f"  {_name(done, id_)}: {len(olds)} → {len(news)}")
            for at in only[:MOST_NAMED]:
                yield f"    {'+' if at in news else '-'} {_alarm(news.get(at) or olds[at])}"
    yield ""


def _alarm(alarm: Alarm) -> str:
    hours, minutes = divmod(alarm.spike.window // MINUTE, 60)
    window = f"{hours} h" if hours else f"{minutes} min"
    return f"{alarm.opened_at:%Y-%m-%d %H:%M} {len(alarm.spike.voices)} voices in {window}"


def _name(done: Comparison, client_id: str) -> str:
    for side in (done.new, done.old):
        if client_id in side.plan.intake.clients:
            return side.plan.intake.clients[client_id].name
    return client_id


def _plain(line: str) -> str:
    """As a terminal may show it, the indent kept."""
    indent = " " * (len(line) - len(line.lstrip(" ")))
    return indent + printable(REDACTION.hide(line))
