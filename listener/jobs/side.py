"""One configuration, and what of the stored places it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from listener.connector.target import Target
from listener.domain.percolate import Match
from listener.jobs.plan import Plan
from listener.store import configured
from listener.store.stored import Kept

About = Mapping[str, Match | None]
"""The clients that a mention is about, each with the match of its query; None where all of the place is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One configuration; `places` are the stored targets that it reads, by number."""

    plan: Plan
    places: Mapping[int, Target]

    def about(self, kept: Kept, verdicts: Mapping[str, bool]) -> About:
        """Whom this mention is about; what a person said of it stands."""
        place = self.places.get(kept.target_id)
        candidates = self.plan.intake.sieve(place, [kept.found]) if place else []
        about = candidates[0].about if candidates else {}
        if not verdicts:
            return about
        wrong = {client for client, is_about in verdicts.items() if not is_about}
        right = dict.fromkeys(client for client in verdicts if client in self.plan.intake.clients)
        return {client: match for client, match in {**right, **about}.items() if client not in wrong}

    def replays(self, client_id: str) -> bool:
        """Whether the rule negative_spike watches this client."""
        watched = self.plan.watched.get(client_id)
        return watched is not None and watched.rules.negative_spike is not None


def side_of(connection: sa.Connection, plan: Plan) -> Side:
    """The configuration with what of the stored places it reads.

    What an earlier search brought is read as what the present searches of its kind bring; a client's own place is no search.
    """
    known = configured.by_identity(connection)
    searches: dict[str, Target] = {}
    for target in plan.targets.values():
        if target.connector.search is not None and not target.direct:
            searches[target.kind] = _joined(searches.get(target.kind), target)
    places = {}
    for identity, target_id in known.items():
        place = plan.targets.get(identity) or searches.get(identity[0])
        if place is not None:
            places[target_id] = place
    return Side(plan=plan, places=places)


def _joined(one: Target | None, other: Target) -> Target:
    if one is None:
        return other
    return replace(one, matched=one.matched | other.matched)
