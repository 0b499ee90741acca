"""Bluesky: what accounts write and what is answered to them, without a key; a search with an app password (docs.bsky.app).

The search without a login is closed on purpose, so it is asked at the account's own server. See bluesky_stream for everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pydantic import Field, SecretStr, field_validator, model_validator

from listener.connector import (
    JSON,
    Answer,
    Connector,
    Found,
    Http,
    KeyedOptions,
    NeedsAttention,
    Page,
    Query,
    Rechecked,
    Refused,
    Search,
    TryLater,
)
from listener.connector.ask import Alternatives, alternatives, domains, rarest, widened
from listener.connector.atproto import (
    NETWORK,
    NOT_THERE,
    Views,
    account,
    error_of,
    read_account,
    read_posts,
    read_thread,
    vanished,
)
from listener.connector.atproto_session import A_PAGE, METERS, SETTINGS, Session
from listener.connector.values import web_address

MOST_PAGES = 10
MOST_ASKED = 40  # threads and lists of quotes in one poll; what is left is asked by the next one
MOST_QUOTES = 5  # pages of the quotes of one post
MOST_WAYS = 8  # searches for one client; a query with more is asked by its rarest terms
LATE = timedelta(hours=1)  # Bluesky's search shows a post some minutes after it was written
LATE_FEED = timedelta(days=1)


class BlueskyOptions(KeyedOptions):
    """One account to read, or a login to search with; `search` is filled from clients' queries."""

    account: str = Field(
        default="",
        description="The account to read: its handle, its did or the address of its profile. Needs no key.",
        examples=["mills.bsky.social"],
    )
    replies: bool = Field(default=True, description="Read what is answered to the account's posts, too.")
    quotes: bool = Field(default=True, description="Read the posts that quote the account's posts, too.")
    identifier: str = Field(
        default="", description="To search: the handle of your own account.", examples=["ann.bsky.social"]
    )
    app_password: SecretStr | None = Field(
        default=None,
        description=f"To search: an app password of that account, made at {SETTINGS}.",
        examples=["${BLUESKY_APP_PASSWORD}"],
    )
    pds: str = Field(
        default="https://bsky.social",
        description="To search: the server of that account, if it is not one of Bluesky's own.",
    )
    site: str = Field(default="https://public.api.bsky.app", description="Where accounts are read.")
    days: int = Field(
        default=7,
        ge=1,
        le=60,
        description="How many days the first poll looks back, and how long answers to a post are read.",
    )
    search: str = Field(default="", description="What is asked; filled from the client's query.")

    @field_validator("account", "identifier")
    @classmethod
    def _account(cls, value: str) -> str:
        return account(value) if value.strip() else ""

    @field_validator("pds", "site")
    @classmethod
    def _web_address(cls, value: str) -> str:
        return web_address(value)

    @field_validator("app_password")
    @classmethod
    def _app_password(cls, value: SecretStr | None) -> SecretStr | None:
        groups = value.get_secret_value().strip().split("-") if value else []
        if value and [len(one) for one in groups if one.isalnum()] != [4, 4, 4, 4]:
            raise ValueError(f"this is no app password (four times four signs): make one at {SETTINGS}")
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> BlueskyOptions:
        if self.account and (self.identifier or self.app_password):
            raise ValueError("an account is read without a login: leave out identifier and app_password")
        if not self.account and not (self.identifier and self.app_password):
            raise ValueError("write the account to read, or identifier and app_password to search")
        return self


def search(queries: Mapping[str, Query], options: BlueskyOptions) -> Sequence[Search[BlueskyOptions]] | None:
    """One search for each way to satisfy a query, as there is no OR that could be relied on, and one for each host in links."""
    if options.account:
        return None
    asked: dict[str, list[str]] = {}
    unsaid: dict[str, tuple[str, ...]] = {}
    for client, query in queries.items():
        ways = _ways(query)
        unsaid[client] = widened(query, ways)
        linked = [f"domain:{host}" for host in domains(query) if ways]
        for said in dict.fromkeys([*map(_said, ways), *linked]):
            asked.setdefault(said, []).append(client)
    return [
        Search(
            options=options.model_copy(update={"search": said}),
            clients=tuple(clients),
            widened={client: unsaid[client] for client in clients},
        )
        for said, clients in asked.items()
    ]


def _ways(query: Query) -> Alternatives:
    ways = alternatives(query)
    return ways if len(ways) <= MOST_WAYS else tuple(dict.fromkeys((rarest(way),) for way in ways))


def _said(way: Sequence[str]) -> str:
    """Words side by side must all be there; phrases stand in quotes, and words that are operators elsewhere."""
    return " ".join(one if one.isalnum() and one not in {"and", "or", "not"} else f'"{one}"' for one in way)


