"""`listener score`: what the scorer makes of one text, or of a stream of them for another program."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from listener.app import make_scorer
from listener.cli import FAILED, WRONG, Refusal
from listener.cli.counting import models_of
from listener.cli.named import client_of
from listener.cli.output import printable
from listener.cli.parser import usual_config
from listener.cli.texts import Text, Wrong, client_named, read
from listener.config import load, plan
from listener.config.config import Config
from listener.domain.client import Client
from listener.domain.sentiment import Score, Scorer
from listener.telemetry import REDACTION

NOT_SAID = "score takes a TEXT with --client NAME, or --jsonl and texts on standard input"
NOT_BOTH = "--corrections goes without -c: what was corrected in the configuration's database counts with -c by itself"

Judge = Callable[[Text], Score]
"""Scores a text toward the client that it names; without one, the text as a whole."""


def score(arguments: argparse.Namespace) -> int:
    """Print the label of one text with its reasons, or a line for each line of the stream."""
    if arguments.jsonl == (arguments.text is not None):
        raise Refusal(NOT_SAID, code=WRONG)
    if arguments.jsonl:
        return stream(_judge(arguments))
    if arguments.client is None or arguments.corrections:
        raise Refusal(NOT_SAID, code=WRONG)
    return _one(arguments)


def _judge(arguments: argparse.Namespace) -> Judge:
    """What scores the stream: as it comes, after it has learned from a file, or as the daemon of a configuration would."""
    if arguments.config and arguments.corrections:
        raise Refusal(NOT_BOTH, code=WRONG)
    if arguments.config:
        return _as_configured(_configured(arguments.config))
    if arguments.corrections is None:
        return _by_name(make_scorer())
    from listener.cli.corrections import taught_scorer

    return _by_name(taught_scorer(Path(arguments.corrections)))


def _by_name(scorer: Scorer) -> Judge:
    """Toward clients of whom nothing is known but the name."""
    return lambda text: _scored(text, client_named(text.client), scorer)


def _as_configured(config: Config) -> Judge:
    """The clients of the configuration as its daemon scores them, others by their name."""
    known = {called: one for one in plan.clients(config) for called in (one.name, one.id)}
    own, plainly = make_scorer(models_of(config), config), _by_name(make_scorer())

    def judged(text: Text) -> Score:
        client = known.get(text.client)
        return plainly(text) if client is None else _scored(text, client, own)

    return judged


def _scored(text: Text, client: Client, scorer: Scorer) -> Score:
    return scorer.score(text=text.text, title=text.title, client=client, language=text.lang)


def _configured(path: str | None) -> Config:
    config = load.load(Path(path or usual_config()), environ=os.environ)
    REDACTION.learn(config.secrets)
    return config


def stream(judge: Judge) -> int:
    """Score each line of standard input and answer it at once. Exit 1 where a line was wrong; it costs only itself."""
    wrong = 0
    for text in read(sys.stdin.buffer):
        if isinstance(text, Wrong):
            wrong += 1
            print(printable(f"line {text.line} {text.reason}"), file=sys.stderr)
        else:
            _answer(text, judge(text), sys.stdout)
    return FAILED if wrong else 0


def _answer(text: Text, made: Score, out: TextIO) -> None:
    told: dict[str, Any] = {"id": text.id, "label": made.label, "score": made.value, "reasons": made.reasons}
    out.write(json.dumps(told) + "\n")
    out.flush()


def _one(arguments: argparse.Namespace) -> int:
    config = _configured(arguments.config)
    client = client_of(config, arguments.client)
    scorer = make_scorer(models_of(config), config)
    made = scorer.score(text=arguments.text, title=None, client=client, language=None)
    value = "" if made.value is None else f" {made.value:+.2f}"
    print(printable(f"{made.label}{value} toward {client.name} ({made.scorer})"))
    for reason in made.reasons:
        print("  " + printable(reason))
    return 0
