"""`listener label`: what a person says a mention says about a client is kept, and wins over every scorer."""

from __future__ import annotations

import argparse
import os
import shlex
from contextlib import closing
from pathlib import Path

from listener.app import Clock
from listener.cli import WRONG, Refusal
from listener.cli.named import client_of
from listener.cli.who import whoever
from listener.config import load
from listener.domain.sentiment import LABELS, Label
from listener.polling.labelling import NotMatched, Relabelled, Several, label
from listener.polling.marking import NoMention
from listener.store.engine import Database, open_database
from listener.telemetry import REDACTION


def label_now(arguments: argparse.Namespace) -> int:
    """Label mentions toward a client, and print what changed."""
    mentions, said = _asked(arguments.words)
    config = load.load(Path(arguments.config), environ=os.environ)
    REDACTION.learn(config.secrets)
    client_id = None if arguments.client is None else client_of(config, arguments.client).id
    with closing(open_database(config.database, create=False)) as database:
        for one in _labelled(database, mentions, said, client_id, arguments):
            print(_told(one))
    return 0


def _asked(words: list[str]) -> tuple[list[int], Label]:
    """The mentions and the label, in the order in which they are written."""
    *numbers, last = words
    said = next((one for one in LABELS if one == last), None)
    if said is None:
        raise Refusal(f"{last!r} is no label: end with one of {', '.join(LABELS)}", code=WRONG)
    wrong = next((one for one in numbers if not (one.isascii() and one.isdigit() and len(one) <= 18)), None)
    if wrong is not None or not numbers:
        what = "name the mentions first" if wrong is None else f"{wrong!r} is no mention"
        raise Refusal(f"{what}: `listener mentions --format jsonl` has their numbers", code=WRONG)
    return [int(one) for one in numbers], said


def _labelled(
    database: Database, mentions: list[int], said: Label, client_id: str | None, arguments: argparse.Namespace
) -> list[Relabelled]:
    now = Clock.from_environment().now()
    try:
        return label(database, mentions, said, client_id=client_id, who=arguments.who or whoever(), now=now)
    except NoMention as missing:
        raise Refusal(
            f"there is no mention {missing.args[0]}: `listener mentions --format jsonl` has their numbers; nothing was labelled"
        ) from None
    except NotMatched as missing:
        raise Refusal(_unmatched(*missing.args, client=arguments.client)) from None
    except Several as several:
        number, names = several.args
        raise Refusal(
            f"mention {number} is about {' and '.join(names)}: say toward whom with --client "
            f"{shlex.quote(names[0])}; nothing was labelled",
            code=WRONG,
        ) from None


def _unmatched(number: int, names: list[str], *, client: str | None) -> str:
    whose = f"about {' and '.join(names)}, not about {client}" if names else "matched with no client"
    remedy = f"`listener mark {number} --about {shlex.quote(client or 'CLIENT')}` adds the match"
    return f"mention {number} is {whose}: {remedy}; nothing was labelled"


def _told(one: Relabelled) -> str:
    if one.before == one.label:
        return f"mention {one.mention_id} was {one.label} toward {one.name} already: now a person says so, and it stays"
    return f"mention {one.mention_id} was {one.before} toward {one.name} and is {one.label} now; voices and counts follow"
