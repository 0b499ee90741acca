"""What libraries that speak through `requests` are given as their session: all that they ask goes through the one door.

The library keeps its knowledge of the place (addresses, parameters, errors); spacing, deadline, size cap, refusal of private
addresses and limits stay ours. tweepy: `client.session = Session(http, site="https://api.x.com")`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from listener.connector.contract import JSON, Answer, Http
from listener.domain import limits
from listener.door.retry_after import retry_after

if TYPE_CHECKING:
    from typing import Self

HANDED = frozenset({400, 401, 402, 403, 404, 409, 422, 429})
"""Errors that say more to the library, and to the connector, than to us; all others arrive as Trouble."""


class Answered:
    """An answer in the shape of requests' Response: what libraries look at, and no more.

    `after` is how long the place asks us to wait, if it does: by Retry-After, or else until its limit resets.
    """

    def __init__(self, answer: Answer, *, after: timedelta | None) -> None:
        from requests import structures  # noqa: TID251 - a mapping and no request; whoever needs us has it loaded

        self.status_code = answer.status
        self.ok = answer.status < 400
        self.url = answer.url
        self.content = answer.body
        self.headers: Mapping[str, str] = structures.CaseInsensitiveDict(answer.headers)
        self.reason = ""
        self.encoding = "utf-8"
        self.after = after

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self) -> JSON:
        """The body as JSON; raises the JSONDecodeError that libraries expect of requests."""
        from requests import exceptions  # noqa: TID251 - the class that the library catches

        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise exceptions.JSONDecodeError(str(error)[:200], "", 0) from None

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


class Session:
    """requests' Session as far as clients of JSON APIs use it: `request` and `close`.

    `site` takes the place of the scheme and host that the library has built in. `renamed` are names of parameters that are
    sent as others, `meter` what the next requests are counted by, `last` the last answer, whatever the library made of it.
    """

    def __init__(self, http: Http, *, site: str, handed: Collection[int] = HANDED) -> None:
        self.meter: str | None = None
        self.renamed: Mapping[str, str] = {}
        self.last: Answered | None = None
        self._http = http
        self._site = site.rstrip("/")
        self._handed = handed

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, object] | None = None,
        json: JSON = None,
        headers: Mapping[str, str] | None = None,
        auth: object = None,
        **others: Any,  # noqa: ANN401 - timeouts, redirects and certificates are the door's
    ) -> Answered:
        """Raises Trouble for what is not handed to the library, and ValueError for what has no place in our contract."""
        if auth is not None or others.keys() & {"data", "files"} or method.upper() not in {"GET", "POST"}:
            raise ValueError(f"A session of ours sends GET and POST with JSON and headers only, no {method}.")
        asked = self._site + urlsplit(url).path
        query = {self.renamed.get(name, name): str(value) for name, value in (params or {}).items()}
        sent = {
            name.lower(): value for name, value in (headers or {}).items() if name.lower() != "user-agent"
        }
        if method.upper() == "GET":
            answer = self._http.get(
                asked, params=query, accept="application/json", conditional=False,
                headers=sent, reads=self._handed, meter=self.meter,
            )  # fmt: skip
        else:
            answer = self._http.post(
                asked, params=query, json=json, headers=sent, reads=self._handed, meter=self.meter
            )
        self.last = Answered(answer, after=self._wait(answer))
        return self.last

    def close(self) -> None: ...

    def _wait(self, answer: Answer) -> timedelta | None:
        now = self._http.now
        if (after := retry_after(answer.headers, now=now)) is not None:
            return after
        left = limits.left(answer.headers, now=now) if answer.status == 429 else None
        return left.resets_at - now if left and left.resets_at else None
