"""What `listener rescore` prints: how labels move, which past incidents would have been others, and some of the changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import shorten
from typing import Any

from listener.alerting.retold import Retold
from listener.cli.output import printable, write
from listener.domain.client import Client
from listener.domain.sentiment import LABELS, Label
from listener.jobs.rescoring import Change, Tally
from listener.store.incidents import Incident
from listener.telemetry import REDACTION

SAID = 140
SAMPLES = 3
MOST_NAMED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What rescoring changes: clients by id with their tallies and incidents, the incidents that really were, and the matches of clients that left the file.

    `unfinished` is what the audit says of a run that was ended in the middle.
    """

    scorer: str
    clients: Mapping[str, Client]
    tallies: Mapping[str, Tally]
    told: Mapping[str, Sequence[Retold]]
    real: Sequence[Incident]
    left_behind: int
    unfinished: Mapping[str, Any] | None = None

    @property
    def anew(self) -> int:
        return sum(one.anew for one in self.tallies.values())

    @property
    def moved(self) -> Counter[tuple[Label, Label]]:
        return sum((one.moved for one in self.tallies.values()), Counter())

    def incident(self, client_id: str, one: Retold) -> int | None:
        """The number of the incident that really was told at that time, if one was."""
        alarm = one.before
        if alarm is None:
            return None
        for real in self.real:
            ends_at, closed_at = alarm.resolved_at, real.resolved_at
            begun = closed_at is None or alarm.opened_at <= closed_at
            if real.client_id == client_id and begun and (ends_at is None or real.opened_at <= ends_at):
                return real.id
        return None


def show(done: Outcome, *, form: str, dry: bool) -> None:
    """Print it for a person, or an object a client and one for all."""
    if form == "jsonl":
        for client_id in done.tallies:
            _print_object(_client_object(done, client_id))
        if done.unfinished:
            _print_object({"unfinished": done.unfinished})
        return
    _print(_head(done))
    _labels(done)
    _print(_incidents(done))
    _print(_unfinished(done))
    _print(_samples(done))
    if dry:
        print("nothing was written: this was a dry run")


def show_written(facts: Mapping[str, Any], *, form: str) -> None:
    """What came of the writing."""
    if form == "jsonl":
        _print_object(facts)
        return
    left = f"; {facts['left']:,} had changed meanwhile and were left" if facts["left"] else ""
    print(f"{facts['written']:,} matches have their label from {facts['scorer']} now{left}")


def by_label(moved: Mapping[tuple[Label, Label], int]) -> dict[Label, dict[Label, int]]:
    """From label to label, with the count; only what there is."""
    return {
        was: row
        for was in LABELS
        if (row := {now: moved[was, now] for now in LABELS if moved.get((was, now))})
    }


def incident_objects(done: Outcome, client_id: str) -> list[dict[str, Any]]:
    """The incidents of a client that would be others, as they survive JSON."""
    return [
        {
            "client": done.clients[client_id].name,
            "incident": done.incident(client_id, one),
            "at": one.at.isoformat(),
            "told_before": one.before is not None,
            "told_now": one.after is not None,
            "people_before": one.people_before,
            "people_now": one.people_after,
        }
        for one in done.told.get(client_id, ())
        if one.is_changed
    ]


def _client_object(done: Outcome, client_id: str) -> dict[str, Any]:
    tally, client = done.tallies[client_id], done.clients[client_id]
    pairs = done.told.get(client_id, [])
    return {
        "client": client.name,
        "watch_list": client.watch_list,
        "scorer": done.scorer,
        "anew": tally.anew,
        "changed": tally.changed,
        "present": tally.present,
        "corrected": tally.corrected,
        "textless": tally.textless,
        "labels": by_label(tally.moved),
        "incidents_before": sum(one.before is not None for one in pairs),
        "incidents_now": sum(one.after is not None for one in pairs),
        "incidents": incident_objects(done, client_id),
        "samples": [_sample_object(one) for _, one in _telling({client_id: tally})],
    }


def _sample_object(one: Change) -> dict[str, Any]:
    return {
        "id": one.was.mention_id,
        "at": one.was.testimony.counted_at.isoformat(),
        "title": one.was.title,
        "text": shorten(one.was.text[: 10 * SAID], SAID, placeholder=" …"),
        "was": {"label": one.was.label, "score": one.was.value, "reasons": one.was.reasons},
        "now": {"label": one.now.label, "score": one.now.value, "reasons": one.now.reasons},
    }


