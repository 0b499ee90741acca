"""AT Protocol's lexicons, as far as what is asked and what is answered can be held against them (atproto.com/specs/lexicon)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HANDLE = r"([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
DID = r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]"
TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def _is_datetime(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


FORMATS = {
    "at-identifier": lambda text: re.fullmatch(f"{HANDLE}|{DID}", text),
    "at-uri": lambda text: re.fullmatch(rf"at://({HANDLE}|{DID})(/[\w.-]+(/[\w.:~-]+)?)?", text),
    "cid": lambda text: re.fullmatch(r"[a-zA-Z0-9+=]{8,256}", text),
    "datetime": _is_datetime,
    "did": lambda text: re.fullmatch(DID, text),
    "handle": lambda text: re.fullmatch(HANDLE, text),
    "language": lambda text: re.fullmatch(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]+)*", text),
    "uri": lambda text: urlsplit(text).scheme,
}


class Lexicons:
    """Those of a folder. What refers to one that is not there is not looked into."""

    def __init__(self, folder: Path) -> None:
        read = (json.loads(path.read_text(encoding="utf-8")) for path in folder.rglob("*.json"))
        self._defs = {one["id"]: one["defs"] for one in read}

    def knows(self, method: str) -> bool:
        return method in self._defs

    def asked(self, method: str, pairs: Iterable[tuple[str, str]]) -> list[str]:
        """What is wrong with the query of a request: every name must be declared, every value allowed."""
        main = self._defs[method]["main"]
        declared = main.get("parameters", {"properties": {}})
        given: dict[str, list[str]] = {}
        for name, value in pairs:
            given.setdefault(name, []).append(value)
        wrong = [f"{name} is not declared" for name in given if name not in declared["properties"]]
        wrong += [f"{name} is missing" for name in declared.get("required", []) if name not in given]
        for name, values in given.items():
            schema = declared["properties"].get(name, {})
            if schema.get("type") == "array":
                wrong += self._faults(name, schema, values, method)
            elif schema:
                read = int(values[0]) if schema["type"] == "integer" else values[0]
                wrong += [f"{name} is given twice"] * (len(values) > 1)
                wrong += self._faults(name, schema, read, method)
        return wrong

    def sent(self, method: str, body: object) -> list[str]:
        """What is wrong with the body of a procedure."""
        schema = self._defs[method]["main"].get("input", {}).get("schema")
        return self._faults("input", schema, body, method) if schema else []

    def answered(self, method: str, body: object) -> list[str]:
        """What is wrong with an answer."""
        return self._faults("", self._defs[method]["main"]["output"]["schema"], body, method)

    def written(self, collection: str, record: object) -> list[str]:
        """What is wrong with a record, which views leave open."""
        return self._at("record", collection, record, "")

    def _faults(self, at: str, schema: Mapping[str, Any], value: object, home: str) -> list[str]:
        kind = schema["type"]
        if kind == "ref":
            return self._at(at, schema["ref"], value, home)
        if kind == "union":
            return self._union(at, schema, value, home)
        wanted = TYPES.get(kind)
        if wanted is None:
            return []
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            return [f"{at} is no {kind}"]
        return list(self._inside(at, schema, value, home))

    def _inside(self, at: str, schema: Mapping[str, Any], value: Any, home: str) -> Iterator[str]:
        yield from self._limits(at, schema, value)
        if isinstance(value, list):
            for number, one in enumerate(value):
                yield from self._faults(f"{at}[{number}]", schema["items"], one, home)
        if isinstance(value, dict):
            yield from (f"{at}.{name} is missing" for name in schema.get("required", []) if name not in value)
            for name, inner in schema.get("properties", {}).items():
                if name in value:
                    yield from self._faults(f"{at}.{name}", inner, value[name], home)

    def _limits(self, at: str, schema: Mapping[str, Any], value: Any) -> Iterator[str]:
        if "knownValues" in schema and value not in schema["knownValues"]:
            yield f"{at} is {value!r}, which is not known"
        for limit, holds in (
            ("minimum", lambda most: value >= most),
            ("maximum", lambda most: value <= most),
        ):
            if limit in schema and not holds(schema[limit]):
                yield f"{at} is beyond its {limit}"
        if (
            "maxLength" in schema
            and len(value.encode() if isinstance(value, str) else value) > schema["maxLength"]
        ):
            yield f"{at} is too long"
        if isinstance(value, str) and (known := FORMATS.get(schema.get("format", ""))) and not known(value):
            yield f"{at} is no {schema['format']}: {value!r}"

    def _union(self, at: str, schema: Mapping[str, Any], value: object, home: str) -> list[str]:
        named = value.get("$type") if isinstance(value, dict) else None
        if named is None:
            return [f"{at} does not say which of several it is"]
        whole = [ref if not ref.startswith("#") else home + ref for ref in schema["refs"]]
        if named not in whole:
            return [f"{at} is {named}, which is none of {', '.join(whole)}"]
        return self._at(at, named, value, home)

    def _at(self, at: str, ref: str, value: object, home: str) -> list[str]:
        document, _, name = (home + ref if ref.startswith("#") else ref).partition("#")
        schema = self._defs.get(document, {}).get(name or "main")
        if schema is not None and schema["type"] == "record":
            schema = schema["record"]
        return [] if schema is None else self._faults(at, schema, value, document)
