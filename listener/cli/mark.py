"""`listener mark`: what a person says of mentions is kept, and what follows from it for the client's context is proposed."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from textwrap import shorten
from typing import Any

from listener.app import Clock, make_scorer
from listener.cli import WRONG, Refusal
from listener.cli.counting import models_in
from listener.cli.named import client_of
from listener.cli.output import printable, write
from listener.cli.proposing import Proposed, explained, object_of, proposed
from listener.cli.who import whoever
from listener.config import load, plan
from listener.config.config import Config
from listener.config.keeping import change
from listener.config.marks import Marks, beside, marked_example, with_context, with_example
from listener.domain.client import Client
from listener.domain.query import client_query
from listener.domain.reading import Reading
from listener.domain.suggestion import suggest
from listener.polling.marking import Done, NoMention, Word, mark
from listener.scoring.language import language_of
from listener.store.engine import Database, open_database
from listener.telemetry import REDACTION

SHOWN = 90
"""Characters of a text that are printed: enough to know it again."""


def mark_now(arguments: argparse.Namespace) -> int:
    """Mark mentions, suggest which to mark, or accept what is proposed: whichever the words ask for."""
    asked = [name for name in ("not_about", "about", "suggest", "accept") if getattr(arguments, name)]
    if len(asked) != 1:
        raise Refusal(
            "say one of --not-about CLIENT, --about CLIENT, --suggest CLIENT, --accept CLIENT", code=WRONG
        )
    marking = asked[0] in {"not_about", "about"}
    if marking != bool(arguments.mentions):
        said = "name the mentions to mark: `listener mentions --format jsonl` has their numbers"
        raise Refusal(said if marking else f"--{asked[0]} takes a client and no mentions", code=WRONG)
    config = load.load(Path(arguments.config), environ=os.environ)
    REDACTION.learn(config.secrets)
    client = client_of(config, getattr(arguments, asked[0]))
    with closing(open_database(config.database, create=False)) as database:
        if asked[0] == "suggest":
            return _suggest(database, config, client, arguments.format)
        if asked[0] == "accept":
            return _accept(database, config, client, arguments.format)
        return _mark(database, config, client, arguments)


def _mark(database: Database, config: Config, client: Client, arguments: argparse.Namespace) -> int:
    about, now = arguments.about is not None, Clock.from_environment().now()
    word = Word(
        client=client,
        about=about,
        who=arguments.who or whoever(),
        scorer=make_scorer(models_in(database, config), config),
        names=plan.names(config),
    )
    try:
        done = mark(database, arguments.mentions, word, now=now)
    except NoMention as missing:
        raise Refusal(
            f"there is no mention {missing.args[0]}: `listener mentions --format jsonl` has their numbers; nothing was marked"
        ) from None

    def with_these(marks: Marks) -> Marks:
        for one in done:
            example = marked_example(one.item, mention=one.mention_id, who=word.who, at=now)
            marks = with_example(marks, client.id, example, about=about)
        return marks

    _kept(config, with_these)
    found = proposed(database, load.load(config.path, environ=os.environ), client.id)
    if arguments.format == "jsonl":
        facts = {"client": client.name, "about": about, "marked": [one.mention_id for one in done]}
        _print_object({**facts, "changed": [one.mention_id for one in done if one.label], **object_of(found)})
        return 0
    for one in done:
        print(_told(one, client, about=about))
    print(f"kept as {'an example' if len(done) == 1 else f'{len(done)} examples'} in {beside(config.path)}")
    if failing := _failing(found, done, about=about):
        print(
            f"the query does not agree on {failing} of them yet: `listener check` says so until it does; "
            f"`listener explain ID --client {shlex.quote(client.name)}` says why"
        )
    print()
    _print_proposal(found, client)
    return 0


def _suggest(database: Database, config: Config, client: Client, form: str) -> int:
    """The unmarked matches whose marks would teach most."""
    found = proposed(database, config, client.id)
    chosen = suggest(found.marks, [one.text for one in found.pool], own_terms=found.own_terms)
    rows = [{"id": found.pool[at].mention_id, "text": found.pool[at].text} for at in chosen]
    if form == "jsonl":
        write(rows, form="jsonl", columns=())
        return 0
    if not rows:
        print(f"no unmarked match of {client.name} is stored: there is nothing to mark")
        return 0
    print(f"of {len(found.pool)} stored matches of {client.name}, these would teach most:\n")
    for row in rows:
        print(f"  {row['id']:>6}  {shorten(printable(str(row['text'])), SHOWN, placeholder='…')}")
    print(f"\nmark them with: listener mark ID … --about {shlex.quote(client.name)}, or --not-about")
    return 0


def _accept(database: Database, config: Config, client: Client, form: str) -> int:
    """Put the proposal into the file beside the configuration, which a running daemon takes over."""
    found = proposed(database, config, client.id)
    proposal = found.proposal
    if proposal is None:
        raise Refusal(f"there is nothing to accept for {client.name}: {found.why_none}")
    any_of = tuple(one.term for one in proposal.any_of)
    none_of = tuple(one.term for one in proposal.none_of)
    _kept(config, lambda marks: with_context(marks, client.id, any_of=any_of, none_of=none_of))
    if form == "jsonl":
        _print_object({"client": client.name, "accepted": True, **object_of(found)})
        return 0
    _print_proposal(found, client, accepted=True)
    print(f"accepted into {beside(config.path)}; a running daemon takes it over by itself")
    return 0


def _failing(found: Proposed, done: Sequence[Done], *, about: bool) -> int:
    """On how many of these the query and its context say something else."""
    asked = client_query(found.client).asked
    return sum(Reading(one.item, language_of).holds(asked) is not about for one in done)


def _kept(config: Config, how: Callable[[Marks], Marks]) -> None:
    path = beside(config.path)
    try:
        change(path, how)
    except OSError as error:
        raise Refusal(f"cannot write {path}: {error.strerror}. Mark again once it can be written") from error


def _told(one: Done, client: Client, *, about: bool) -> str:
    text = shorten(printable(one.item.title or one.item.text), SHOWN, placeholder="…")
    if about:
        how = f"matched now, {one.label}" if one.label else "it was matched already"
        return f"mention {one.mention_id} is about {client.name} ({how}): {text}"
    how = f"its {one.label} match is gone" if one.label else "it was not matched"
    return f"mention {one.mention_id} is not about {client.name} ({how}): {text}"


def _print_proposal(found: Proposed, client: Client, *, accepted: bool = False) -> None:
    for line in explained(found):
        print(line)
    if found.proposal is not None and not accepted:
        print(f"\nto take it as it is: listener mark --accept {shlex.quote(client.name)}")
        print(f"or write what you like of it under `context:` of {client.name} in {found.config.name}")


def _print_object(facts: dict[str, Any]) -> None:
    write([facts], form="jsonl", columns=())