def _head(done: Outcome) -> Iterator[str]:
    tallies = done.tallies.values()
    clients = f"{len(tallies):,} client{'s' if len(tallies) != 1 else ''}"
    matches = f"{done.anew:,} match{'es' if done.anew != 1 else ''}"
    changed = sum(one.changed for one in tallies)
    yield f"{matches} of {clients} scored anew by {done.scorer}: {changed:,} get{'s' if changed == 1 else ''} another label"
    for count, what in (
        (sum(one.present for one in tallies), "labelled by it already"),
        (sum(one.corrected for one in tallies), "labelled by a person, which stays"),
        (sum(one.textless for one in tallies), "without a text any more, whose label stays"),
        (done.left_behind, "of clients that left the file, whose label stays"),
    ):
        if count:
            yield f"  {count:,} {what}"
    yield ""


def _labels(done: Outcome) -> None:
    """From (a row) to (a column)."""
    rows = [
        {"from, to →": was, **dict.fromkeys(LABELS, 0), **row} for was, row in by_label(done.moved).items()
    ]
    if rows:
        write(rows, form="table", columns=("from, to →", *LABELS))
        print()


def _incidents(done: Outcome) -> Iterator[str]:
    """Those of the rule negative_spike, as a replay of what is stored tells them."""
    every = [one for pairs in done.told.values() for one in pairs]
    before = sum(one.before is not None for one in every)
    now = sum(one.after is not None for one in every)
    yield f"incidents by negative_spike, replayed: {before:,} before, {now:,} now"
    changed = [one for client_id in done.told for one in incident_objects(done, client_id)]
    yield from map(_incident, changed[:MOST_NAMED])
    if len(changed) > MOST_NAMED:
        yield f"  … and {len(changed) - MOST_NAMED:,} more; `--format jsonl` has all"
    yield ""


def _unfinished(done: Outcome) -> Iterator[str]:
    """A run that was ended wrote over labels that only it knew."""
    earlier = done.unfinished
    if earlier is None:
        return
    yield (
        f"a run that began {earlier['at']:%Y-%m-%d %H:%M} was not finished: this one does the rest of its "
        f"{earlier['matches']:,} matches. Of past incidents it had found {earlier['incidents_changed']:,} that would be others"
    )
    yield from map(_incident, earlier["incidents"][:MOST_NAMED])
    yield ""


def _incident(facts: Mapping[str, Any]) -> str:
    sign, verdict = " ", ""
    if not facts["told_before"]:
        sign, verdict = "+", ", would have been told"
    elif not facts["told_now"]:
        sign, verdict = "-", ", would not have been told"
    which = f" (incident {facts['incident']})" if facts["incident"] is not None else ""
    people = f"{facts['people_before']} → {facts['people_now']} people"
    at = datetime.fromisoformat(facts["at"])
    return f"  {sign} {facts['client']} {at:%Y-%m-%d %H:%M}{which}: {people}{verdict}"


def _samples(done: Outcome) -> Iterator[str]:
    """One for each of the commonest changes, whoever it is about."""
    for client_id, one in _telling(done.tallies):
        was = one.was
        said = " — ".join(part for part in (was.title, was.text[: 10 * SAID]) if part)
        yield f"{done.clients[client_id].name} [{was.mention_id}] {shorten(said, SAID, placeholder=' …')}"
        yield f"  was {was.label}: {'; '.join(was.reasons)}"
        yield f"  now {one.now.label}: {'; '.join(one.now.reasons)}"
        yield ""


def _telling(tallies: Mapping[str, Tally]) -> list[tuple[str, Change]]:
    """Of each of the commonest changes from label to label the newest, with its client."""
    newest: dict[tuple[Label, Label], tuple[str, Change]] = {}
    for client_id, tally in tallies.items():
        for move, one in tally.samples.items():
            if move not in newest or newest[move][1].was.match_id < one.was.match_id:
                newest[move] = client_id, one
    common = sum((tally.moved for tally in tallies.values()), Counter()).most_common()
    return [newest[move] for move, _ in common if move in newest][:SAMPLES]


def _print_object(facts: Mapping[str, Any]) -> None:
    write([facts], form="jsonl", columns=())


def _print(lines: Iterator[str]) -> None:
    """As a terminal may show them, the indent kept."""
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip(" ")))
        print(indent + printable(REDACTION.hide(line)))
