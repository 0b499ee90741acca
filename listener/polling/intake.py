"""The hot path: from what a page showed to what is stored of it. Most items match nobody and must cost next to nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from listener.connector.target import Target
from listener.domain.client import Client
from listener.domain.found import Found
from listener.domain.identity import identity_hash, story_keys, witness
from listener.domain.item import item_of
from listener.domain.merging import merge_keys
from listener.domain.ownership import is_own
from listener.domain.percolate import Match, Percolator
from listener.domain.sentiment import Ask, Score, Scorer
from listener.domain.sketch import sketch
from listener.domain.stars import judgements
from listener.store import matches
from listener.store.engine import Database
from listener.store.mentions import Incoming, Judged
from listener.store.targets import Claim

DIRECT = "from the client's own place"
PUBLISHED = (
    "article",
    "page_change",
)  # what the owner of a place writes; reviews and comments there are others'


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that is about someone: the clients, each with the match of its query, None where all of the place is about it."""

    found: Found
    identity: bytes
    about: Mapping[str, Match | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """All that judging an item takes, made once for a configuration.

    `asked` says since when each client is in its list with its query.
    """

    clients: Mapping[str, Client]
    percolator: Percolator
    scorer: Scorer
    asked: Mapping[str, datetime] = field(default_factory=dict)

    def backfill(self, target: Target, claim: Claim) -> frozenset[str]:
        """The clients of the target for which it has not been read to its end by a poll that began after they, or their query, came."""
        new = {audience for audience, since in claim.since.items() if since is None}
        newest = max(self.asked.values(), default=None)
        began = claim.complete_from_at
        if not new and began is not None and (newest is None or began >= newest):
            return frozenset()
        return frozenset(
            client
            for client in target.clients
            if began is None
            or began < self.asked.get(client, began)
            or not any(claim.since.get(audience) for audience in self.clients[client].audiences)
        )

    def judge(self, database: Database, target: Target, page: Sequence[Found]) -> list[Incoming]:
        """What of this page is to be stored: items about a client of the target that are not stored about it yet."""
        candidates = self.sieve(target, page)
        if not candidates:
            return []
        with database.read() as connection:
            held = matches.held(connection, [candidate.identity for candidate in candidates])
        new = [
            replace(candidate, about=about)
            for candidate in candidates
            if (
                about := {
                    who: hit for who, hit in candidate.about.items() if (candidate.identity, who) not in held
                }
            )
        ]
        told = iter(judgements(self.scorer, [self.ask(one.found, who) for one in new for who in one.about]))
        return [self._worked_out(target, candidate, told) for candidate in new]

    def ask(self, found: Found, who: str) -> Ask:
        """What the scorer is asked of an item toward a client."""
        return asked_of(found, self.clients[who])

    def sieve(self, target: Target, page: Sequence[Found]) -> list[Candidate]:
        """The items that match a query of the target's clients, and all items for those who own the source."""
        direct: dict[str, Match | None] = dict.fromkeys(sorted(target.direct))
        chosen = []
        for found in page:
            about = direct
            if target.matched:
                hits = self.percolator.matches(item_of(found, kind=target.kind, source=target.called))
                about = direct | {hit.client_id: hit for hit in hits if hit.client_id in target.matched}
            if about:
                identity = identity_hash(target.family, target.place, found.external_id)
                chosen.append(Candidate(found, identity, about))
        return chosen

    def _worked_out(self, target: Target, candidate: Candidate, told: Iterator[Score]) -> Incoming:
        """`told` yields the scores toward those it is about, in their order."""
        found = candidate.found
        who = witness(found, kind=target.family, scope=target.place)
        return Incoming(
            found=found,
            identity=candidate.identity,
            witness=who,
            merge_keys=merge_keys(found, kind=target.kind, scope=target.scope, witness=who),
            story_keys=story_keys(found, kind=target.family, scope=target.place),
            sketch=sketch(found.text),
            judged=tuple(
                self._judged(target, found, self.clients[client], hit, next(told))
                for client, hit in candidate.about.items()
            ),
        )

    def _judged(
        self, target: Target, found: Found, client: Client, hit: Match | None, score: Score
    ) -> Judged:
        why = hit.explanation if hit else None
        own = said_itself(target, found, client)
        reasoned = with_reason(score, why.reason if why else DIRECT)
        return Judged(client_id=client.id, score=reasoned, own=own, explanation=why)


def asked_of(found: Found, client: Client) -> Ask:
    """What the scorer is asked of an item toward a client."""
    return Ask(
        text=found.text,
        title=found.title,
        client=client,
        language=found.language,
        rating=found.rating,
    )


def said_itself(target: Target, found: Found, client: Client) -> bool:
    """Whether the client says so itself: what the owner of its own place publishes there, and what is its own anywhere."""
    hosts = found.author is not None and found.author.hosts
    published = target.connector.own_words and found.form in PUBLISHED
    at_home = client.id in target.direct and (hosts or published)
    return at_home or is_own(found, client, kind=target.kind)


def with_reason(score: Score, reason: str) -> Score:
    """The score with why the item is about the client at all before the scorer's own reasons."""
    return replace(score, reasons=(reason, *score.reasons))
