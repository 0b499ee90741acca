"""Contracts that Google publishes as discovery documents: names, values, limits and the fields of answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from listener.connector.testing import Reply

_TYPES = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "number": (int, float),
    "array": list,
    "object": dict,
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def against(file: Path, method: str, url: str, reply: Reply) -> Iterator[str]:
    """What the document has against an exchange. A refusal's body is in none of its schemas."""
    document = _loaded(file)
    found = _method(document, method, url)
    if found is None:
        yield f"{method} {url}: not found in {file.name}."
        return
    asked = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    declared = {**document["parameters"], **found["parameters"]}
    for name, value in asked:
        yield from (f"{url}: {fault}." for fault in _asked(name, value, declared))
    for name, told in found["parameters"].items():
        if told.get("required") and name not in dict(asked):
            yield f"{url}: {name} is required."
    if reply.status == 200:
        schema = found["response"]
        yield from (
            f"{url} answers: {fault}." for fault in _answered(document, schema, json.loads(reply.body))
        )


@cache
def _loaded(file: Path) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def _method(document: Mapping[str, Any], method: str, url: str) -> Mapping[str, Any] | None:
    base = url.partition("?")[0]
    for resource in document["resources"].values():
        for one in resource["methods"].values():
            whole = document["rootUrl"] + document["servicePath"] + one["path"]
            if (one["httpMethod"], whole) == (method, base):
                return one
    return None


def _asked(name: str, value: str, declared: Mapping[str, Any]) -> Iterator[str]:
    if name == "key":
        yield "a key has no place in a URL"
    if name not in declared:
        yield f"there is no query parameter {name}"
        return
    told = declared[name]
    if "enum" in told and value not in told["enum"]:
        yield f"{name} is none of {', '.join(told['enum'])}: {value}"
    if told["type"] == "integer":
        least, most = int(told.get("minimum", 0)), int(told.get("maximum", 2**32))
        if not value.isdecimal() or not least <= int(value) <= most:
            yield f"{name} is no number from {least} to {most}: {value}"
    if "datetime" in told.get("format", "") and not _TIME.fullmatch(value):
        yield f"{name} is no time: {value}"


def _answered(
    document: Mapping[str, Any], schema: Mapping[str, Any], value: Any, where: str = ""
) -> Iterator[str]:
    if "$ref" in schema:
        schema = document["schemas"][schema["$ref"]]
    wanted = _TYPES[schema.get("type", "object")]
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        yield f"{where} is no {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of {', '.join(schema['enum'])}: {value}"
    if schema.get("format") == "date-time" and not _TIME.fullmatch(value):
        yield f"{where} is no time: {value}"
    if isinstance(value, list):
        for each in value:
            yield from _answered(document, schema["items"], each, f"{where}[]")
    if isinstance(value, dict):
        yield from _fields(document, schema, value, where)


def _fields(
    document: Mapping[str, Any], schema: Mapping[str, Any], value: Mapping[str, Any], where: str
) -> Iterator[str]:
    known = schema.get("properties", {})
    for name, each in value.items():
        within = known.get(name) or schema.get("additionalProperties")
        if within is None:
            yield f"{where}.{name} is no field of it"
        else:
            yield from _answered(document, within, each, f"{where}.{name}")
