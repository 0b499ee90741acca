"""X: posts that its search finds for a client's query, those of a list, of an account, and those that mention it. Paid by the post.

X's own words for its parts changed in 2026 (`tweet.fields` and `post.fields`, `referenced_tweets` and `referenced_posts`): both
are read, and which of them is sent is found out once. Prices: docs.x.com/x-api/getting-started/pricing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from listener.connector import (
    JSON,
    Connector,
    Http,
    KeyedOptions,
    Meter,
    Page,
    Query,
    Rechecked,
    Search,
    TryLater,
)
from listener.connector.questions import questions
from listener.connector.values import at, count, is_token, text, web_address
from listener.connector.x.api import OWNED_USD, POST_USD, RECHECKS, USD, Api, NotAccepted
from listener.connector.x.posts import Posts, counted, id_at, moment_of, number
from listener.connector.x.say import say

API = "https://api.x.com"
LONGEST = 512  # of a question
NO_RETWEETS = " -is:retweet"
MOST_PAGES = 10
LIST_FIRST = 20  # posts of a list's first page, which comes whether something is new or not
MOST_KNOWN = 300
MOST_SKIPS = 24  # searches in a row that a probe may spare
OVERLAP = timedelta(minutes=15)  # X shows a post some minutes after it was written
REACH = timedelta(days=7) - timedelta(minutes=5)  # of its search, and of since_id
_HANDLE = re.compile(
    r"(?:https?://)?(?:www\.|mobile\.)?(?:x|twitter)\.com/@?(\w{1,15})/?(?:\?.*)?|@?(\w{1,15})", re.ASCII
)
_LIST = re.compile(
    r"(?:(?:https?://)?(?:www\.|mobile\.)?(?:x|twitter)\.com/i/lists/)?(\d{1,19})/?(?:\?.*)?", re.ASCII
)
_OAUTH1 = re.compile(r"\d{1,19}-\w{30,50}", re.ASCII)
_KEY_OR_SECRET = re.compile(r"[A-Za-z0-9]{25}|[A-Za-z0-9]{45}|[A-Za-z0-9]{50}")
_BEARER = "take the Bearer Token of your app, under Keys and tokens at console.x.com"


class Budget(BaseModel):
    """What may be spent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    usd_per_month: float = Field(gt=0, description="US dollars in a calendar month (UTC).", examples=[50])


class XOptions(KeyedOptions):
    """One search, filled from a client's query; or one list, one account, or what mentions it."""

    token: SecretStr = Field(description="The bearer token of your app.")
    budget: Budget = Field(description="What may be spent at X in a month.", examples=[{"usd_per_month": 50}])
    list: str = Field(
        default="",
        description="A list, by its address or number.",
        examples=["https://x.com/i/lists/84839422"],
    )
    handle: str = Field(default="", description="An account whose posts are read.", examples=["@millssupply"])
    mentions: str = Field(
        default="", description="An account whose mentions are read.", examples=["@millssupply"]
    )
    accounts: tuple[str, ...] = Field(
        default=(),
        description="Accounts to tell by name among the authors, each looked up once: the client's own.",
    )
    authors: bool = Field(default=False, description="Read who wrote each post: name, handle and followers.")
    retweets: bool = Field(
        default=False, description="Read retweets, too, with what they repeat; in a list they always are."
    )
    probe: bool = Field(default=False, description="Ask how many posts there are before they are read.")
    owned: bool = Field(
        default=False, description="The account owns the app of this token: its posts and mentions cost less."
    )
    days: int = Field(default=1, ge=1, le=7, description="How many days the first poll looks back.")
    spelling: Literal["tweet", "post"] = Field(
        default="tweet", description="How X is asked for its fields at first."
    )
    site: str = Field(default=API, description="Where the API is.")
    search: str = Field(
        default="", description="What is asked, in X's syntax; filled from the client's query."
    )

    @field_validator("token")
    @classmethod
    def _a_bearer(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value().strip().removeprefix("Bearer ").strip()
        if _OAUTH1.fullmatch(secret):
            raise ValueError(f"this is an access token of OAuth 1.0a, which reads for one account: {_BEARER}")
        if _KEY_OR_SECRET.fullmatch(secret):
            raise ValueError(f"this is an API key or a secret, and no bearer token: {_BEARER}")
        if not is_token(secret):
            raise ValueError(f"this is no bearer token: {_BEARER}")
        return SecretStr(secret)

    @field_validator("list", mode="before")
    @classmethod
    def _a_list(cls, value: object) -> str:
        found = _LIST.fullmatch(str(value).strip())
        if value and not found:
            raise ValueError(
                "this is no list of X: write its address, such as https://x.com/i/lists/84839422"
            )
        return found[1] if found else ""

    @field_validator("handle", "mentions")
    @classmethod
    def _a_handle(cls, value: str) -> str:
        return _handle(value) if value else ""

    @field_validator("accounts")
    @classmethod
    def _handles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_handle(one) for one in value)

    @field_validator("site")
    @classmethod
    def _web_address(cls, value: str) -> str:
        return web_address(value)

    @model_validator(mode="after")
    def _one_place(self) -> XOptions:
        if sum(map(bool, (self.list, self.handle, self.mentions))) > 1:
            raise ValueError("one source reads a list, a handle or its mentions: make a source of each")
        return self

    @property
    def read_whole(self) -> bool:
        return bool(self.list or self.handle or self.mentions)


