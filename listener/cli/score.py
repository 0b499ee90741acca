"""`listener score`: what the scorer makes of one text, or of a stream of them for another program."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from listener.app import make_scorer
from listener.cli import FAILED, Refusal
from listener.cli.output import printable
from listener.cli.show import no_client
from listener.cli.texts import Text, Wrong, client_named, read
from listener.config import load, plan
from listener.domain.client import Client
from listener.domain.sentiment import Score, Scorer

NOT_SAID = "score takes a TEXT with --client NAME, or --jsonl and texts on standard input"


def score(arguments: argparse.Namespace) -> int:
    """Print the label of one text with its reasons, or a line for each line of the stream."""
    if arguments.jsonl == (arguments.text is not None):
        raise Refusal(NOT_SAID, code=2)
    if arguments.jsonl:
        return stream(_scorer(arguments.corrections))
    if arguments.client is None or arguments.corrections:
        raise Refusal(NOT_SAID, code=2)
    return _one(arguments)


def _scorer(corrections: str | None) -> Scorer:
    """What scores the stream: as it comes, or after it has learned from a file."""
    if corrections is None:
        return make_scorer()
    from listener.cli.corrections import taught_scorer

    return taught_scorer(Path(corrections))


def stream(scorer: Scorer) -> int:
    """Score each line of standard input and answer it at once. Exit 1 where a line was wrong; it costs only itself."""
    wrong = 0
    for text in read(sys.stdin.buffer):
        if isinstance(text, Wrong):
            wrong += 1
            print(printable(f"line {text.line} {text.reason}"), file=sys.stderr)
        else:
            _answer(text, scored(text, scorer), sys.stdout)
    return FAILED if wrong else 0


def scored(text: Text, scorer: Scorer) -> Score:
    """The text's score toward the client that it names; without one, that of the text as a whole."""
    return scorer.score(
        text=text.text, title=text.title, client=client_named(text.client), language=text.lang
    )


def _answer(text: Text, made: Score, out: TextIO) -> None:
    told: dict[str, Any] = {"id": text.id, "label": made.label, "score": made.value, "reasons": made.reasons}
    out.write(json.dumps(told) + "\n")
    out.flush()


def _one(arguments: argparse.Namespace) -> int:
    config = load.load(Path(arguments.config), environ=os.environ)
    client = next((one for one in plan.clients(config) if arguments.client in {one.name, one.id}), None)
    if client is None:
        raise Refusal(no_client(arguments.client, config), code=2)
    made = make_scorer(config=config).score(text=arguments.text, title=None, client=client, language=None)
    for line in _lines(made, client):
        print(printable(line))
    return 0


def _lines(made: Score, client: Client) -> Iterator[str]:
    value = "" if made.value is None else f" {made.value:+.2f}"
    yield f"{made.label}{value} toward {client.name} ({made.scorer})"
    yield from (f"  {reason}" for reason in made.reasons)
