"""Warnings: what is allowed and probably not meant."""

from __future__ import annotations

from collections.abc import Iterator

from listener.config.mistakes import Path
from listener.config.model import File, WatchList
from listener.config.sentences import nearest, quoted
from listener.domain.routing import SEVERITIES

Doubt = tuple[Path, str]


def doubts(file: File) -> Iterator[Doubt]:
    """Each with its path, in the order of the file's parts."""
    for name, receiver in file.receivers.items():
        if receiver.options.off:
            yield ("receivers", name), f"this receiver is off: {receiver.options.off}"
    if not file.health.notify:
        said = "nobody is told when a source breaks: name receivers here, or look at `listener sources`"
        yield ("health", "notify"), said
    if file.digest is not None and not file.digest.to:
        yield ("digest", "to"), "this digest goes to nobody: name receivers here"
    for at, one in enumerate(file.watch_lists):
        path = ("watch_lists", at)
        if not one.notify and not all(client.notify for client in one.clients):
            said = "its alerts go to the log only: name receivers here, or look at `listener incidents`"
            yield (*path, "notify"), said
        if one.digest is not None and not (one.notify if one.digest.to is None else one.digest.to):
            yield (*path, "digest"), "this digest goes to nobody: name receivers in `to`"
        yield from _unheard(path, one)
        yield from _owners(path, one, file)


def _unheard(path: Path, one: WatchList) -> Iterator[Doubt]:
    """Lists and clients of which the smaller alerts are told to nobody."""
    routed = [(path, one.notify)]
    routed += [((*path, "clients", at), client.notify or ()) for at, client in enumerate(one.clients)]
    for place, routes in routed:
        least = min((SEVERITIES.index(route.severity) for route in routes), default=0)
        if least:
            said = f"alerts below {SEVERITIES[least]} are told to nobody: give one receiver no severity"
            yield (*place, "notify"), said


def _owners(path: Path, one: WatchList, file: File) -> Iterator[Doubt]:
    """A name that looks like a key of people, and is none."""
    places: list[tuple[Path, str | None]] = [(path, one.owner)]
    places += [((*path, "clients", at), client.owner) for at, client in enumerate(one.clients)]
    for place, owner in places:
        guess = nearest(owner, file.people) if owner and owner not in file.people else None
        if guess:
            yield (*place, "owner"), f"{quoted(owner)} is taken as a name: did you mean {guess} of people?"