def _handle(value: str) -> str:
    found = _HANDLE.fullmatch(value.strip())
    if not found:
        raise ValueError("this is no handle of X: write up to 15 letters, digits and _, such as @millssupply")
    return (found[1] or found[2]).casefold()


def scope(options: XOptions) -> str:
    """What is read there; the address only where it is another than X's own."""
    there = "" if options.site == API else f"{options.site} "
    for what, which in (
        ("list", options.list),
        ("posts of", options.handle),
        ("mentions of", options.mentions),
    ):
        if which:
            return f"{there}{what} {which}"
    return f"{there}search {options.search}"


def search(queries: Mapping[str, Query], options: XOptions) -> Sequence[Search[XOptions]] | None:
    """As few searches as the queries fit into, for X bills what it finds and not who asks."""
    if options.read_whole:
        return None
    end = "" if options.retweets else NO_RETWEETS
    return [
        Search(
            options=options.model_copy(update={"search": f"({one.text}){end}"}),
            clients=one.clients,
            widened=one.widened,
        )
        for one in questions(queries, longest=LONGEST - len(end) - 2, say=say)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where the reading stands, in numbers of posts, which hold their times. It goes from the newest post down to `since`.

    top     the greatest number seen in this walk: the next one goes down to a little below it
    below   how far down this walk has come; None before its first page
    token   X's own mark for the next page, where there is one
    known   the greatest numbers seen on the UTC day `day`, which X does not bill again on it
    skips   how many searches in a row a probe has spared
    """

    since: int
    top: int
    below: int | None = None
    token: str | None = None
    known: frozenset[int] = frozenset()
    day: str = ""
    skips: int = 0

    @classmethod
    def resumed(cls, cursor: JSON, first: int) -> Walk:
        since = number(at(cursor, "since")) or first
        known = at(cursor, "known")
        return cls(
            since=since,
            top=max(number(at(cursor, "top")) or 0, since),
            below=number(at(cursor, "below")),
            token=text(cursor, "token") or None,
            known=frozenset(filter(None, map(number, known if isinstance(known, list) else ()))),
            day=text(cursor, "day"),
            skips=count(cursor, "skips") or 0,
        )

    def after(self, answer: Posts) -> Walk:
        """One page further down, or at its end; the overlap of the next walk is below the greatest number seen."""
        top = max((self.top, *answer.ids))
        known = frozenset(sorted({*self.known, *answer.ids})[-MOST_KNOWN:])
        if answer.token is None or (answer.ids and min(answer.ids) <= self.since):
            since = max(self.since, id_at(moment_of(top) - OVERLAP))
            return Walk(since=since, top=top, known=known, day=self.day)
        return replace(
            self,
            top=top,
            below=min((*answer.ids, self.below or top)),
            token=answer.token,
            known=known,
            skips=0,
        )

    def to_json(self) -> JSON:
        known = [str(one) for one in sorted(self.known)]
        told = {
            "since": str(self.since),
            "top": str(self.top),
            "skips": self.skips,
            "known": known,
            "day": self.day,
        }
        return {**told, "below": self.below and str(self.below), "token": self.token}


def fetch(http: Http, options: XOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from new to old; what is left over when the page limit comes is read by the next poll."""
    back = REACH if options.days == 7 else timedelta(days=options.days)
    walk = Walk.resumed(cursor, id_at(http.now - back))
    if (
        http.fresh and walk.below is None
    ):  # what was read before was held against no query of the client that is new
        walk = replace(walk, since=min(walk.since, id_at(http.now - back)))
    since = min(walk.since, id_at(http.now - OVERLAP))  # whatever numbers of the future there were
    walk = replace(walk, since=since if options.list else max(since, id_at(http.now - REACH)))
    api = _api(http, options)
    if options.probe and options.search and walk.below is None and _nothing_new(api, options, walk):
        yield Page(cursor=replace(walk, skips=walk.skips + 1).to_json())
        return
    today = f"{http.now:%Y-%m-%d}"
    walk = walk if walk.day == today else replace(walk, day=today, known=frozenset())
    token = walk.token if options.list else None
    for page in range(1, MOST_PAGES + 1):
        try:
            posts = _ask(api, options, walk, token)
        except NotAccepted:
            if page > 1 or token is None:
                raise
            walk, token = replace(walk, below=None, token=None), None  # a list's marks do not last for ever
            posts = _ask(api, options, walk, token)
        if posts.token is not None and (
            posts.token == token or (walk.below is not None and posts.ids and max(posts.ids) >= walk.top)
        ):
            raise TryLater("X gives the same page again and again: it is asked again later.")
        walk, token = walk.after(posts), posts.token
        ended = walk.below is None
        yield Page(
            found=posts.found,
            refused=posts.refused,
            cursor=walk.to_json(),
            truncated=page == MOST_PAGES and not ended,
        )
        if ended:
            return


def _api(http: Http, options: XOptions) -> Api:
    """With the accounts that are told by name among the authors, for who wrote a post comes as a number."""
    api = Api(
        http=http,
        token=options.token.get_secret_value(),
        site=options.site,
        spelling=options.spelling,
        authors=options.authors,
        retweets=options.retweets or bool(options.list),
        price=OWNED_USD if options.owned and (options.handle or options.mentions) else POST_USD,
    )
    named = dict.fromkeys([*options.accounts, *([options.handle] if options.handle else [])])
    api.names = {api.user(handle): handle for handle in named}
    return api


def _ask(api: Api, options: XOptions, walk: Walk, token: str | None) -> Posts:
    """One page. A walk that is taken up again goes on below the last number, for X's marks do not last; lists know only marks."""
    size = page_size(options, api.most_usd)
    api.known = walk.known
    mark: dict[str, Any] = {"pagination_token": token} if token else {}
    if options.list:
        size = size if walk.below else min(size, LIST_FIRST)
        return api.posts("get_list_tweets", "list requests", size, options.list, max_results=size, **mark)
    if not token and walk.below is not None:
        mark = {"until_id": str(walk.below)}
    bounds: dict[str, Any] = {"since_id": str(walk.since), "max_results": size, **mark}
    if options.handle:
        if not options.retweets:
            bounds["exclude"] = "retweets"
        return api.posts("get_users_tweets", "account requests", size, api.user(options.handle), **bounds)
    if options.mentions:
        return api.posts("get_users_mentions", "mention requests", size, api.user(options.mentions), **bounds)
    if token:
        bounds["next_token"] = bounds.pop("pagination_token")
    asked = options.search or "news"
    return api.posts("search_recent_tweets", "search requests", size, asked, sort_order="recency", **bounds)


def page_size(options: XOptions, post_usd: float) -> int:
    """How many posts are asked for at once: as many as a hundredth of the budget buys, from 10 to 100."""
    return min(100, max(10, int(options.budget.usd_per_month / 100 / post_usd)))


def _nothing_new(api: Api, options: XOptions, walk: Walk) -> bool:
    """Whether the counts tell of no more posts than were seen. Not for long in a row: one may have gone and another come."""
    if walk.skips >= MOST_SKIPS:
        return False
    return counted(api.counts(options.search, walk.since)) <= sum(one > walk.since for one in walk.known)


def check(http: Http, options: XOptions) -> str:
    """Ask for numbers only, which costs a cent at the most, and say what reading would bring."""
    api = _api(http, options)
    if options.list:
        listed = api.paid(POST_USD, "list look-ups", lambda: api.client.get_list(options.list))
        name = text(at(listed, "data"), "name")
        if not name:
            raise TryLater("X answered without the list: it is asked again later.")
        return f"X answers: the list “{name}” is there; each of its posts costs ${api.most_usd:g}."
    if options.handle or options.mentions:
        handle = options.handle or options.mentions
        return f"X answers: @{handle} is account {api.user(handle)}; each post costs ${api.most_usd:g}."
    asked = options.search or "news"
    total = counted(api.counts(asked, id_at(http.now - REACH)))
    return f"X answers: {total} posts in 7 days for {asked}, which cost ${total * api.most_usd:,.2f} to read."


def recheck(http: Http, options: XOptions, ids: Sequence[str]) -> Rechecked:
    """Ask for posts by their numbers, and for the latest version of those that were edited since; a fifth of the budget at most."""
    api = replace(_api(http, options), retweets=False)
    budgets = (USD, RECHECKS)
    posts = api.posts("get_tweets", "look-ups", len(ids), list(ids), budgets=budgets)
    found = {one.external_id: one for one in posts.found}
    if posts.newer:
        newest = list(posts.newer.values())
        again = api.posts("get_tweets", "look-ups", len(newest), newest, budgets=budgets)
        found |= {one.external_id: one for one in again.found}
    return Rechecked(gone=tuple(one for one in posts.gone if one in ids), found=tuple(found.values()))


def meters(options: XOptions) -> Sequence[Meter]:
    """Dollars in a calendar month; what may be asked in a quarter of an hour X tells in its answers."""
    usd = options.budget.usd_per_month
    return (
        Meter(name=USD, unit="dollars for X", most=usd, per="month"),
        Meter(name=RECHECKS, unit="dollars for asking X again", most=usd / 5, per="month"),
    )


CONNECTOR = Connector(
    kind="x",
    summary="Posts on X: of its search, a list, an account, or that mention one. Paid by the post.",
    options=XOptions,
    scope=scope,
    place=lambda _: "",  # a post has one number, whatever finds it
    fetch=fetch,
    search=search,
    default_every=timedelta(minutes=15),
    least_interval=timedelta(minutes=5),
    check=check,
    needs="a key",
    terms="What is deleted or changed at X has to be deleted or changed here within 24 hours of a request; only numbers of posts may be handed on.",
    meters=meters,
    recheck=recheck,
    recheck_every=timedelta(days=30),
)
