"""Texts that another program hands in to be scored, one JSON object a line. A wrong line is told with its number and costs only itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO

from listener.cli.items import LONGEST, Wrong
from listener.domain.client import Client

__all__ = ["LIST", "Text", "Wrong", "client_named", "read"]

LIST = ""
"""The watch list of clients that no configuration knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line: `client` is the name that it is scored toward, "" for the text as a whole; `lang` is the place's own word."""

    id: str | int | float | None
    text: str
    client: str = ""
    title: str | None = None
    lang: str | None = None


@lru_cache(maxsize=10_000)
def client_named(name: str) -> Client:
    """A client of whom nothing is known but the name; "" is nobody, whom no text names."""
    return Client(id=name, name=name, watch_list=LIST, query="")


def read(lines: BinaryIO) -> Iterator[Text | Wrong]:
    """Every line that is not empty, in order, without holding more than one of them."""
    number = 0
    while raw := lines.readline(LONGEST + 1):
        number += 1
        if len(raw) > LONGEST:
            while raw and not raw.endswith(b"\n"):
                raw = lines.readline(LONGEST)
            yield Wrong(
                line=number, reason=f"is longer than {LONGEST // 2**20} MB: write one text on each line"
            )
        elif not raw.isspace():
            yield _read(raw, number)


def _read(raw: bytes, number: int) -> Text | Wrong:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return Wrong(line=number, reason='is not JSON: write {"id": …, "text": …, "client": …}')
    reason = _unfit(data)
    if reason:
        return Wrong(line=number, reason=reason)
    return Text(
        id=data.get("id"),
        text=data.get("text") or "",
        client=data.get("client") or "",
        title=data.get("title"),
        lang=data.get("lang"),
    )


def _unfit(data: Any) -> str:  # noqa: ANN401 - as JSON has it
    """What is wrong with a line; "" if nothing is. A text that is missing or null is scored like an empty one."""
    if not isinstance(data, dict):
        return "holds no JSON object"
    for key in ("text", "client", "title", "lang"):
        if not isinstance(data.get(key), str | None):
            return f"has a {key} that is no text"
    if not isinstance(data.get("id"), str | int | float | None):
        return "has an id that is neither a text nor a number"
    return ""
