"""Meta's Graph API, as the pages of Facebook and the accounts of Instagram are read by it (developers.facebook.com/docs/graph-api).

The token goes into a header. Of `paging` only the cursor is taken: `paging.next` is an address that holds the token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field, SecretStr, field_validator

from listener.connector import values
from listener.connector.contract import (
    JSON,
    Answer,
    Http,
    KeyedOptions,
    NeedsAttention,
    Page,
    Trouble,
    TryLater,
    UsedUp,
)
from listener.connector.marked import Ask, Reach, Sheet, StaleMark, milliseconds, pages
from listener.connector.plain import one_line
from listener.connector.status import judged
from listener.domain.found import Found, Refused
from listener.domain.meter import Meter

API = "https://graph.facebook.com"
EXPLORER = "https://developers.facebook.com/tools/explorer"
HITS = 50
FEWER = 10  # once Meta has said that it is too much
MOST_POSTS = 10  # whose comments one poll reads
MOST_PAGES = 5
METER = "calls"
REFUSALS = (400, 401, 403, 404, 429, 500)
REACH_OF_COMMENTS = timedelta(days=1)

Item = Callable[[Any, datetime], Found | Refused | None]


class GraphOptions(KeyedOptions):
    """What every kind that is asked by the Graph API takes."""

    token: SecretStr = Field(description="The access token that the client has granted.")
    version: str = Field(default="v26.0", description="The version of the Graph API.", examples=["v27.0"])
    days: int = Field(default=7, ge=1, le=365, description="How many days the first poll looks back.")

    @field_validator("token")
    @classmethod
    def _a_token(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value().strip()
        if "|" in secret:
            raise ValueError(
                f"this is the token of an app, which no client has granted: make one at {EXPLORER}"
            )
        if secret.startswith(("IGAA", "IGQ", "THAA")):
            raise ValueError(
                f"this is a token of another login of Meta's: make one of the Facebook login at {EXPLORER}"
            )
        if not values.is_token(secret) or "=" in secret:
            raise ValueError(f"this is no access token: make one at {EXPLORER}")
        return SecretStr(secret)

    @field_validator("version")
    @classmethod
    def _a_version(cls, value: str) -> str:
        version = f"v{value.strip().removeprefix('v')}"
        if not re.fullmatch(r"v\d{1,3}\.\d", version):
            raise ValueError(f"“{value}” is no version of the Graph API: write it as in v26.0")
        return version


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What an error of the Graph API says; zero where it gives no code."""

    code: int = 0
    subcode: int = 0
    said: str = ""
    passing: bool = False


def get(http: Http, options: GraphOptions, path: str, asked: Mapping[str, str], *, place: str) -> Answer:
    """One request; parameters that are empty are left out. `place` is how it is called in sentences."""
    answer = http.get(
        f"{API}/{options.version}/{path}",
        params={name: said for name, said in asked.items() if said},
        accept="application/json",
        conditional=False,
        headers={"authorization": f"Bearer {options.token.get_secret_value()}"},
        reads=REFUSALS,
        meter=METER,
    )
    if answer.status in REFUSALS:
        refusal = http.apart(read_refusal, answer.body)
        if asked.get("after") and refusal.code == 100 and "cursor" in refusal.said.casefold():
            raise StaleMark
        if "reduce the amount of data" in refusal.said:
            http.remember("rows", FEWER)
        raise trouble(http, answer, refusal, options, place=place)
    return answer


def rows_asked(http: Http) -> str:
    """How many rows a page may have."""
    return str(FEWER if http.recall("rows") == FEWER else HITS)


def read_refusal(body: bytes) -> Refusal:
    """The error of an answer; an empty one where it is none of Meta's. Pure."""
    try:
        error = values.table(values.parsed(body, ""), "error")
    except TryLater:
        return Refusal()
    return Refusal(
        code=values.count(error, "code") or 0,
        subcode=values.count(error, "error_subcode") or 0,
        said=one_line(values.text(error, "message"))[:300],
        passing=error.get("is_transient") is True,
    )


NO_HASHTAG, TOO_MANY_HASHTAGS = 2_207_024, 2_207_034  # subcodes
_LIMITS = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_015)})
_PERMISSION = re.compile(
    r"\b(?:pages|instagram|business|ads|catalog)_\w+|(?:Page|Instagram) Public Content Access"
)
_STATES = {
    463: "has expired",
    460: "ended when its owner changed the password",
    458: "ended when its owner removed the app",
    459: "is held back until its owner logs in to Facebook",
    464: "is held back until its owner has confirmed the account",
    467: "was revoked",
    492: "belongs to a person who has no role at the page any more",
}


