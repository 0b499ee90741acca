"""`listener explain`: of a text or a stored mention, which clients' queries are true of it and why, and what the nearest lacked."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import sqlalchemy as sa

from listener.cli import Refusal
from listener.cli.explained import Told, object_of, tell
from listener.cli.marking import style_for
from listener.cli.named import clients_of
from listener.cli.output import write
from listener.cli.show import reading
from listener.config import load, plan
from listener.config.config import Config
from listener.config.queries import in_context
from listener.domain.client import Client
from listener.domain.explain import Explanation, explain, nearest
from listener.domain.found import Author, Found
from listener.domain.item import Item, item_of
from listener.domain.reading import Reading
from listener.scoring.language import language_of
from listener.store.explained import explained
from listener.store.stored import Kept, kept
from listener.telemetry import REDACTION

NEAREST = 5
"""Misses that are shown where no client is named."""

FIELDS = ("title", "author", "site", "lang", "source", "kind", "url", "link", "followers")
GREATEST_ID = 2**63 - 1


def explain_now(arguments: argparse.Namespace) -> int:
    """Print what each client's query says of the text or of the mention."""
    config = load.load(Path(arguments.config), environ=os.environ)
    REDACTION.learn(config.secrets)
    clients = clients_of(config, arguments.client)
    if _is_number(arguments):
        return _of_mention(config, clients, arguments)
    return _of_text(clients, arguments)


def _is_number(arguments: argparse.Namespace) -> bool:
    """A number alone is that of a mention; with --text, or with a field given, it is a text."""
    given = arguments.text or any(getattr(arguments, name) is not None for name in FIELDS)
    return not given and arguments.what.isascii() and arguments.what.isdigit()


def _of_text(clients: Sequence[Client], arguments: argparse.Namespace) -> int:
    item = _item(arguments)
    if not item.text.strip() and not item.title:
        raise Refusal('there is no text: write listener explain "what somebody said"', code=2)
    told = [Told(client=client.name, now=one) for client, one in _asked(clients, item)]
    _print(item, told, arguments)
    return 0


def _of_mention(config: Config, clients: Sequence[Client], arguments: argparse.Namespace) -> int:
    number = int(arguments.what[:20])
    with reading(config) as connection:
        mention = kept(connection, number, names=plan.names(config)) if number <= GREATEST_ID else None
        if mention is None:
            raise Refusal(
                f"there is no mention {arguments.what[:20]}: `listener mentions --format jsonl` has their numbers. "
                "To explain the number as a text, add --text"
            )
        told = _told_of(connection, config, mention, clients, named=arguments.client is not None)
    _print(mention.item, told, arguments, mention=mention)
    return 0


def _told_of(
    connection: sa.Connection, config: Config, mention: Kept, clients: Sequence[Client], *, named: bool
) -> list[Told]:
    """Each client with what was stored, what a person said, and what its query says now; those that left only with the former."""
    before = {one.client_id: one for one in explained(connection, mention.mention_id)}
    targets = [one for one in plan.targets(config) if (one.kind, one.scope) == (mention.kind, mention.scope)]
    told = [
        Told(
            client=client.name,
            now=now,
            before=before.pop(client.id, None),
            heard=any(client.id in target.clients for target in targets),
            direct=any(client.id in target.direct for target in targets),
        )
        for client, now in _asked(clients, mention.item)
    ]
    gone = () if named else before.values()
    return [*told, *(Told(client=one.client, now=None, before=one) for one in gone)]


def _asked(clients: Iterable[Client], item: Item) -> list[tuple[Client, Explanation]]:
    read = Reading(item, language_of)
    queries = ((client, in_context(client.query, client.context)) for client in clients)
    return [(client, explain(client.id, query, read)) for client, query in queries]


def _print(
    item: Item, told: Sequence[Told], arguments: argparse.Namespace, *, mention: Kept | None = None
) -> None:
    ordered = _ordered(told)
    if arguments.format == "jsonl":
        write((object_of(one, mention) for one in ordered), form="jsonl", columns=())
        return
    shown = ordered if arguments.client else _worth_telling(ordered)
    for line in tell(shown, item, mention, style=style_for(sys.stdout), of=len(told)):
        print(line)


def _ordered(told: Sequence[Told]) -> list[Told]:
    """Those that match or are stored, then the near misses, the nearest first, then the rest."""
    ranks = {one.client_id: rank for rank, one in enumerate(nearest(one.now for one in told if one.now))}
    return sorted(
        told, key=lambda one: (not one.counts, ranks.get(one.now.client_id, len(ranks)) if one.now else 0)
    )


def _worth_telling(ordered: Sequence[Told]) -> list[Told]:
    hits = [one for one in ordered if one.counts]
    near = [one for one in ordered if not one.counts and one.now and one.now.touched]
    return hits + near[:NEAREST]


def _item(arguments: argparse.Namespace) -> Item:
    """The text with what was said of it, as if a source had brought it."""
    site, author = arguments.site, arguments.author
    found = Found(
        external_id="",
        text=_clean(arguments.what),
        title=_clean(arguments.title) if arguments.title else None,
        url=arguments.url,
        site=site if site is None or "://" in site else f"https://{site}",
        author=_author(author, arguments.followers) if author or arguments.followers is not None else None,
        language=arguments.lang,
        links=tuple(arguments.link or ()),
    )
    return item_of(found, kind=arguments.kind or "", source=arguments.source or "")


def _author(name: str | None, reach: int | None) -> Author:
    handle = name if name and name.startswith("@") else None
    return Author(key=name or "", name=None if handle else name, handle=handle, reach=reach)


def _clean(text: str) -> str:
    """Bytes that are no UTF-8 come from the command line as halves of characters: they are shown as unreadable."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
