"""The official contracts of places (OpenAPI, Google's discovery documents, Meta's lists of fields): what we send and what our recordings answer is held against them.

They are other people's and stand beside the checkout; where they do not, whoever asks is skipped with the reason. A kind whose
place has such a contract gets one line in `CONTRACTS`.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import official_discovery
import official_graph
import pytest

from listener.connector.testing import Reply

SPECS = Path(__file__).resolve().parents[1].parent / "shared" / "specs"


@dataclass(frozen=True, slots=True)
class Contract:
    """Where the contract of a kind's place is written.

    files      below shared/specs; where there are several, an exchange must hold by one of them
    elsewhere  beginnings of paths that we know it leaves out (a token's address): they are not held against anything
    written    in which form: "openapi"; "discovery" as Google does; "graph" as Meta does
    """

    files: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    written: Literal["openapi", "discovery", "graph"] = "openapi"


CONTRACTS: dict[str, Contract] = {
    "discourse": Contract(("discourse/discourse-openapi.trimmed.json",)),
    "github": Contract(("github/github-search.trimmed.json",), elsewhere=("/graphql",)),
    "mastodon": Contract(("mastodon/mastodon-openapi.trimmed.json",)),
    "x": Contract(("x/openapi-2026-07-06-tweet-names.json", "x/openapi-2026-08-22-post-names.json")),
    "facebook_page": Contract(("facebook/Page.json", "facebook/PagePost.json"), written="graph"),
    "instagram": Contract(
        ("facebook/IGUser.json", "facebook/IGMedia.json", "facebook/ShadowIGHashtag.json"), written="graph"
    ),
    "youtube": Contract(
        ("youtube/youtube.v3.trimmed.json",), elsewhere=("/feeds/videos.xml",), written="discovery"
    ),
}


def faults(kind: str, method: str, url: str, reply: Reply) -> list[str]:
    """What the official contract of this kind has against an exchange, one sentence each; empty where it holds."""
    contract = CONTRACTS[kind]
    if urlsplit(url).path.startswith(contract.elsewhere or ("\0",)):
        return []
    told = [list(_held(contract, file, method, url, reply)) for file in contract.files]
    return min(told, key=lambda one: (any("not found" in fault for fault in one), len(one)))


def _held(contract: Contract, file: str, method: str, url: str, reply: Reply) -> Iterator[str]:
    if contract.written == "openapi":
        return _against(_loaded(file), method, url, reply)
    path = SPECS / file
    if not path.exists():
        pytest.skip(f"the official contract (shared/specs/{file}) is not beside the checkout")
    by = official_discovery if contract.written == "discovery" else official_graph
    return by.against(path, method, url, reply)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A contract, ready to be asked. `server` stands for every instance where the place is one of many."""

    api: Any
    server: str | None


@cache
def _loaded(file: str) -> _Loaded:
    openapi = pytest.importorskip(
        "openapi_core", reason="openapi-core is not installed (the dev group has it)"
    )
    path = SPECS / file
    if not path.exists():
        pytest.skip(f"the official contract (shared/specs/{file}) is not beside the checkout")
    document = json.loads(path.read_text(encoding="utf-8"))
    for told in (document, *(each for path in document["paths"].values() for each in path.values())):
        if isinstance(told, dict):
            told.pop("security", None)  # recordings hold no keys
    (server, *_) = document["servers"]
    many = {name: told["default"] for name, told in server.get("variables", {}).items()}
    trusted = openapi.Config(
        spec_validator_cls=None, extra_media_type_deserializers={"application/problem+json": json.loads}
    )  # a contract that is published needs no proof, which takes seconds
    return _Loaded(
        api=openapi.OpenAPI.from_dict(document, trusted),
        server=server["url"].format(**many) if many else None,
    )


def _against(loaded: _Loaded, method: str, url: str, reply: Reply) -> Iterator[str]:
    """A status above 399 that the contract does not name is not held against it: places have more troubles than they declare."""
    from openapi_core.templating.paths.exceptions import PathError
    from openapi_core.templating.responses.exceptions import ResponseNotFound

    request = _Request(loaded, method, url)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of parameters that the place would see go
        try:
            declared = _declared(loaded, request)
        except PathError as error:
            yield f"{method} {url}: {error}."
            return
        for name in sorted(set(request.parameters.query) - declared):
            yield f"{method} {url}: there is no query parameter {name}; it knows {', '.join(sorted(declared))}."
        for error in loaded.api.iter_request_errors(request):
            yield f"{method} {url}: {_reasons(error)}"
        for error in loaded.api.iter_response_errors(request, _Response(reply)):
            if not (isinstance(error, ResponseNotFound) and reply.status >= 400):
                yield f"{method} {url} answers {reply.status}: {_reasons(error)}"


def _declared(loaded: _Loaded, request: _Request) -> set[str]:
    """The query names of an operation: openapi-core lets others pass."""
    from openapi_core.templating.paths.finders import APICallPathFinder

    found = APICallPathFinder(loaded.api.spec).find(request.method, request.full_url)
    either = [*(found.path / "parameters" if "parameters" in found.path else ())]
    either += [*(found.operation / "parameters" if "parameters" in found.operation else ())]
    return {(one / "name").read_str() for one in either if (one / "in").read_str() == "query"}


def _reasons(error: BaseException) -> str:
    """The error, what caused it, and what a schema says in particular."""
    said, cause = [], error
    while cause is not None:
        said.append(str(cause).strip())
        said += [
            f"{'/'.join(map(str, one.absolute_path))}: {one.message}"[:300]
            for one in getattr(cause, "schema_errors", ())
            if hasattr(one, "absolute_path")
        ]
        cause = cause.__cause__
    return " | ".join(dict.fromkeys(said))


class _Request:
    """openapi-core's protocol of a request. `any[]`, as Rails and PHP write lists, is the parameter `any`."""

    def __init__(self, loaded: _Loaded, method: str, url: str) -> None:
        from openapi_core.datatypes import RequestParameters
        from werkzeug.datastructures import MultiDict

        parts = urlsplit(url)
        self.host_url = loaded.server or f"{parts.scheme}://{parts.netloc}"
        self.path = parts.path
        self.full_url = f"{self.host_url}{self.path}"
        self.method = method.lower()
        self.content_type = "application/json"
        self.body = None
        asked = parse_qsl(parts.query, keep_blank_values=True)
        self.parameters = RequestParameters(
            query=MultiDict((name.removesuffix("[]"), value) for name, value in asked)
        )


class _Response:
    """openapi-core's protocol of a response."""

    def __init__(self, reply: Reply) -> None:
        from werkzeug.datastructures import Headers

        self.data = reply.body
        self.status_code = reply.status
        self.headers = Headers(dict(reply.headers))
        self.content_type = self.headers.get("content-type", "application/json")
