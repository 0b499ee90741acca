"""Being logged in at a server of Bluesky by an app password: asked as that account, refreshed, and logged in anew where that fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from listener.connector.atproto import error_of
from listener.connector.contract import Answer, Http, NeedsAttention, TryLater
from listener.domain.meter import Meter

METERS = (
    Meter(name="logins", unit="logins", most=30, per=timedelta(minutes=5)),
    Meter(name="daily logins", unit="logins", most=300, per="day"),
    Meter(name="requests", unit="requests", most=None, per=timedelta(minutes=5)),
)
"""What Bluesky's own servers let an account do (docs.bsky.app/docs/advanced-guides/rate-limits)."""
A_PAGE = 100
OLD_SEARCH = timedelta(days=7)
"""How long a server that lacked the new search is not asked for it again."""
SETTINGS = "https://bsky.app/settings/app-passwords"
NO_LONGER = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"})
NOT_OFFERED = frozenset({"MethodNotImplemented", "XRPCNotSupported"})


@dataclass(slots=True, kw_only=True)
class Session:
    """`pds` is the server of the account. What was remembered of another account or server is not used."""

    http: Http
    pds: str
    identifier: str
    password: str

    def search(self, said: str, *, since: str, page: str | None, new_page: bool) -> tuple[Answer, bool]:
        """Words, or `domain:HOST` for links, newest first: by the new search where the server has it, and whether it had.

        `page` leads on from an answer of the new search where `new_page` says so, else of the old one.
        """
        lacked = self.http.recall("old search")
        known_old = isinstance(lacked, int | float) and lacked > (self.http.now - OLD_SEARCH).timestamp()
        host = said.removeprefix("domain:")
        common = {"since": since, "limit": str(A_PAGE)}
        if not known_old:
            here = {"cursor": page} if page is not None and new_page else {}
            asked = {"query" if host == said else "domains": host, "sort": "recent", **common, **here}
            answer = self.get("app.bsky.feed.searchPostsV2", asked)
            if answer is not None:
                return answer, True
            self.http.remember("old search", self.http.now.timestamp())
        here = {"cursor": page} if page is not None and not new_page else {}
        linked = {} if host == said else {"domain": host}
        answer = self.get(
            "app.bsky.feed.searchPosts", {"q": said, **linked, "sort": "latest", **common, **here}
        )
        if answer is None:
            raise NeedsAttention(f"{self.pds} has no search of Bluesky: check the option pds.")
        return answer, False

    def get(self, method: str, params: Mapping[str, str]) -> Answer | None:
        """Ask as the account; None where the server does not offer this method."""
        known = self._recalled() or self._log_in()
        answer = self._ask(method, params, known)
        if _no_longer(answer):
            answer = self._ask(method, params, self._renewed(known))
        if answer.status == 200:
            return answer
        error = error_of(answer.body)
        if error in NOT_OFFERED or (answer.status in {404, 501} and not error):
            return None
        if _no_longer(answer):
            raise NeedsAttention(
                f"{self.pds} does not let {self.identifier} search: make a new app password at {SETTINGS}."
            )
        raise NeedsAttention(
            f"{self.pds} does not accept the search ({answer.status} {error}".rstrip() + "): check the query."
        )

    def _ask(self, method: str, params: Mapping[str, str], known: Mapping[str, str]) -> Answer:
        return self.http.get(
            f"{self.pds}/xrpc/{method}",
            params=params,
            accept="application/json",
            conditional=False,
            headers={"authorization": f"Bearer {known['access']}"},
            reads={400, 401, 404, 501},
            meter="requests",
        )

    def _recalled(self) -> dict[str, str] | None:
        known = self.http.recall("session")
        ours = isinstance(known, dict) and known.get("of") == f"{self.identifier} {self.pds}"
        return (
            known
            if ours and all(isinstance(known.get(name), str) for name in ("access", "refresh"))
            else None
        )

    def _renewed(self, spent: Mapping[str, str]) -> Mapping[str, str]:
        """Another poll may have refreshed it meanwhile; a refresh token that a crash has used up leads to a new login."""
        known = self._recalled()
        if known is not None and known["access"] != spent["access"]:
            return known
        answer = self.http.post(
            f"{self.pds}/xrpc/com.atproto.server.refreshSession",
            headers={"authorization": f"Bearer {spent['refresh']}"},
            reads={400, 401},
        )
        return self._kept(answer.json()) if answer.status == 200 else self._log_in()

    def _log_in(self) -> Mapping[str, str]:
        self.http.reserve("logins")
        self.http.reserve("daily logins")
        answer = self.http.post(
            f"{self.pds}/xrpc/com.atproto.server.createSession",
            json={"identifier": self.identifier, "password": self.password},
            reads={400, 401},
        )
        if answer.status != 200:
            raise NeedsAttention(self._why_not(error_of(answer.body)))
        return self._kept(answer.json())

    def _why_not(self, error: str) -> str:
        if error == "AuthFactorTokenRequired":
            return f"{self.pds} asks for a second factor: give an app password, made at {SETTINGS}, not the account's own."
        if error == "AccountTakedown":
            return f"The account {self.identifier} was taken down: give another one."
        return f"{self.pds} does not know {self.identifier} with this app password: make a new one at {SETTINGS}, or check the option pds."

    def _kept(self, told: Any) -> Mapping[str, str]:  # noqa: ANN401 - whatever JSON holds
        access, refresh = (
            told.get(name) if isinstance(told, dict) else None for name in ("accessJwt", "refreshJwt")
        )
        if (
            not isinstance(access, str)
            or not isinstance(refresh, str)
            or not access.isascii()
            or not access.isprintable()
        ):
            raise TryLater(f"{self.pds} logged us in without a session: it is asked again later.")
        if isinstance(told, dict) and told.get("active") is False:
            raise NeedsAttention(f"The account {self.identifier} is not active: give another one.")
        known = {"of": f"{self.identifier} {self.pds}", "access": access, "refresh": refresh}
        self.http.remember("session", known)
        return known


def _no_longer(answer: Answer) -> bool:
    return answer.status in {400, 401} and (answer.status == 401 or error_of(answer.body) in NO_LONGER)
