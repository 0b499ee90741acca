"""Reddit: posts that its search finds for a client's query, or the posts and comments of a subreddit.

With a client that Reddit has approved by its API (oauth.reddit.com); without one by the Atom feeds of www.reddit.com, which
hold 25 to 100 entries, no scores, and answer best with the feed token of an account (reddit.com/prefs/feeds).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from pydantic import Field, SecretStr, field_validator, model_validator

from listener.connector import (
    JSON,
    Answer,
    Connector,
    Http,
    KeyedOptions,
    Meter,
    NeedsAttention,
    Page,
    Query,
    Rechecked,
    Search,
    TryLater,
    feed,
    oauth,
)
from listener.connector.questions import questions, with_addresses
from listener.connector.reddit import WWW, Things, from_feed, milliseconds, read_things
from listener.connector.values import at, text
from listener.connector.walk import Read, Walk

API = "https://oauth.reddit.com"
LONGEST = 512  # of a question
HITS = 100
MOST_PAGES = 12  # Reddit shows about 1,000 things of any listing
OVERLAP = timedelta(hours=3)  # moderators let things through hours after they were written
METER = "requests"
_SUBREDDIT = re.compile(
    r"(?:(?:https?://)?(?:www\.|old\.)?reddit\.com)?/?(?:r/)?([A-Za-z0-9_]{2,21}(?:\+[A-Za-z0-9_]{2,21})*)/?"
)
_APPS = "reddit.com/prefs/apps"


class RedditOptions(KeyedOptions):
    """One search, filled from a client's query; or one subreddit."""

    subreddit: str = Field(
        default="", description="A subreddit that is read instead of the search.", examples=["r/halifax"]
    )
    comments: bool = Field(default=False, description="The comments of the subreddit instead of its posts.")
    client_id: str = Field(
        default="", description="The id of a client that Reddit has approved; without one its feeds are read."
    )
    client_secret: SecretStr | None = Field(default=None, description="The secret of this client.")
    feed_token: SecretStr | None = Field(
        default=None, description="The token of your private feeds, where no client is."
    )
    user: str = Field(
        default="", description="The account that the feed token belongs to.", examples=["mills_ears"]
    )
    days: int = Field(default=1, ge=1, le=30, description="How many days the first poll looks back.")
    search: str = Field(
        default="", description="What is asked, in Reddit's syntax; filled from the client's query."
    )

    @field_validator("subreddit")
    @classmethod
    def _a_subreddit(cls, value: str) -> str:
        found = _SUBREDDIT.fullmatch(value.strip())
        if value and not found:
            raise ValueError("this is no subreddit: write its name or address, such as r/halifax")
        return found[1].casefold() if found else ""

    @field_validator("user")
    @classmethod
    def _a_user(cls, value: str) -> str:
        return value.strip().removeprefix("/").removeprefix("u/").removeprefix("@")

    @model_validator(mode="after")
    def _pairs(self) -> RedditOptions:
        if bool(self.client_id) != bool(_secret(self.client_secret)):
            raise ValueError(f"client_id and client_secret go together: both stand at {_APPS}")
        if bool(self.user) != bool(_secret(self.feed_token)):
            raise ValueError(
                "feed_token and user go together: both stand in the addresses at reddit.com/prefs/feeds"
            )
        if self.comments and not self.subreddit:
            raise ValueError("comments are read of a subreddit only: Reddit's search finds posts")
        return self

    @property
    def shown(self) -> str:
        return f"r/{self.subreddit}" if self.subreddit else "the search"


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value().strip() if value else ""


def search(queries: Mapping[str, Query], options: RedditOptions) -> Sequence[Search[RedditOptions]] | None:
    """As few searches as the queries fit into, for what may be asked in a minute is little."""
    if options.subreddit:
        return None
    return [
        Search(
            options=options.model_copy(update={"search": one.text}), clients=one.clients, widened=one.widened
        )
        for one in questions(queries, longest=LONGEST, say=with_addresses)
    ]


