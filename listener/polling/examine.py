"""Whether a source works: one cheap call, for a person who asks. Nothing of it is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from listener.connector import Trouble
from listener.connector.target import Target
from listener.connector.visit import Visit
from listener.door.errors import Busy
from listener.polling.look import TOGETHER_S, Eyes, side_by_side, visit
from listener.telemetry import REDACTION

Answer = Literal["yes", "no", "not needed", ""]
"""Empty where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What one call came to. `brings` says what it would bring, `trouble` why it would not and what mends it."""

    target: Target
    reachable: Answer = ""
    authorised: Answer = ""
    brings: str = ""
    trouble: str = ""

    @property
    def well(self) -> bool:
        return not self.trouble


def examine_all(
    targets: Sequence[Target], eyes: Eyes, *, now: datetime, together_s: float = TOGETHER_S
) -> Iterator[Examined]:
    """Each target once, side by side, as they come in; those that were not reached in time say so."""

    def work(target: Target, left_s: float) -> Examined:
        return _examine(target, visit(target, eyes, now=now, left_s=left_s))

    def failed(target: Target, why: str) -> Examined:
        return Examined(target=target, trouble=why)

    return side_by_side(targets, work, failed, together_s=together_s)


def _examine(target: Target, http: Visit) -> Examined:
    brings = trouble = ""
    try:
        check = target.connector.check
        brings = check(http, target.options) if check else _first_page(target, http)
    except (Trouble, Busy) as error:
        trouble = error.reason
    return Examined(
        target=target,
        reachable=_reachable(http, well=not trouble),
        authorised=_authorised(target, http, well=not trouble),
        brings=REDACTION.hide(brings),
        trouble=REDACTION.hide(trouble),
    )


def _first_page(target: Target, http: Visit) -> str:
    """What it shows to somebody who never asked before."""
    page = next(iter(target.connector.fetch(http, target.options, None)), None)
    found = page.found if page else ()
    if not found:
        return "It answers and shows nothing just now."
    times = [one.published_at for one in found if one.published_at is not None]
    newest = f", the newest of {max(times):%Y-%m-%d %H:%M}" if times else ""
    items = "1 item" if len(found) == 1 else f"{len(found)} items"
    return f"It shows {items}{newest}."


def _reachable(http: Visit, *, well: bool) -> Answer:
    if http.last_status is not None or well:
        return "yes"
    return "no" if http.requests_count else ""


def _authorised(target: Target, http: Visit, *, well: bool) -> Answer:
    """By the last status; a place that refuses a key in its own way has told so in the trouble's sentence."""
    if http.last_status in {401, 403}:
        return "no"
    if target.connector.needs == "nothing":
        return "not needed"
    return "yes" if well else ""
