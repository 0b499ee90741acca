"""What an explanation looks like: lines for a person, one object a client for a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from listener.cli.marking import Style, marked_lines
from listener.cli.output import cell, printable
from listener.domain.explain import Explanation
from listener.domain.item import Item
from listener.store.explained import Explained
from listener.store.stored import Kept
from listener.telemetry import REDACTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One client toward one item.

    now     what its query says by the present configuration; None where the client has left it
    before  what is stored, of a mention
    heard   whether the source of the mention is read for this client
    direct  whether all of that source is about this client, whatever its query says
    """

    client: str
    now: Explanation | None
    before: Explained | None = None
    heard: bool = True
    direct: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is more than a miss: stored, judged by a person, or true now."""
        return self.before is not None or self.direct or (self.now is not None and self.now.matched)


def object_of(one: Told, mention: Kept | None) -> dict[str, Any]:
    """All of it for a program. `matched` and what belongs to it is the present; `stored` and `marked` only a mention has."""
    now = one.now
    told: dict[str, Any] = {
        "client": one.client,
        "matched": now is not None and now.matched,
        "reason": now.reason if now else "is not in the configuration any more",
        "clause": now.clause if now else None,
        "spans": [asdict(mark) for mark in now.spans] if now else [],
        "lacking": list(now.lacking) if now else [],
        "distance": now.distance if now else None,
    }
    if mention is None:
        return told
    return {"mention": mention.mention_id, **told, **_stored_object(one)}


def _stored_object(one: Told) -> dict[str, Any]:
    before = one.before
    why = before.explanation if before else None
    verdict = before.verdict if before else None
    stored = before.stored if before else None
    return {
        "stored": None if stored is None else {"reason": stored} | (why.to_json() if why else {}),
        "marked": asdict(verdict) if verdict else None,
        "source_is_read_for_it": one.heard,
        "all_of_the_source_is_its": one.direct,
    }


def tell(shown: Sequence[Told], item: Item, mention: Kept | None, *, style: Style, of: int) -> Iterator[str]:
    """The lines for a person: each client, what decided, the text with its places marked, and how many are not shown."""
    if mention is not None:
        yield from _head(mention)
    for one in shown:
        yield from (_safe(line) for line in (_of_mention(one) if mention else _of_text(one)))
        yield from (f"    {line}" for line in marked_lines(item.title, item.text, _marks(one), style))
    yield from _rest(shown, of - len(shown))


def _head(mention: Kept) -> Iterator[str]:
    source = REDACTION.hide(f"{mention.kind} {mention.source}")
    yield printable(f"mention {mention.mention_id} of {cell(mention.counted_at)}, {source}")
    if mention.found.url:
        yield "    " + printable(mention.found.url)


def _of_text(one: Told) -> Iterator[str]:
    if one.now is not None:
        yield f"{one.client} {_says(one.now)}"
        yield f"    {_decided(one.now)}"


def _of_mention(one: Told) -> Iterator[str]:
    before = one.before
    if before is None or before.stored is None:
        yield f"{one.client}, not stored: {_present(one)}"
        why = one.now
    else:
        why = before.explanation
        yield f"{one.client}, stored: {before.stored}"
    if why is not None:
        yield f"    {_decided(why)}"
    if before and before.stored is not None and _differs(one):
        yield f"    now: {_present(one)}"
    if before and (verdict := before.verdict):
        about = "about" if verdict.about else "not about"
        yield f"    {verdict.who} said on {cell(verdict.at)} that it is {about} {one.client}"


def _differs(one: Told) -> bool:
    """Whether the present configuration would store it for another reason, or not at all."""
    if one.direct:
        return one.before is not None and one.before.explanation is not None
    return one.now is None or not one.now.matched or one.now.reason != (one.before and one.before.stored)


def _present(one: Told) -> str:
    if one.now is None:
        return "it is not in the configuration any more"
    if one.direct:
        return f"all of this source is about {one.client}, whatever its query says"
    if one.now.matched and not one.heard:
        return f"{one.now.reason}, but this source is not read for {one.client}"
    return _says(one.now)


def _says(now: Explanation) -> str:
    return f"matches: {now.reason}" if now.matched else f"does not match: {now.reason}"


def _decided(why: Explanation) -> str:
    return f"{'decided by' if why.matched else 'failed'}: {why.clause}"


def _marks(one: Told) -> Sequence[Any]:
    stored = one.before.explanation if one.before else None
    shown = stored or one.now
    return shown.spans if shown else ()


def _rest(shown: Sequence[Told], count: int) -> Iterator[str]:
    if count and not shown:
        yield f"no client matches, and none nearly does: {count:,} {'was' if count == 1 else 'were'} asked"
    elif count:
        nobody = "" if any(one.counts for one in shown) else "no client matches; "
        yield f"{nobody}{count:,} more {'client is' if count == 1 else 'clients are'} farther off"


def _safe(line: str) -> str:
    indent = " " * (len(line) - len(line.lstrip(" ")))
    return indent + printable(line)