def scope(options: RedditOptions) -> str:
    """The same by the API and by the feeds, whose ids are the same."""
    if options.subreddit:
        return f"r/{options.subreddit} {'comments' if options.comments else 'posts'}"
    return f"search {options.search}"


def fetch(http: Http, options: RedditOptions, cursor: JSON) -> Iterator[Page]:
    """By the API where there is a client, else one feed."""
    return _listing(http, options, cursor) if options.client_id else _feed(http, options, cursor)


FEED_SHOWS = 25
"""A feed that has fewer entries has all there are."""


def _feed(http: Http, options: RedditOptions, cursor: JSON) -> Iterator[Page]:
    parsed_feed = _read_feed(http, options, at(cursor, "memory"))
    yield Page(
        found=tuple(map(from_feed, parsed_feed.items)),
        refused=parsed_feed.refused,
        cursor={"memory": parsed_feed.memory},
        shown=parsed_feed.entries_count if parsed_feed.entries_count >= FEED_SHOWS else None,
    )


def _read_feed(http: Http, options: RedditOptions, memory: JSON) -> feed.Parsed:
    """The token can only be sent in the address, which nobody is shown and which is not kept."""
    path, asked = _path(options, options.days)
    called = f"{WWW}{path}.rss" if path == "/search" else f"{WWW}{path}/.rss"
    if options.user:
        asked |= {"feed": _secret(options.feed_token), "user": options.user}
    answer = http.get(called, params=asked, accept=feed.ACCEPT, conditional=False, reads=(403, 404))
    if answer.status != 200:
        raise _refusal(answer, options)
    return feed.read(http, answer, memory, called=called)


def _path(options: RedditOptions, days: int) -> tuple[str, dict[str, str]]:
    """Where it is read and with what, in the API and in the feeds alike."""
    if options.subreddit:
        return f"/r/{options.subreddit}/{'comments' if options.comments else 'new'}", {"limit": str(HITS)}
    span = next((name for name, most in (("day", 1), ("week", 7), ("month", 30)) if days <= most), "year")
    return "/search", {"q": options.search or "news", "sort": "new", "t": span, "limit": str(HITS)}


