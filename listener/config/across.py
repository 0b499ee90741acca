"""What two parts of the file say together. Works on data of any shape, so that it is told beside all other mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from listener.config.mistakes import Path, plain
from listener.config.sentences import nearest, quoted

SHOWN = 10
"""So many names are offered for one that is unknown."""

Fault = tuple[Path, str]
Line = Callable[[Path], int]


def faults(data: dict[str, Any], line: Line) -> Iterator[Fault]:
    """Every clash in the file, at its second place; `line` tells where the first one stands."""
    lists = list(_items(data, ("watch_lists",)))
    clients = [pair for path, _ in lists for pair in _items(data, (*path, "clients"))]
    yield from _twice([(path, one.get("name")) for path, one in lists], "watch list", line)
    yield from _twice([(path, one.get("name")) for path, one in clients], "client", line)
    yield from _one_id(clients, line)
    yield from _unknown_lists(data, [one.get("name") for _, one in lists])
    yield from _unknown_clients(data, [one for _, one in clients])
    for path, one in [((), data), *lists]:
        yield from _unknown_person(data, path, one)
    for path, one in lists:
        yield from _deaf(data, path, one)


def _items(data: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:  # noqa: ANN401 - as YAML has it
    """The sections in the list at this path; a client's short form is its name."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return
    for at, item in enumerate(data if isinstance(data, list) else ()):
        if isinstance(item, dict):
            yield (*path, at), item
        elif isinstance(item, str) and path[-1] == "clients":
            yield (*path, at), {"name": item}


def _twice(named: list[tuple[Path, Any]], what: str, line: Line) -> Iterator[Fault]:
    first: dict[str, Path] = {}
    for path, name in named:
        if not isinstance(name, str) or not name.strip():
            continue
        before = first.setdefault(" ".join(name.split()).casefold(), path)
        if before is not path:
            where = line((*before, "name"))
            yield (
                (*path, "name"),
                f"{quoted(name)} is the name of another {what} (line {where}): give each its own",
            )


def _one_id(clients: list[tuple[Path, dict[str, Any]]], line: Line) -> Iterator[Fault]:
    """Ids as they end up: the `id`, or the name where there is none. Equal names are told as such."""
    first: dict[str, Path] = {}
    by_path = dict(clients)
    for path, one in clients:
        key = "id" if isinstance(one.get("id"), str) else "name"
        if not isinstance(value := one.get(key), str) or not value.strip():
            continue
        before = first.setdefault(" ".join(value.split()), path)
        other = by_path[before]
        if before is not path and (key == "id" or "id" in other):
            where = line((*before, "id" if "id" in other else "name"))
            yield (
                (*path, key),
                f"{quoted(value)} is the id of another client (line {where}): give each an id of its own",
            )


def _unknown_lists(data: dict[str, Any], names: list[Any]) -> Iterator[Fault]:
    """Watch lists that the digest is to be about, and that there are not."""
    digest = data.get("digest")
    wanted = digest.get("lists") if isinstance(digest, dict) else None
    known = [name for name in names if isinstance(name, str)]
    for at, name in enumerate(wanted if isinstance(wanted, list) else [wanted]):
        if isinstance(name, str) and name not in known:
            path: Path = ("digest", "lists", at) if isinstance(wanted, list) else ("digest", "lists")
            yield path, f"{quoted(name)} is no watch list: {_meant(name, known)}"


def _unknown_clients(data: dict[str, Any], clients: list[dict[str, Any]]) -> Iterator[Fault]:
    """Clients of planned events that nobody watches."""
    names = [name for one in clients for name in (one.get("name"), one.get("id")) if isinstance(name, str)]
    known = [" ".join(name.split()) for name in names]
    for path, event in _items(data, ("events",)):
        name = event.get("client")
        if isinstance(name, str) and name.strip() and " ".join(name.split()) not in known:
            yield (*path, "client"), f"{quoted(name)} is no client of this file: {_meant(name, known)}"


def _meant(name: str, known: list[str]) -> str:
    """The remedy for a name that is none of these."""
    guess = nearest(name, known)
    if guess:
        return f"did you mean {plain(guess)}?"
    some = ", ".join(map(plain, known[:SHOWN])) + (", …" if known[SHOWN:] else "")
    return f"write one of {some}" if known else "there are none yet"


def _unknown_person(data: dict[str, Any], path: Path, one: dict[str, Any]) -> Iterator[Fault]:
    """Who is told of what nobody takes must be known: by a name alone nobody is reached."""
    asked, people = one.get("escalate"), data.get("people")
    to = asked.get("to") if isinstance(asked, dict) else None
    known = [key for key in people if isinstance(key, str)] if isinstance(people, dict) else []
    if isinstance(to, str) and to.strip() and to not in known:
        guess = nearest(to, known)
        hint = f"did you mean {plain(guess)}?" if guess else "write a key of people, and describe it there"
        yield (*path, "escalate", "to"), f"{quoted(to)} is none of the people: {hint}"


def _deaf(data: dict[str, Any], path: Path, one: dict[str, Any]) -> Iterator[Fault]:
    """Clients about whom nobody is asked."""
    if one.get("sources"):
        return
    for at, client in _items(data, (*path, "clients")):
        if not client.get("sources"):
            name = client.get("name")
            about = quoted(name) if isinstance(name, str) else "this client"
            yield at, f"nobody is asked about {about}: give it or its list sources"
