"""What would match now: items held against the queries, and what came of it counted. Nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from listener.connector.target import Target
from listener.domain.client import Client
from listener.domain.explain import Explanation
from listener.domain.found import Found
from listener.domain.identity import identity_hash, witness
from listener.domain.item import item_of
from listener.domain.merging import merge_keys
from listener.domain.ownership import is_own
from listener.domain.percolate import Match
from listener.polling.intake import DIRECT, Intake, said_itself
from listener.polling.look import Looked


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An item that somebody hands in. `id` is given back as it came; `kind` and `source` may be empty."""

    id: str | int
    found: Found
    kind: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One item that would be about one client. `own` where the client says it itself.

    `why` explains why its query is true; None where the place is the client's own and no query was asked.
    """

    id: str | int
    client: Client
    found: Found
    kind: str
    source: str
    why: Explanation | None
    own: bool

    @property
    def reason(self) -> str:
        return self.why.reason if self.why else DIRECT


@dataclass(slots=True, kw_only=True)
class Trial:
    """One dry run and what it has come to so far.

    since    items published before are left out; those without a time stay
    items    were read, `older` of them left out; `again` came from a second source
    matches  by client id, and `own` those of them that are the client's own words
    asked    places that were looked at, `deaf` those of them that could not be read
    """

    intake: Intake
    since: datetime | None = None
    items: int = 0
    older: int = 0
    again: int = 0
    matches: Counter[str] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    deaf: list[Looked] = field(default_factory=list)
    _known: dict[bytes, bytes] = field(default_factory=dict)
    _hits: set[tuple[bytes, str]] = field(default_factory=set)

    def of_items(self, given: Iterable[Given]) -> Iterator[Hit]:
        """What of these matches which client, in their order; each is one item, whatever it looks like."""
        clients, percolator = self.intake.clients, self.intake.percolator
        for one in given:
            if self._left_out(one.found):
                continue
            for match in percolator.matches(item_of(one.found, kind=one.kind, source=one.source)):
                client = clients[match.client_id]
                yield self._counted(
                    Hit(
                        id=one.id,
                        client=client,
                        found=one.found,
                        kind=one.kind,
                        source=one.source,
                        why=match.explanation,
                        own=is_own(one.found, client, kind=one.kind),
                    )
                )

    def of_sources(self, looks: Iterable[Looked]) -> Iterator[Hit]:
        """What of all that the sources show is about a client that they are read for; an item that two of them show, once."""
        for look in looks:
            self.asked += 1
            if look.trouble:
                self.deaf.append(look)
            for found in look.found:
                if not self._left_out(found):
                    yield from self._shown(look.target, found)

    def _shown(self, target: Target, found: Found) -> Iterator[Hit]:
        about = self._about(target, found)
        if not about:
            return
        identity = self._identity(target, found)
        for client_id, match in about.items():
            if (identity, client_id) in self._hits:
                continue
            self._hits.add((identity, client_id))
            client = self.intake.clients[client_id]
            yield self._counted(
                Hit(
                    id=found.external_id,
                    client=client,
                    found=found,
                    kind=target.kind,
                    source=target.name or f"{target.kind} {target.scope}",
                    why=match.explanation if match else None,
                    own=said_itself(target, found, client),
                )
            )

    def _about(self, target: Target, found: Found) -> Mapping[str, Match | None]:
        """As the intake has it: all that own the place, and whose query is true."""
        candidates = self.intake.sieve(target, [found])
        return candidates[0].about if candidates else {}

    def _identity(self, target: Target, found: Found) -> bytes:
        """What stands for this item and the copies that the store would merge with it."""
        place = {"kind": target.kind, "scope": target.scope}
        own = identity_hash(target.family, target.place, found.external_id)
        keys = (
            own,
            *merge_keys(found, **place, witness=witness(found, kind=target.family, scope=target.place)),
        )
        first = next((self._known[key] for key in keys if key in self._known), None)
        self.again += first is not None
        for key in keys:
            self._known.setdefault(key, first or own)
        return first or own

    def _left_out(self, found: Found) -> bool:
        self.items += 1
        old = self.since is not None and found.published_at is not None and found.published_at < self.since
        self.older += old
        return old

    def _counted(self, hit: Hit) -> Hit:
        self.matches[hit.client.id] += 1
        self.own[hit.client.id] += hit.own
        return hit