def _listing(http: Http, options: RedditOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from new to old, always from the newest: what stands behind a thing that was deleted cannot be asked for."""
    known = None if http.fresh else cursor  # to a client that is new all of it is
    walk = Walk.resumed(known, http.now, days=options.days, overlap=OVERLAP)
    listing = Listing(http, options)
    for page in replace(walk, below=None).pages(listing.ask, most=MOST_PAGES):
        yield replace(page, gone=listing.gone)


class Listing:
    """One poll's way down a listing. `gone` are the things on the last page that say that they were deleted."""

    def __init__(self, http: Http, options: RedditOptions) -> None:
        self.gone: tuple[str, ...] = ()
        self._http = http
        self._options = options
        self._above: tuple[str, ...] = ()

    def ask(self, walk: Walk) -> Read:
        """The next page; by one of several things above it, for one that was deleted meanwhile leads nowhere."""
        days = -((walk.floor - milliseconds(self._http.now)) // (24 * 3_600_000))
        path, asked = _path(self._options, days)
        things = Things()
        for anchor in dict.fromkeys((self._above[-1:], self._above[-3:-2], self._above[-9:-8])):
            answer = call(
                self._http, self._options, path, {**asked, **({"after": anchor[0]} if anchor else {})}
            )
            things = self._http.apart(read_things, answer.body, self._http.now)
            if things.names:
                break
        repeated = set(things.names) <= set(self._above)
        if repeated and things.names and things.after:
            raise TryLater("Reddit gives the same page again and again: it is asked again later.")
        self._above, self.gone = things.names, things.gone
        return Read(
            found=things.found,
            refused=things.refused,
            newest=things.newest,
            below=things.oldest,
            count=len(things.names),
            last=repeated or not things.after or (things.oldest or 0) < walk.floor,
        )


def call(http: Http, options: RedditOptions, path: str, asked: Mapping[str, str]) -> Answer:
    """Ask the API, with a new token where Reddit no longer takes the one that is remembered."""
    answer = oauth.called(
        lambda bearer: _called(http, path, asked, bearer),
        lambda anew: _token(http, options, anew=anew),
    )
    if answer.status != 200:
        raise _refusal(answer, options)
    return answer


def _called(http: Http, path: str, asked: Mapping[str, str], token: str) -> Answer:
    return http.get(
        f"{API}{path}",
        params={**asked, "raw_json": "1"},
        accept="application/json",
        conditional=False,
        headers={"authorization": f"bearer {token}"},
        reads=(401, 403, 404),
        meter=METER,
    )


def _token(http: Http, options: RedditOptions, *, anew: bool) -> str:
    """The remembered token, or a new one: Reddit gives each for a day."""

    def ask() -> Answer:
        pair = f"{options.client_id}:{_secret(options.client_secret)}".encode()
        answer = http.post(
            f"{WWW}/api/v1/access_token",
            form={"grant_type": "client_credentials"},
            headers={"authorization": f"Basic {base64.b64encode(pair).decode()}"},
            reads=(400, 401),
        )
        if answer.status != 200:
            raise NeedsAttention(
                f"Reddit does not know this client ({answer.status}): check client_id and client_secret at {_APPS}."
            )
        return answer

    return oauth.token(http, ask, whose=options.client_id, place="Reddit", anew=anew)


def _refusal(answer: Answer, options: RedditOptions) -> NeedsAttention:
    """Why a subreddit or a search is not shown, each with what mends it."""
    try:
        reason = text(json.loads(answer.body), "reason")
    except (ValueError, RecursionError):
        reason = ""
    what, by = options.shown, f"({answer.status})"
    if answer.status == 401:
        return NeedsAttention(
            f"Reddit refuses the token that it has just given {by}: look whether the client still stands at {_APPS}."
        )
    if reason == "private":
        return NeedsAttention(
            f"{what} has gone private {by}: ask its moderators to let the account in, or take it out."
        )
    if reason in {"quarantined", "gated"}:
        return NeedsAttention(
            f"{what} is {reason} {by}: Reddit shows it to people who agreed to see it, and to no program. Take it out."
        )
    if reason == "banned":
        return NeedsAttention(f"{what} was banned by Reddit {by}: take it out.")
    if answer.status == 404:
        return NeedsAttention(f"Reddit has no {what} {by}: check its name.")
    mend = (
        "check what the client may read"
        if options.client_id
        else "it may be private; a feed_token with its user may help"
    )
    return NeedsAttention(f"Reddit does not show {what} {by}: {mend}.")


def recheck(http: Http, options: RedditOptions, ids: Sequence[str]) -> Rechecked:
    """Ask for things by their names. Feeds cannot be asked so: without a client nothing is known."""
    if not options.client_id:
        return Rechecked()
    answer = call(http, options, "/api/info", {"id": ",".join(ids)})
    things = http.apart(read_things, answer.body, http.now)
    return Rechecked(gone=things.gone, found=things.found)


def check(http: Http, options: RedditOptions) -> str:
    """Read it once and say what is there."""
    if not options.client_id:
        return (
            f"Reddit's feed of {options.shown} has {_read_feed(http, options, None).entries_count} entries."
        )
    path, asked = _path(options, options.days)
    things = http.apart(read_things, call(http, options, path, asked).body, http.now)
    return f"Reddit answers: {len(things.names)} things of {options.shown}."


CONNECTOR = Connector(
    kind="reddit",
    summary="Posts that Reddit's search finds, or the posts or comments of a subreddit.",
    options=RedditOptions,
    scope=scope,
    place=lambda _: "",  # a thing has one name, whatever lists it
    fetch=fetch,
    short="subreddit",
    default_every=timedelta(minutes=15),
    least_interval=timedelta(minutes=5),
    search=search,
    check=check,
    terms="What its author deletes must not be kept; commercial use of the API needs a contract with Reddit.",
    meters=lambda _: (Meter(name=METER, unit="requests to Reddit", per=timedelta(minutes=10)),),
    recheck=recheck,
    recheck_every=timedelta(days=1),
)