Counts = Mapping[str, list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where the reading stands, in seconds since 1970. It goes from the newest post down to `until`.

    top      time of the newest post seen in this walk: the next one goes down to it
    page     the place's own cursor to the next page; None at the start
    new      whether that is a cursor of the new search
    counts   of posts whose answers were read: replies, quotes, and when the post was written
    owed     the same of posts whose answers are still to be read
    """

    until: float
    top: float
    page: str | None = None
    new: bool = False
    counts: Counts = field(default_factory=dict)
    owed: Counts = field(default_factory=dict)

    @classmethod
    def resumed(cls, cursor: JSON, first: datetime) -> Walk:
        """From a cursor; from `first` where there is none."""
        known = cursor if isinstance(cursor, Mapping) else {}
        until, top, page = (known.get(key) for key in ("until", "top", "page"))
        start = float(until) if isinstance(until, int | float) else first.timestamp()
        return cls(
            until=start,
            top=float(top) if isinstance(top, int | float) else start,
            page=page if isinstance(page, str) else None,
            new=known.get("new") is True,
            counts=known.get("counts") or {},
            owed=known.get("owed") or {},
        )

    def after(self, views: Views, floor: float) -> Walk:
        """One page further down; at the end where there is no further one, or all of this one is older than `floor`."""
        newest = None if views.newest is None else views.newest.timestamp()
        top = max(self.top, newest or 0.0)
        if views.cursor is None or (newest is not None and newest < floor):
            return Walk(until=top, top=top, counts=self.counts, owed=self.owed)
        return replace(self, top=top, page=views.cursor)

    def to_json(self) -> JSON:
        return asdict(self)


def fetch(http: Http, options: BlueskyOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from new to old; what is left over when the page limit comes is read by the next poll."""
    walk = Walk.resumed(cursor, http.now - timedelta(days=options.days))
    yield from _Account(http, options, walk).read() if options.account else _searched(http, options, walk)


def _searched(http: Http, options: BlueskyOptions, walk: Walk) -> Iterator[Page]:
    seen: set[str] = set()
    for number in range(1, MOST_PAGES + 1):
        floor = walk.until - LATE.total_seconds()
        views, new = _ask(http, options, walk, floor)
        _no_circle(options.pds, views, seen)
        walk = replace(walk.after(views, floor), new=new)
        yield _page(views, walk, truncated=number == MOST_PAGES and walk.page is not None)
        if walk.page is None:
            return


def _ask(http: Http, options: BlueskyOptions, walk: Walk, floor: float) -> tuple[Views, bool]:
    """By the new search where the server has it; the second value says so."""
    assert options.app_password is not None
    session = Session(
        http=http,
        pds=options.pds,
        identifier=options.identifier,
        password=options.app_password.get_secret_value().strip(),
    )
    since = f"{datetime.fromtimestamp(floor, UTC):%Y-%m-%dT%H:%M:%SZ}"
    answer, new = session.search(options.search, since=since, page=walk.page, new_page=walk.new)
    return http.apart(read_posts, answer.body, options.pds, http.now), new


def _page(views: Views, walk: Walk, *, truncated: bool = False, gone: tuple[str, ...] = ()) -> Page:
    return Page(
        found=views.found, refused=views.refused, cursor=walk.to_json(), truncated=truncated, gone=gone
    )


def _no_circle(site: str, views: Views, seen: set[str]) -> None:
    if views.cursor is None:
        return
    if views.cursor in seen:
        raise TryLater(f"{site} gives the same page again and again: it is asked again later.")
    seen.add(views.cursor)


class _Account:
    """The reading of an account: its feed, and after each page of that what was answered to posts whose counts have changed."""

    def __init__(self, http: Http, options: BlueskyOptions, walk: Walk) -> None:
        self._http, self._options = http, options
        self._open_from = (http.now - timedelta(days=options.days)).timestamp()
        known = {} if http.fresh else walk.counts  # nobody has held them against a client that is new here
        counts = {uri: told for uri, told in known.items() if told[2] >= self._open_from}
        self._walk = replace(walk, counts=counts)
        self._left = MOST_ASKED

    def read(self) -> Iterator[Page]:
        did, reach = _profile(self._http, self._options)
        yield from self._pay()
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            views = _feed(self._http, self._options, self._walk, did, reach)
            _no_circle(self._options.site, views, seen)
            walk = self._walk.after(views, self._floor())
            self._walk = replace(walk, owed={**walk.owed, **self._due(views)})
            yield _page(views, self._walk)
            yield from self._pay()
            if self._walk.page is None or self._walk.owed:
                break
        if self._walk.page is not None or self._walk.owed:
            yield _page(Views(found=(), refused=()), self._walk, truncated=True)

    def _floor(self) -> float:
        late = self._walk.until - LATE_FEED.total_seconds()
        whole = self._options.replies or self._options.quotes or self._http.fresh
        return min(late, self._open_from) if whole else late

    def _due(self, views: Views) -> Counts:
        told = {uri: [replies, quotes, at.timestamp()] for uri, (replies, quotes, at) in views.counts.items()}
        return {
            uri: new
            for uri, new in told.items()
            if new[2] >= self._open_from and any(_changed(self._walk, self._options, uri, new))
        }

    def _pay(self) -> Iterator[Page]:
        """Read what is owed, as far as this poll may."""
        for uri, new in list(self._walk.owed.items())[: self._left]:
            self._left -= 1
            answers, gone = _answers(self._http, self._options, self._walk, uri, new)
            owed = {other: told for other, told in self._walk.owed.items() if other != uri}
            self._walk = replace(self._walk, owed=owed, counts={**self._walk.counts, uri: new})
            yield _page(answers, self._walk, gone=gone)


def _changed(walk: Walk, options: BlueskyOptions, uri: str, new: Sequence[float]) -> tuple[bool, bool]:
    """Whether there are other replies, and other quotes, than were read."""
    known = walk.counts.get(uri, (0, 0))
    return options.replies and new[0] != known[0], options.quotes and new[1] != known[1]


def _feed(http: Http, options: BlueskyOptions, walk: Walk, did: str, reach: int | None) -> Views:
    asked = {"actor": did, "limit": str(A_PAGE), "filter": "posts_with_replies"}
    more = {"cursor": walk.page} if walk.page is not None else {}
    body = _get(http, options, "app.bsky.feed.getAuthorFeed", {**asked, **more}).body
    return http.apart(read_posts, body, options.site, http.now, did, reach)


def _answers(
    http: Http, options: BlueskyOptions, walk: Walk, uri: str, new: Sequence[float]
) -> tuple[Views, tuple[str, ...]]:
    """Replies and quotes of one post; the post itself where it is gone meanwhile."""
    replied, quoted = _changed(walk, options, uri, new)
    found: tuple[Found, ...] = ()
    refused: tuple[Refused, ...] = ()
    if replied:
        asked = {"uri": uri, "depth": "1", "parentHeight": "0"}
        answer = _get(http, options, "app.bsky.feed.getPostThread", asked, reads={400, 404})
        if answer.status != 200 and error_of(answer.body) in NOT_THERE:
            return Views(found=(), refused=()), (uri,)
        views = http.apart(read_thread, answer.body, options.site, http.now)
        found, refused = views.found, views.refused
    if quoted:
        for views in _quotes(http, options, uri, more=new[1] - walk.counts.get(uri, (0, 0))[1]):
            found, refused = (*found, *views.found), (*refused, *views.refused)
    return Views(found=found, refused=refused), ()


def _quotes(http: Http, options: BlueskyOptions, uri: str, *, more: float) -> Iterator[Views]:
    """The newest ones first, until as many were read as there are more than before, and a page beyond."""
    page: dict[str, str] = {}
    for number in range(MOST_QUOTES):
        asked = {"uri": uri, "limit": str(A_PAGE), **page}
        views = http.apart(
            read_posts, _get(http, options, "app.bsky.feed.getQuotes", asked).body, options.site, http.now
        )
        yield views
        if views.cursor is None or views.cursor == page.get("cursor") or number * A_PAGE > more:
            return
        page = {"cursor": views.cursor}


def _get(
    http: Http,
    options: BlueskyOptions,
    method: str,
    params: Mapping[str, str],
    *,
    reads: Collection[int] = (),
) -> Answer:
    return http.get(
        f"{options.site}/xrpc/{method}",
        params=params,
        accept="application/json",
        conditional=False,
        reads=reads,
    )


def _profile(http: Http, options: BlueskyOptions) -> tuple[str, int | None]:
    answer = _get(http, options, "app.bsky.actor.getProfile", {"actor": options.account}, reads={400})
    if answer.status == 200:
        return http.apart(read_account, answer.body, options.site)
    why = {
        "AccountTakedown": "was taken down: watch another one",
        "AccountDeactivated": "is closed for now by who owns it",
    }.get(error_of(answer.body), "is not known there: check its spelling")
    raise NeedsAttention(f"The account {options.account} {why}.")


def check(http: Http, options: BlueskyOptions) -> str:
    """Ask for the account, or for the newest posts of the search, and say that they came."""
    if options.account:
        _, reach = _profile(http, options)
        return f"Bluesky answers: {options.account} has {reach or 0:,} followers."
    walk = Walk.resumed(None, http.now - timedelta(days=options.days))
    views, new = _ask(http, options, walk, walk.until - LATE.total_seconds())
    by = "its new search" if new else "its search"
    return f"Bluesky answers {options.identifier} by {by}: {len(views.found)} posts for {options.search or 'everything'}."


def recheck(http: Http, options: BlueskyOptions, ids: Sequence[str]) -> Rechecked:
    """Which of these posts are gone. Asked where accounts are read, so that it needs no login."""
    return vanished(http, options.site, ids)


CONNECTOR = Connector(
    kind="bluesky",
    summary="Posts of accounts on Bluesky with the answers to them, and a search by an app password.",
    options=BlueskyOptions,
    scope=lambda options: f"account {options.account}" if options.account else f"search {options.search}",
    place=lambda _: NETWORK,
    family="bluesky",
    fetch=fetch,
    search=search,
    short="account",
    default_every=timedelta(minutes=10),
    least_interval=timedelta(minutes=2),
    check=check,
    terms="Posts may be kept; those that their authors delete must be deleted.",
    meters=lambda options: METERS if options.identifier else (),
    recheck=recheck,
    recheck_every=timedelta(days=1),
)
