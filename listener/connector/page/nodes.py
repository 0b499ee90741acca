"""The objects in the structured data of a page, by extruct: JSON-LD and microdata alike. Runs in a child: see `Http.apart`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from listener.connector.page.bytes import Tree, walked

PROPERTIES_CAP = 6_000
PROPERTIES_DEPTH = 16
SCRIPTS_CAP = 50
SCRIPT_CAP = 1_000_000

Node = Mapping[str, Any]


def nodes(tree: Tree, url: str) -> Iterator[Node]:
    """Every object in the structured data of a page, outer ones first, microdata written as JSON-LD is."""
    waiting: list[object] = [*_json_ld(tree), *_microdata(tree, url)]
    waiting.reverse()
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, Mapping):
            yield value
            waiting.extend(reversed([inner for inner in value.values() if isinstance(inner, list | Mapping)]))


def _json_ld(tree: Tree) -> Iterator[object]:
    scripts = [script for script in tree.iter("script") if "ld+json" in (script.get("type") or "")]
    if not scripts:
        return
    from extruct.jsonld import JsonLdExtractor

    extractor = JsonLdExtractor()
    for script in scripts[:SCRIPTS_CAP]:
        if len(script.text or "") <= SCRIPT_CAP:
            try:  # each alone: one broken script costs itself
                yield from extractor.extract_items(script)
            except (ValueError, RecursionError):
                continue


def _microdata(tree: Tree, url: str) -> Iterator[object]:
    if not tree.xpath("boolean(//*[@itemscope])") or _is_heavy(tree):
        return
    from extruct.w3cmicrodata import MicrodataExtractor

    try:
        items = MicrodataExtractor().extract_items(tree, url)
    except (ValueError, RecursionError):  # e.g. an itemref that names its own parent
        return
    for item in items:
        yield _as_json_ld(item, depth=20)


def _is_heavy(tree: Tree) -> bool:
    """Whether extruct would take long: it is cubic in how deep items stand in items (67 s at a depth of 900)."""
    count = depth = 0
    for event, element in walked(tree):
        if element.get("itemprop") is not None or element.get("itemscope") is not None:
            depth += 1 if event == "start" else -1
            count += 1
            if depth > PROPERTIES_DEPTH or count > 2 * PROPERTIES_CAP:
                return True
    return False


def _as_json_ld(value: object, *, depth: int) -> object:
    if depth == 0:
        return None
    if isinstance(value, list):
        return [_as_json_ld(inner, depth=depth - 1) for inner in value]
    if not isinstance(value, Mapping):
        return value
    properties = value.get("properties")
    named = properties if isinstance(properties, Mapping) else {}
    flat = {name: _as_json_ld(inner, depth=depth - 1) for name, inner in named.items()}
    return {"@type": value.get("type"), "@id": value.get("id"), **flat}
