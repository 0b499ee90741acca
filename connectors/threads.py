"""Threads: posts that Meta's keyword search finds for a client's query. Needs a token of an app that Meta has approved for it.

developers.facebook.com/docs/threads/keyword-search. An app that is not approved for `threads_keyword_search` finds only the posts of
its own account, without a word: so it is proved once a day that others are heard.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from listener.connector import (
    JSON,
    Answer,
    Author,
    Connector,
    Found,
    Http,
    KeyedOptions,
    Meter,
    NeedsAttention,
    Page,
    Query,
    Refused,
    Search,
    Trouble,
    TryLater,
    reads_json,
)
from listener.connector.ask import one_by_one, rarest
from listener.connector.plain import absolute, cleaned, one_line
from listener.connector.values import at, count, is_token, kept, moment, parsed, refused, text, web_address
from listener.connector.walk import Read, Walk

API = "https://graph.threads.net/v1.0"
HITS = 100
MOST_PAGES = 10
OVERLAP = timedelta(hours=2)
METER = "searches"
COMMON = "the"  # what strangers write all the time
PROVED_FOR = timedelta(days=1)
FIELDS = (
    "id,text,media_type,permalink,timestamp,username,has_replies,is_quote_post,is_reply,link_attachment_url"
)
_KEPT = ("id", "media_type", "permalink", "timestamp", "username", "has_replies", "is_quote_post", "is_reply")
_ANEW = "get a new one at developers.facebook.com, with threads_basic and threads_keyword_search"
_BUSY, _LIMITS, _RIGHTS = frozenset({1, 2}), frozenset({4, 17, 32, 613}), frozenset({10, *range(200, 300)})


class Limit(BaseModel):
    """What Meta lets one account search for; it has changed, and differs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    searches: int = Field(default=2_200, gt=0, description="Searches that find something.")
    hours: int = Field(default=24, gt=0, le=24 * 31, description="In so many hours.")


