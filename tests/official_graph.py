"""Meta's lists of fields and edges: what is asked of the Graph API, and what recordings answer, is among them.

A list stands for one sort of node; its name is the file's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from listener.connector.testing import Reply

OF_EVERY_EDGE = {"fields", "limit", "after", "before", "since", "until"}
ROOTS = {"ig_hashtag_search": ("ShadowIGHashtag", {"user_id", "q"})}
_TYPES = {"string": str, "datetime": str, "bool": bool, "int": int, "unsigned int": int}


def against(file: Path, method: str, url: str, reply: Reply) -> Iterator[str]:
    """What the list has against an exchange. A refusal's body is in none of them."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    found = re.fullmatch(r"/v\d+\.\d+/([\w.]+)(?:/(\w+))?", parts.path)
    sort = _sort(file, found[1], found[2]) if found and method == "GET" else None
    if sort is None:
        yield f"{method} {url}: not found by {file.name}."
        return
    name, params = sort
    for one in sorted(set(asked) - params - OF_EVERY_EDGE):
        yield f"{url}: there is no query parameter {one}."
    yield from (f"{url}: {fault}." for fault in _fields(file.parent, name, asked.get("fields", "")))
    if reply.status == 200:
        body = json.loads(reply.body)
        rows = body["data"] if found[2] or found[1] in ROOTS else [body]
        for row in rows:
            yield from (f"{url} answers: {fault}." for fault in _row(file.parent, name, row))


def _sort(file: Path, node: str, edge: str | None) -> tuple[str, set[str]] | None:
    """Of which sort the rows of an answer are, and which parameters there are; None where there is no such edge."""
    if edge is None:
        return ROOTS.get(node, (file.stem, set()))
    told = _edges(file.parent, file.stem).get(edge)
    return (told["return"], {one["name"] for one in told["params"]}) if told else None


@cache
def _loaded(folder: Path, name: str) -> Mapping[str, Any] | None:
    path = folder / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _edges(folder: Path, name: str) -> dict[str, Any]:
    told = _loaded(folder, name) or {"apis": []}
    return {one["endpoint"]: one for one in told["apis"] if one["method"] == "GET" and "endpoint" in one}


def _known(folder: Path, name: str) -> dict[str, str] | None:
    """Fields and edges of a sort of node, each with the sort that it leads to; None where no list of it is here."""
    told = _loaded(folder, name)
    if told is None:
        return None
    fields = {one["name"]: str(one["type"]) for one in told["fields"]}
    return {**{edge: f"edge {one['return']}" for edge, one in _edges(folder, name).items()}, **fields}


def _fields(folder: Path, name: str, asked: str) -> Iterator[str]:
    known = _known(folder, name)
    for one, inner in _named(asked) if known is not None else ():
        if one not in known:
            yield f"{name} has no field {one}"
        else:
            yield from _fields(folder, known[one].removeprefix("edge "), inner)


def _named(asked: str) -> Iterator[tuple[str, str]]:
    """The fields that are asked for, each with what is asked of it in braces; what stands in parentheses is no field."""
    plain = re.sub(r"\.\w+\([^)]*\)", "", asked)
    depth, name, inner = 0, "", ""
    for sign in f"{plain},":
        depth += (sign == "{") - (sign == "}")
        if sign == "," and depth == 0:
            if name:
                yield name, inner.strip("{}") if inner.count("{") == 1 else inner[1:-1]
            name, inner = "", ""
        elif depth or sign == "}":
            inner += sign
        else:
            name += sign


def _row(folder: Path, name: str, row: Mapping[str, Any]) -> Iterator[str]:
    known = _known(folder, name)
    for one, value in row.items() if known is not None else ():
        sort = known.get(one)
        if sort is None:
            yield f"{name} has no field {one}"
        elif sort in _TYPES:
            if not isinstance(value, _TYPES[sort]):
                yield f"{name}.{one} is no {sort}"
        elif sort.startswith("edge "):
            for each in value.get("data", ()):
                yield from _row(folder, sort.removeprefix("edge "), each)
        elif isinstance(value, Mapping):
            yield from _row(folder, sort, value)
