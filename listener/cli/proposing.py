"""The proposal that a client's marks and stored matches make, checked against every example, and in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from listener.cli.output import printable
from listener.config import plan
from listener.config.config import Config
from listener.domain.client import Client, Context
from listener.domain.item import Item
from listener.domain.proposal import Clue, Mark, Proposal, propose
from listener.domain.query import Query, client_query
from listener.domain.reading import Reading, whole
from listener.domain.tree import terms
from listener.scoring.language import language_of
from listener.store import marked
from listener.store.engine import Database
from listener.store.marked import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What a proposal rests on, and the proposal; `why_none` says why there is none."""

    config: Path
    client: Client
    marks: Sequence[Mark]
    pool: Sequence[Text]
    own_terms: Sequence[str]
    proposal: Proposal | None
    examples: int
    why_none: str = ""


def proposed(database: Database, config: Config, client_id: str) -> Proposed:
    """What this client's marks ask for. No proposal is made that fails an example which holds without it."""
    client = next(one for one in plan.clients(config) if one.id == client_id)
    query = client_query(client)
    wanted, unwanted = _examples(config, client_id)
    found_by_query = [one for one in unwanted if Reading(one, language_of).holds(query.tree)]
    with database.read() as connection:
        pool = marked.texts(connection, client_id)
    # What the query does not find teaches nothing: its words would only be lost to those that it does find.
    last_word = dict.fromkeys((whole(one.title, one.text) for one in wanted), True)
    last_word |= dict.fromkeys((whole(one.title, one.text) for one in found_by_query), False)
    marks = [Mark(text=text, about=about) for text, about in last_word.items()]
    own_terms = (*client.names, *(term.written for term, asked_for in terms(query.tree) if asked_for))
    found = propose(
        marks,
        [one.text for one in pool],
        own_terms=own_terms,
        any_of=client.context.any_of,
        none_of=client.context.none_of,
    )
    why = "nothing that matches is marked as not about it, or no word tells the marked texts apart yet: mark more"
    if found is not None and (lost := _lost(client, query, found, wanted)):
        found, why = None, f"it would lose {lost} of its own examples"
    return Proposed(
        config=config.path,
        client=client,
        marks=marks,
        pool=pool,
        own_terms=own_terms,
        proposal=found,
        examples=len(wanted) + len(unwanted),
        why_none="" if found else why,
    )


def _examples(config: Config, client_id: str) -> tuple[list[Item], list[Item]]:
    """What must match and what must not: the tests of the watch list, those of the marks among them."""
    clients = [client for one in config.watch_lists for client in one.clients if client.key == client_id]
    sets = [*(one.examples for one in clients), config.marks.of(client_id).examples]
    wanted = [example.to_item() for examples in sets for example in examples.match]
    return wanted, [example.to_item() for examples in sets for example in examples.not_match]


def _lost(client: Client, query: Query, found: Proposal, wanted: Sequence[Item]) -> int:
    """How many items that must match do so now, and would not with the proposal."""
    context = Context(
        any_of=(*client.context.any_of, *(one.term for one in found.any_of)),
        none_of=(*client.context.none_of, *(one.term for one in found.none_of)),
    )
    changed = client_query(replace(client, context=context))
    readings = [Reading(one, language_of) for one in wanted]
    return sum(one.holds(query.asked) and not one.holds(changed.asked) for one in readings)


def explained(found: Proposed) -> Iterator[str]:
    """The proposal as lines for a terminal: as it would stand in the file, what it does, and why each term."""
    name = printable(found.client.name)
    right = sum(one.about for one in found.marks)
    said = f"{right} about it, {len(found.marks) - right} not"
    proposal = found.proposal
    if proposal is None:
        yield f"nothing to propose for {name} ({said}): {found.why_none}"
        return
    yield f"proposal for the context of {name} ({said}):"
    yield "  context:"
    for side, clues in (("any_of", proposal.any_of), ("none_of", proposal.none_of)):
        if clues:
            yield f"    {side}: [{', '.join(_written(one) for one in clues)}]"
    yield (
        f"it would drop {len(proposal.drops)} of {len(found.pool)} stored matches and {proposal.rejected} of "
        f"{proposal.wrong} that are marked as not about {name}; every example that matches now still does"
    )
    for clue in (*proposal.any_of, *proposal.none_of):
        yield f"  {printable(clue.term):<20} {clue.reason}"


def _written(clue: Clue) -> str:
    """The term as YAML takes it."""
    plain = (
        clue.term.replace("*", "").replace("-", "").isalnum()
        and clue.term.isascii()
        and clue.term[0].isalpha()
    )
    odd = clue.term.lower() in {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}
    return clue.term if plain and not odd else json.dumps(clue.term, ensure_ascii=False)


def object_of(found: Proposed) -> dict[str, Any]:
    """The proposal as JSON types; None where there is none."""
    proposal = found.proposal
    if proposal is None:
        return {"proposal": None, "why": found.why_none}
    return {
        "proposal": {
            "any_of": [one.term for one in proposal.any_of],
            "none_of": [one.term for one in proposal.none_of],
            "drops": len(proposal.drops),
            "dropped": [found.pool[at].mention_id for at in proposal.drops],
            "stored": len(found.pool),
            "rejected": proposal.rejected,
            "wrong": proposal.wrong,
            "examples": found.examples,
            "reasons": {one.term: one.reason for one in (*proposal.any_of, *proposal.none_of)},
        }
    }
