"""Values out of JSON for whose types nobody vouches, as several connectors read them. Pure; what is not so is None or empty."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from listener.connector.at_once import reads_json
from listener.connector.contract import JSON, TryLater
from listener.connector.plain import one_line
from listener.domain.found import Refused

FIRST = datetime(1995, 1, 1, tzinfo=UTC)
"""Nothing was posted anywhere before."""


@reads_json
def parsed(body: bytes, place: str) -> JSON:
    """The body as JSON, without infinities. Raises TryLater where it is none."""
    try:
        return json.loads(body, parse_constant=str)
    except (ValueError, RecursionError):
        raise TryLater(f"{place} did not answer with JSON: it is asked again later.") from None


def told(body: bytes) -> JSON:
    """The body of a refusal as JSON; None where it is none."""
    try:
        return json.loads(body, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def text(where: Any, key: str) -> str:  # noqa: ANN401 - whatever JSON holds
    """The text under `key`, or an empty one."""
    value = where.get(key) if isinstance(where, Mapping) else None
    return value if isinstance(value, str) else ""


def count(where: Any, key: str) -> int | None:  # noqa: ANN401 - whatever JSON holds
    """A whole number from 0 on that a database can hold."""
    value = where.get(key) if isinstance(where, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def table(where: Any, key: str) -> Mapping[str, Any]:  # noqa: ANN401 - whatever JSON holds
    """The object under `key`, or an empty one."""
    value = where.get(key) if isinstance(where, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def at(where: Any, *path: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """What stands at the end of these keys, each in the object under the one before; None where there is nothing."""
    for key in path:
        where = where.get(key) if isinstance(where, Mapping) else None
    return where


def each(where: Any, *path: str) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - whatever JSON holds
    """The objects of the list at the end of these keys; what else stands in it is left out."""
    value = at(where, *path)
    yield from (one for one in (value if isinstance(value, list) else ()) if isinstance(one, Mapping))


def refused(reason: str, item: JSON) -> Refused:
    """An item set aside with its reason."""
    return Refused(reason=reason, payload=json.dumps(item).encode())


def moment(value: object, now: datetime) -> datetime | None:
    """An ISO time in UTC that can be: not before the web, not after tomorrow. Without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        at = at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
        at = at.astimezone(UTC) if at is not None else None
    except (ValueError, OverflowError):
        return None
    return at if at is not None and FIRST < at <= now + timedelta(days=1) else None


def counts(where: Any, **names: str) -> dict[str, int]:  # noqa: ANN401 - whatever JSON holds
    """Engagement: our names, each with the place's key."""
    read = {name: count(where, key) for name, key in names.items()}
    return {name: number for name, number in read.items() if number is not None}


def kept(where: Mapping[str, Any], keys: Iterable[str]) -> dict[str, JSON]:
    """The texts, numbers and truths under these keys, for `raw`."""
    return {key: _clean(where[key]) for key in keys if isinstance(where.get(key), str | int | bool)}


def _clean(value: Any) -> JSON:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, str):
        return one_line(value)
    return value if abs(value) < 2**63 else None


def is_token(written: str) -> bool:
    """Whether it can be a key or a token, as headers hold them: one word of ASCII."""
    return bool(written) and written.isascii() and written.isprintable() and " " not in written


def web_address(written: str) -> str:
    """An address with its scheme, without a slash at its end. Raises ValueError with a sentence where it has none."""
    if not written.startswith(("https://", "http://")):
        raise ValueError("this is no web address: write it with https://")
    return written.rstrip("/")


def origin_of(written: str) -> str:
    """`https://host` of a host or of any address there. Raises ValueError with a sentence where it is neither."""
    value = written.strip().rstrip("/")
    whole = value if "://" in value else f"https://{value}"
    try:
        parts = urlsplit(whole)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("https://")
    known = parts.scheme in {"https", "http"} and not parts.username
    if not known or not host or " " in host or ("." not in host and host != "localhost"):
        raise ValueError(f"“{written}” is no host: write it as in https://forum.example")
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


_PROFILE = re.compile(r"/(?:@|users/|u/|c/)?([^/@]+)(?:@([^/@]+))?")


def federated(written: str, *, as_in: str) -> str:
    """`name@host`, or `name` of the instance that is asked, from a handle or a page's address, in small letters.

    Raises ValueError with a sentence where it is neither; `as_in` is how it could be written.
    """
    value = written.strip().rstrip("/")
    if "://" in value:
        host, _, path = value.partition("://")[2].partition("/")
        found = _PROFILE.fullmatch(f"/{path}")
        value = f"{found[1]}@{found[2] or host}" if found else ""
    name = value.removeprefix("@").removeprefix("!").casefold()
    if not re.fullmatch(r"[\w.-]+(@[\w.-]+\.[\w-]+(:\d+)?)?", name):
        raise ValueError(f"“{written}” is no name there: write it as in {as_in}")
    return name