class ThreadsOptions(KeyedOptions):
    """One search; `search` is filled from a client's query."""

    token: SecretStr = Field(description="A long-lived access token of Threads.")
    limit: Limit = Field(
        default=Limit(), description="How often may be searched.", examples=[{"searches": 500, "hours": 168}]
    )
    days: int = Field(default=1, ge=1, le=30, description="How many days the first poll looks back.")
    site: str = Field(default=API, description="Where the API is, with its version.")
    search: str = Field(default="", description="What is asked; filled from the client's query.")

    @field_validator("token")
    @classmethod
    def _a_token(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value().strip()
        if "|" in secret:
            raise ValueError(f"this is the token of an app, and Threads wants that of an account: {_ANEW}")
        if secret.startswith("EAA"):
            raise ValueError(f"this is a token of Facebook, and Threads has its own: {_ANEW}")
        if not is_token(secret):
            raise ValueError(f"this is no access token: {_ANEW}")
        return SecretStr(secret)

    @field_validator("site")
    @classmethod
    def _web_address(cls, value: str) -> str:
        return web_address(value)


def search(queries: Mapping[str, Query], options: ThreadsOptions) -> Sequence[Search[ThreadsOptions]]:
    """One search for the rarest term of each way to satisfy a query: Threads takes one keyword or phrase, and has no OR."""
    return one_by_one(queries, options, rarest, most=0)


def scope(options: ThreadsOptions) -> str:
    """The words; the address only where it is another than Meta's own."""
    return f"{'' if options.site == API else options.site} search {options.search}".strip()


def fetch(http: Http, options: ThreadsOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from new to old; what is left over when the page limit comes is read by the next poll."""
    _prove(http, options)
    anew = http.fresh and at(cursor, "below") is None  # to a client that is new all of it is
    walk = Walk.resumed(None if anew else cursor, http.now, days=options.days, overlap=OVERLAP)
    yield from walk.pages(Asking(http, options).ask, most=MOST_PAGES)


class Asking:
    """One poll's way down: by Threads' mark where it gave one, else by time."""

    def __init__(self, http: Http, options: ThreadsOptions) -> None:
        self._http = http
        self._options = options
        self._mark = ""
        self._seen: frozenset[str] = frozenset()

    def ask(self, walk: Walk) -> Read:
        asked = {"since": str(walk.floor // 1000)}
        if self._mark:
            asked["after"] = self._mark
        elif walk.below is not None:
            asked["until"] = str(walk.below // 1000 + 1)
        posts = _search(self._http, self._options, self._options.search or COMMON, asked)
        ids = frozenset(one.external_id for one in posts.found)
        if ids and ids <= self._seen and posts.more:
            raise TryLater("Threads gives the same page again and again: it is asked again later.")
        self._seen, self._mark = self._seen | ids, posts.mark
        times = [_ms(one.published_at) for one in posts.found if one.published_at is not None]
        return Read(
            found=posts.found,
            refused=posts.refused,
            newest=max(times, default=None),
            below=min(times, default=walk.below),
            count=len(posts.found),
            last=not posts.more,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """One answer, read. `more` says that there may be older ones, `mark` is Threads' own for the next page."""

    found: tuple[Found, ...]
    refused: tuple[Refused, ...]
    mark: str
    more: bool


def _search(http: Http, options: ThreadsOptions, words: str, asked: Mapping[str, str]) -> Posts:
    """One search, which counts only where it finds something."""
    http.reserve(METER)
    spent = 0.0
    try:
        wanted = {"q": words, "search_type": "RECENT", "fields": FIELDS, "limit": str(HITS), **asked}
        answer = _get(http, options, "keyword_search", wanted)
        posts = http.apart(read_posts, answer.body, http.now)
        spent = 1.0 if posts.found or posts.refused else 0.0
    finally:
        http.settle(METER, spent)
    return posts


def _get(http: Http, options: ThreadsOptions, what: str, asked: Mapping[str, str]) -> Answer:
    answer = http.get(
        f"{options.site}/{what}",
        params=asked,
        accept="application/json",
        conditional=False,
        headers={"authorization": f"Bearer {options.token.get_secret_value()}"},
        reads=(400, 401, 403),
    )
    if answer.status != 200:
        raise _trouble(answer)
    return answer


def _trouble(answer: Answer) -> Trouble:
    """What Meta's error means: its code says more than the status."""
    error = at(parsed(answer.body, "Threads"), "error") if answer.body[:1] == b"{" else None
    code, subcode = count(error, "code"), count(error, "error_subcode")
    said = f"Threads says “{one_line(text(error, 'message'))[:200] or 'no reason given'}” ({answer.status})."
    if code in _BUSY:
        return TryLater(f"Threads has a fault of its own: it is asked again later. {said}")
    if code in _LIMITS:
        return TryLater(
            f"Threads says that we ask too often: it is asked again later. {said}", after=timedelta(hours=1)
        )
    if code == 190 and subcode == 463:
        return NeedsAttention(f"The token for Threads has expired, as it does after 60 days: {_ANEW}.")
    if code == 190 or answer.status == 401:
        return NeedsAttention(f"Threads does not know this token, or it was revoked: {_ANEW}. {said}")
    if code in _RIGHTS or answer.status == 403:
        return NeedsAttention(f"The token for Threads may not search: {_ANEW}. {said}")
    return NeedsAttention(f"Threads does not accept the request. {said}")


def _prove(http: Http, options: ThreadsOptions) -> None:
    """Raises NeedsAttention where only the account's own posts are searched; asked once a day, for it looks like silence."""
    proved = moment(http.recall("heard_others_at"), http.now)
    if proved is not None and http.now - proved < PROVED_FOR:
        return
    me = text(parsed(_get(http, options, "me", {"fields": "id,username"}).body, "Threads"), "username")
    if not me:
        raise TryLater("Threads answered without the account of this token: it is asked again later.")
    heard = _search(http, options, COMMON, {})
    if not any(one.author and one.author.key != me.casefold() for one in heard.found):
        raise NeedsAttention(
            f"Threads shows this token only what @{me} wrote: Meta has to approve its app for threads_keyword_search (App Review)."
        )
    http.remember("heard_others_at", http.now.isoformat())


@reads_json
def read_posts(body: bytes, now: datetime) -> Posts:
    """Read an answer; pure. Raises TryLater where it is none."""
    answer = parsed(body, "Threads")
    data = at(answer, "data")
    if not isinstance(data, list):
        raise TryLater("Threads answered without a list of posts: it is asked again later.")
    read = [_post(post, now) for post in data]
    found = tuple(one for one in read if isinstance(one, Found))
    if data and not found:
        raise TryLater("Threads answered with posts that have no id or no time: it is asked again later.")
    return Posts(
        found=found,
        refused=tuple(one for one in read if isinstance(one, Refused)),
        mark=text(at(answer, "paging", "cursors"), "after"),
        more=len(data) >= HITS or bool(text(at(answer, "paging"), "next")),
    )


def _post(post: Any, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    external_id, written = one_line(text(post, "id")), moment(at(post, "timestamp"), now)
    if not external_id or written is None:
        return refused("This post of Threads has no id or no time.", post)
    handle = one_line(text(post, "username"))
    page = text(post, "permalink")
    attached = text(post, "link_attachment_url")
    link = absolute(attached, "https://www.threads.com") if attached else None
    return Found(
        external_id=external_id,
        text=cleaned(text(post, "text")),
        url=absolute(page, "https://www.threads.com") if page else None,
        author=Author(key=handle.casefold(), handle=handle, url=f"https://www.threads.com/@{handle}")
        if handle
        else None,
        author_hidden=not handle,
        published_at=written,
        form="comment" if at(post, "is_reply") is True else "post",
        links=(link,) if link and link.startswith("http") else (),
        raw=kept(post, _KEPT),
    )


def _ms(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def check(http: Http, options: ThreadsOptions) -> str:
    """Prove that strangers are heard, and search once."""
    _prove(http, options)
    posts = _search(
        http,
        options,
        options.search or COMMON,
        {"since": str(_ms(http.now - timedelta(days=options.days)) // 1000)},
    )
    more = " or more" if posts.more else ""
    return f"Threads answers: {len(posts.found)}{more} posts in {options.days} days for {options.search or COMMON}."


CONNECTOR = Connector(
    kind="threads",
    summary="Posts on Threads that its keyword search finds.",
    options=ThreadsOptions,
    scope=scope,
    place=lambda _: "",  # a post has one number, whatever finds it
    fetch=fetch,
    search=search,
    default_every=timedelta(minutes=30),
    least_interval=timedelta(minutes=10),
    check=check,
    needs="a key",
    terms="Meta's platform terms: kept only as long as it is needed for what the app was approved for, and deleted on request.",
    meters=lambda options: (
        Meter(
            name=METER,
            unit="searches of Threads",
            most=options.limit.searches,
            per=timedelta(hours=options.limit.hours),
        ),
    ),
)
