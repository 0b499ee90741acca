"""`listener try`: what would match now, from what the sources show or from a file of items. Nothing is stored or sent."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from listener.app import Clock, make_intake
from listener.cli import FAILED
from listener.cli.eyes import eyes_of
from listener.cli.items import Wrong, read
from listener.cli.named import clients_of
from listener.cli.opened import opened_input
from listener.cli.output import printable, write
from listener.cli.show import since_when
from listener.config import load, plan
from listener.config.config import Config
from listener.connector.target import Target, only_for
from listener.domain.client import Client
from listener.domain.sentiment import ManyAtOnce, Score, Scorer
from listener.domain.stars import judgements
from listener.polling.intake import asked_of
from listener.polling.look import look_at_all
from listener.polling.trial import Given, Hit, Trial
from listener.telemetry import REDACTION

SHOWN = 300
"""Characters of a text that are printed: enough to know it again."""

AT_ONCE = 64
"""Hits that a scorer which is faster on many gets together; they are printed after it."""

MOST_NAMED = 20
COLUMNS = ("id", "client", "own", "label", "score", "published_at", "source", "author")


def try_now(arguments: argparse.Namespace) -> int:
    """Print every match and, on stderr, what it came to. Exit 1 where a line was wrong, or no source could be read."""
    config = load.load(Path(arguments.config), environ=os.environ)
    REDACTION.learn(config.secrets)
    clock = Clock.from_environment()
    clients = clients_of(config, arguments.client)
    since = since_when(arguments.since, now=clock.now()) if arguments.since else None
    trial = Trial(intake=make_intake(clients, config=config), since=since)
    if arguments.input is None:
        return _from_sources(config, clock, clients, trial, arguments)
    return _from_lines(trial, arguments)


def _from_sources(
    config: Config, clock: Clock, clients: tuple[Client, ...], trial: Trial, arguments: argparse.Namespace
) -> int:
    targets = [one for target in plan.targets(config) if (one := only_for(target, trial.intake.clients))]
    _tell(f"asking {_several(len(targets), 'place')} once; nothing is stored")
    with eyes_of(config, clock) as eyes:
        looks = look_at_all(targets, eyes, now=clock.now())
        _print(trial.of_sources(looks), arguments.format, trial.intake.scorer)
    _tell(f"read {_items(trial)} from {trial.asked - len(trial.deaf)} of {_several(trial.asked, 'place')}")
    _tell_matches(trial, clients)
    for look in trial.deaf:
        _tell(f"could not be read: {_called(look.target)}: {look.trouble}")
    return FAILED if trial.asked and trial.asked == len(trial.deaf) else 0


def _from_lines(trial: Trial, arguments: argparse.Namespace) -> int:
    """Labels only where they are asked for: to score a match takes longer than to find it."""
    wrong = _Wrongs()
    with opened_input(arguments.input) as lines:
        given = wrong.told(read(lines))
        _print(trial.of_items(given), arguments.format, trial.intake.scorer if arguments.score else None)
    _tell(f"read {_items(trial)}, {_several(wrong.count, 'wrong line')}")
    _tell_matches(trial, tuple(trial.intake.clients.values()))
    return FAILED if wrong.count else 0


class _Wrongs:
    """Tells the first MOST_NAMED wrong lines as they come, and counts all."""

    def __init__(self) -> None:
        self.count = 0

    def told(self, lines: Iterable[Given | Wrong]) -> Iterator[Given]:
        for line in lines:
            if isinstance(line, Wrong):
                self.count += 1
                if self.count <= MOST_NAMED:
                    _tell(f"line {line.line} {line.reason}")
            else:
                yield line


def _print(hits: Iterator[Hit], form: str, scorer: Scorer | None) -> None:
    rows = labelled(hits, scorer)
    if form == "table":
        rows = ({**row, "said": _said(row)} for row in rows)
    write(rows, form=form, columns=COLUMNS, below="said")
    deque(rows, maxlen=0)  # a table shows the first thousand; the rest are counted


def labelled(hits: Iterator[Hit], scorer: Scorer | None) -> Iterator[dict[str, Any]]:
    """Each hit with its label; several at once where the scorer is faster so."""
    if scorer is None:
        yield from (_row(hit, None) for hit in hits)
        return
    size = AT_ONCE if isinstance(scorer, ManyAtOnce) else 1
    while some := list(islice(hits, size)):
        yield from map(_row, some, judgements(scorer, [asked_of(hit.found, hit.client) for hit in some]))


def _row(hit: Hit, score: Score | None) -> dict[str, Any]:
    found = hit.found
    return {
        "id": hit.id,
        "client": hit.client.name,
        "reason": hit.reason,
        "clause": hit.why and hit.why.clause,
        "own": hit.own,
        "title": found.title,
        "url": found.url,
        "text": _beginning(found.text),
        "author": found.author and (found.author.name or found.author.handle),
        "published_at": found.published_at,
        "source": REDACTION.hide(hit.source),
        "label": score and score.label,
        "score": score and score.value,
    }


def _said(row: Mapping[str, Any]) -> str:
    return " — ".join(part for part in (row["title"], row["text"]) if part) + f"  [{row['reason']}]"


def _beginning(text: str) -> str:
    some = " ".join(text[: 2 * SHOWN].split())
    return some if len(some) <= SHOWN else some[: SHOWN - 2] + " …"


def _items(trial: Trial) -> str:
    older = f" ({trial.older:,} of them older than --since)" if trial.older else ""
    return _several(trial.items, "item") + older


def _tell_matches(trial: Trial, clients: tuple[Client, ...]) -> None:
    """The clients with most matches first; beyond MOST_NAMED their number is told."""
    names = {client.id: client.name for client in clients}
    counted = Counter({client: trial.matches[client] for client in names if trial.matches[client]})
    for client, count in counted.most_common(MOST_NAMED):
        own = f", {trial.own[client]:,} of them its own words" if trial.own[client] else ""
        _tell(f"  {names[client]}: {_several(count, 'match', 'matches')}{own}")
    if len(counted) > MOST_NAMED:
        _tell(f"  … and {len(counted) - MOST_NAMED:,} more clients with matches")
    if silent := [name for client, name in names.items() if client not in counted]:
        named = ", ".join(silent[:10]) + (f" and {len(silent) - 10:,} more" if len(silent) > 10 else "")
        _tell(f"  no match: {named}")


def _called(target: Target) -> str:
    return REDACTION.hide(target.name or f"{target.kind} {target.scope}")


def _several(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _tell(sentence: str) -> None:
    indent = " " * (len(sentence) - len(sentence.lstrip(" ")))
    print(indent + printable(sentence), file=sys.stderr)