def trouble(http: Http, answer: Answer, refusal: Refusal, options: GraphOptions, *, place: str) -> Trouble:
    """What to do about an error: its code says more than the status."""
    code, said = refusal.code, f"It says “{refusal.said}”." if refusal.said else ""
    if code in _LIMITS:
        sentence = f"{place} says that we ask too often ({code}): it is asked again later."
        return TryLater(sentence, after=timedelta(hours=1))
    if refusal.subcode == TOO_MANY_HASHTAGS:
        sentence = "Instagram says that this account has asked for its 30 hashtags of the week: it is asked again tomorrow."
        account = f"instagram/{options.credential}/hashtags"
        return UsedUp(sentence, after=timedelta(days=1), account=account)
    if code in {1, 2} or refusal.passing:
        return TryLater(f"{place} has a fault of its own ({code}): it is asked again later. {said}".strip())
    if not code:
        return judged(answer, now=http.now)
    return NeedsAttention(f"{_attention(refusal, options, place)} {said}".strip())


def _attention(refusal: Refusal, options: GraphOptions, place: str) -> str:
    code, subcode = refusal.code, refusal.subcode
    if code in {102, 190}:
        state = _STATES.get(subcode, "is not valid")
        return f"The token for {place} {state} ({code}): ask the client to grant it anew, and put the new one in its place."
    if code in {3, 10} or 200 <= code < 300:
        named = " and ".join(dict.fromkeys(_PERMISSION.findall(refusal.said))) or "a permission"
        return f"The token for {place} lacks {named} ({code}): ask the client to grant it."
    if code in {12, 2500, 2635} or "deprecated version" in refusal.said:
        return f"{place} knows no {options.version} of the Graph API, or no longer ({code}): write another `version`."
    if subcode == NO_HASHTAG:
        return f"{place} knows no such hashtag, or does not show it ({code}): take it out."
    if code == 803 or subcode == 33:
        return (
            f"{place} has nothing of this name, or does not show it to this token ({code}): "
            "check the id, and whose token it is."
        )
    return f"{place} does not accept the request ({code})."


def read_edge(body: bytes, place: str, now: datetime, item: Item, count: str = "") -> Sheet:
    """A page of rows; pure. Raises TryLater where it is none.

    `count` names what tells that a post has new comments: rows are then of each post its id, and what was told of it.
    """
    answer = values.parsed(body, place)
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list):
        raise TryLater(f"{place} answered without a list of items: it is asked again later.")
    times = [
        values.moment(row.get("created_time") or row.get("timestamp"), now)
        for row in data
        if isinstance(row, Mapping)
    ]
    if data and not any(times):
        raise TryLater(f"{place} answered with items that have no time: it is asked again later.")
    paging = values.table(answer, "paging")
    mark = values.text(values.table(paging, "cursors"), "after") if paging.get("next") else ""
    return Sheet.of(
        [item(row, now) for row in data],
        times=milliseconds(times),
        rows=tuple(_commented(row, count) for row in data if values.text(row, "id")) if count else (),
        mark=mark,
    )


def _commented(row: Mapping[str, Any], count: str) -> tuple[str, int, str]:
    """A post, how many comments it has, and what changes with them."""
    number = total(row, count) if isinstance(row.get(count), Mapping) else values.count(row, count)
    return values.text(row, "id"), number or 0, f"{number} {values.text(row, 'updated_time')}"


def total(row: Any, name: str) -> int | None:  # noqa: ANN401 - whatever JSON holds
    """How many there are of an edge, by its summary."""
    return values.count(values.table(values.table(row, name), "summary"), "total_count")


def edge(
    http: Http,
    options: GraphOptions,
    path: str,
    item: Item,
    asked: Mapping[str, str],
    *,
    place: str,
    since: bool = False,
) -> Ask:
    """How an edge is asked for, page by page; `since` where it can be asked for what is newer than a time."""

    def ask(mark: str, floor: int) -> Sheet:
        given = {**asked, "limit": rows_asked(http), "after": mark}
        given |= {"since": str(floor // 1000)} if since else {}
        answer = get(http, options, path, given, place=place)
        return http.apart(read_edge, answer.body, place, http.now, item)

    return ask


def comments(
    http: Http, posts: Sheet, ask: Callable[[str], Ask], cursor: JSON, reach: Reach
) -> Iterator[Page]:
    """The comments on recent posts, of those that had something new since they were read; ten posts in one poll.

    `posts` has rows as `read_edge` gives them. What is remembered of posts that are no longer recent is forgotten.
    """
    known = {
        name: dict(values.table(cursor, name)) for name, _, _ in posts.rows if values.table(cursor, name)
    }
    read, cut = 0, False
    for name, number, sign in posts.rows:
        mine = known.get(name, {})
        if not number or (mine.get("told") == sign and not cut_short(mine)):
            continue
        if read == MOST_POSTS:
            yield Page(cursor={**known, "more": True}, truncated=True)
            return
        read += 1
        for page in pages(ask(name), mine.get("walk"), reach, now=http.now, most=MOST_PAGES):
            known[name] = {"walk": page.cursor, "told": sign}
            cut = cut or page.truncated
            yield replace(page, cursor=dict(known), truncated=cut)


def cut_short(mine: Mapping[str, JSON]) -> bool:
    """Whether the reading of these comments has not come to its end."""
    return bool(values.text(mine.get("walk"), "mark"))


def meters() -> tuple[Meter]:
    """Meta tells in percent how much of what an app may ask is used."""
    return (Meter(name=METER, unit="calls to Meta", per=timedelta(hours=1)),)
