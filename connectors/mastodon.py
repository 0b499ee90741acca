"""Mastodon: posts with a hashtag, the posts of an account, and full-text search where the instance has one.

Ids are snowflakes: the milliseconds since 1970 that a post bears, shifted by 16 bits. A post that another server brings late is
put where its time belongs, so that each poll looks back over hours, and once a day over a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

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
    TryLater,
    reads_json,
    values,
)
from listener.connector.ask import one_by_one
from listener.connector.plain import absolute, language_tag, links_in, one_line, plain, unmarked
from listener.connector.walk import DAY, HOUR, Read, Walk

LIMIT = 40  # the most that Mastodon gives of anything
MOST_PAGES = 10
OVERLAP = timedelta(hours=3)  # and once a day over a day
OPEN = frozenset({"public", "unlisted"})  # what is for followers or for one person is never kept
REFUSALS = (401, 403, 404, 422)


class MastodonOptions(KeyedOptions):
    """A hashtag or several, an account, or at a list a search for each client; `search` is filled from its query."""

    instance: str = Field(
        default="",
        description="The instance to ask; where `account` names its own, that one.",
        examples=["mastodon.social"],
    )
    hashtag: str = Field(default="", description="Posts with this hashtag.", examples=["millssupply"])
    hashtags: tuple[str, ...] = Field(
        default=(), max_length=5, description="Posts with any of these hashtags, five at the most."
    )
    account: str = Field(
        default="", description="The posts of this account.", examples=["@mills@town.example"]
    )
    token: SecretStr | None = Field(
        default=None,
        description="Token of an account there; search needs one, and instances that show their timelines to members only.",
    )
    days: int = Field(default=7, ge=1, le=365, description="How many days the first poll looks back.")
    search: str = Field(
        default="", description="What is asked, in Mastodon's syntax; filled from the client's query."
    )

    @field_validator("instance")
    @classmethod
    def _host(cls, value: str) -> str:
        return values.origin_of(value) if value else ""

    @field_validator("hashtag")
    @classmethod
    def _tag(cls, value: str) -> str:
        return tag_of(value) if value else ""

    @field_validator("hashtags")
    @classmethod
    def _tags(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(tag_of, value)))

    @field_validator("account")
    @classmethod
    def _account(cls, value: str) -> str:
        return values.federated(value, as_in="@mills@town.example") if value else ""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        named = [name for name in ("hashtag", "hashtags", "account") if getattr(self, name)]
        if len(named) > 1:
            raise ValueError(f"{' and '.join(named)} are two sources: write them as two")
        if not self.instance and "@" not in self.account:
            raise ValueError("say which `instance` to ask, such as mastodon.social")
        if not named and not self.token:
            raise ValueError(
                "Mastodon searches posts only for its members: give the `token` of an account there (scope read:search), "
                "or name a `hashtag` or an `account`"
            )
        return self

    @property
    def site(self) -> str:
        return self.instance or f"https://{self.account.partition('@')[2]}"

    @property
    def tags(self) -> tuple[str, ...]:
        return (self.hashtag,) if self.hashtag else self.hashtags

    @property
    def what(self) -> str:
        """What is read there, as its scope names it."""
        return " ".join(f"#{tag}" for tag in self.tags) or (
            f"@{self.account}" if self.account else self.search
        )


def tag_of(written: str) -> str:
    """A hashtag without its sign; also out of an address of its page. Raises ValueError with a sentence."""
    tag = written.strip().rstrip("/").rpartition("/tags/")[2].removeprefix("#")
    if not re.fullmatch(r"[\w·]+", tag) or tag.isdigit():
        raise ValueError(f"“{written}” is no hashtag: write one word of letters, such as millssupply")
    return tag.casefold()


def search(
    queries: Mapping[str, Query], options: MastodonOptions
) -> Sequence[Search[MastodonOptions]] | None:
    """One search for each way to satisfy a query, as Mastodon has no OR. Single words go bare: then their forms are found, too."""
    if options.tags or options.account:
        return None
    return one_by_one(
        queries, options, lambda way: " ".join(f'"{words}"' if " " in words else words for words in way)
    )


def fetch(http: Http, options: MastodonOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from new to old; what is left over when the page limit comes is read by the next poll."""
    account = values.text(cursor, "account") or (_lookup(http, options) if options.account else "")
    if options.tags:
        _see_that_hashtags_are_shown(http, options)
    yield from _walk(http, options, cursor).pages(
        lambda walk: _ask(http, options, walk, account),
        most=MOST_PAGES,
        beside={"account": account} if account else {},
    )


def _walk(http: Http, options: MastodonOptions, cursor: JSON) -> Walk:
    return Walk.resumed(cursor, http.now, days=options.days, overlap=OVERLAP)


def _ask(http: Http, options: MastodonOptions, walk: Walk, account: str) -> Read:
    floor, below, params = str(walk.floor << 16), walk.below, {"limit": str(LIMIT)}
    searches = not (options.tags or account)
    if options.tags:
        first, *others = options.tags
        path = f"/api/v1/timelines/tag/{quote(first)}"
        path += "?" + urlencode([("any[]", tag) for tag in others]) if others else ""
        params["since_id"] = floor
    elif account:
        path = f"/api/v1/accounts/{quote(account, safe='')}/statuses"
        params["since_id"] = floor
    else:
        path = "/api/v2/search"
        params |= {"q": options.search, "type": "statuses", "min_id": floor}
    if below is not None:  # a search makes a time of the id, in whole seconds
        params["max_id"] = str(((below >> 16) + 1_000) << 16 if searches else below)
    answer = _get(http, options, path, params)
    read = http.apart(read_posts, answer.body, options.site, http.now)
    if searches and below is None and not read.count:
        _see_that_it_searches(http, options)
    repeats = below is not None and read.below is not None and read.below >= below
    if repeats and not (searches and read.count < LIMIT):
        raise TryLater(f"{options.site} gives the same page again and again: it is asked again later.")
    more = searches or read.count >= LIMIT or 'rel="next"' in answer.headers.get("link", "")
    return replace(read, last=read.below is None or repeats or not more)


def _get(http: Http, options: MastodonOptions, path: str, params: Mapping[str, str] | None = None) -> Answer:
    answer = http.get(
        options.site + path,
        params=params,
        accept="application/json",
        conditional=False,
        headers={"authorization": f"Bearer {options.token.get_secret_value()}"} if options.token else None,
        reads=REFUSALS,
        meter=meters(options)[0].name,
    )
    if answer.status in REFUSALS:
        said = one_line(http.apart(read_error, answer.body))
        raise NeedsAttention(_remedy(options, answer.status, said.casefold()))
    return answer


def _remedy(options: MastodonOptions, status: int, said: str) -> str:
    """What to do about a refusal, by the place's own words."""
    page = f"{options.site}/settings/applications"
    if status == 404 and options.account:
        return f"{options.site} knows no account @{options.account} (404): check its name, or ask its own `instance`."
    if status == 404:
        return f"{options.site} has nothing at this address (404): check that `instance` is one of Mastodon."
    if status == 403 and "scope" in said:
        return f"The token for {options.site} lacks a scope (403): make one at {page} with read:statuses, read:accounts and read:search."
    if not options.token:
        return f"{options.site} shows this to its members only ({status}): give the `token` of an account there, from {page}."
    if status == 401:
        state = next((word for word in ("revoked", "expired") if word in said), "not valid")
        return f"The token for {options.site} is {state} (401): make a new one at {page} and put it in its place."
    return f"{options.site} refuses the account of the token ({status}): log in there and see whether it is confirmed and not suspended."


def _lookup(http: Http, options: MastodonOptions) -> str:
    """The id of the account on this instance."""
    user, _, host = options.account.partition("@")
    local = host == urlsplit(options.site).netloc
    acct = user if local else options.account
    answer = _get(http, options, "/api/v1/accounts/lookup", {"acct": acct})
    number = one_line(values.text(http.apart(values.parsed, answer.body, options.site), "id"))
    if not number:
        raise TryLater(
            f"{options.site} answered without the id of @{options.account}: it is asked again later."
        )
    return number


def _see_that_hashtags_are_shown(http: Http, options: MastodonOptions) -> tuple[str, str]:
    """Who may see hashtags: of this server and of others; asked once a day. Raises NeedsAttention where we may not."""
    name, now = f"hashtags {options.site}", int(http.now.timestamp())
    known = http.recall(name)
    if isinstance(known, Mapping) and 0 <= now - (values.count(known, "at") or 0) < DAY // 1000:
        shown = (values.text(known, "local"), values.text(known, "remote"))
    else:
        shown = http.apart(read_access, _get(http, options, "/api/v2/instance").body, options.site)
        http.remember(name, {"at": now, "local": shown[0], "remote": shown[1]})
    if not options.token and "authenticated" in shown:
        page = f"{options.site}/settings/applications"
        raise NeedsAttention(
            f"{options.site} shows hashtags to its members only: give the `token` of an account there, from {page}."
        )
    return shown


def _see_that_it_searches(http: Http, options: MastodonOptions) -> None:
    """Whether nothing was found because there is no search: then not even all posts until tomorrow are. Asked once an hour."""
    name, now = f"search {options.site}", int(http.now.timestamp())
    if 0 <= now - (values.count({"at": http.recall(name)}, "at") or 0) < HOUR // 1000:
        return
    params = {"q": f"before:{http.now + timedelta(days=1):%Y-%m-%d}", "type": "statuses", "limit": "1"}
    answer = _get(http, options, "/api/v2/search", params)
    if not http.apart(read_posts, answer.body, options.site, http.now).count:
        raise NeedsAttention(
            f"{options.site} has no full-text search, or it is broken: name hashtags or accounts, or ask another `instance`."
        )
    http.remember(name, now)


@reads_json
def read_access(body: bytes, site: str) -> tuple[str, str]:
    """Who may see hashtags of this server and of others; empty before Mastodon 4.5, where all may. Pure."""
    answer = values.parsed(body, site)
    if not isinstance(answer, dict) or not isinstance(answer.get("configuration"), dict):
        raise TryLater(f"{site} did not say what it is: it is asked again later.")
    feeds = values.table(values.table(answer["configuration"], "timelines_access"), "hashtag_feeds")
    return one_line(values.text(feeds, "local")), one_line(values.text(feeds, "remote"))


@reads_json
def read_error(body: bytes) -> str:
    """What a refusal says; empty where it is not in Mastodon's shape. Pure."""
    try:
        return values.text(values.parsed(body, ""), "error")
    except TryLater:
        return ""


@reads_json
def read_posts(body: bytes, site: str, now: datetime) -> Read:
    """Read a timeline or what a search found; pure. Raises TryLater where it is neither."""
    answer = values.parsed(body, site)
    rows = answer.get("statuses") if isinstance(answer, dict) else answer
    if not isinstance(rows, list):
        raise TryLater(f"{site} answered without a list of posts: it is asked again later.")
    ids = [int(said) for row in rows if (said := values.text(row, "id")).isdecimal() and len(said) < 20]
    if rows and not ids:
        raise TryLater(f"{site} answered with posts that have no ids as Mastodon's: it is asked again later.")
    times = [number >> 16 for number in ids if number >> 16 < (now.timestamp() + 86_400) * 1000]
    items = [_post(row, site, now) for row in rows]
    return Read.of(items, newest=max(times, default=None), below=min(ids, default=None))


_KEPT = (
    "id",
    "uri",
    "url",
    "created_at",
    "edited_at",
    "visibility",
    "language",
    "in_reply_to_id",
    "spoiler_text",
)


def _post(row: Any, site: str, now: datetime) -> Found | Refused | None:  # noqa: ANN401 - whatever JSON holds
    """A post, or a boost with the words of what it boosts; None where it is not for everybody."""
    boosted = values.table(row, "reblog")
    said = boosted or row
    seen_by = {values.text(one, "visibility") for one in (row, said)}
    if "" not in seen_by and not seen_by <= OPEN:
        return None
    external_id, uri = one_line(values.text(row, "uri")), one_line(values.text(said, "uri"))
    if not external_id or not uri or "" in seen_by:
        kept = one_line(values.text(row, "id")) or "no id"  # nothing else: whom it is for is not known
        return Refused(
            reason=f"This post of {site} has no address or does not say whom it is for.",
            payload=kept.encode(),
        )
    content, base = values.text(said, "content"), values.text(said, "url") or uri
    author = _author(values.table(row, "account"), site)
    words = (plain(values.text(said, key)) for key in ("spoiler_text", "content"))
    return Found(
        external_id=external_id,
        text="\n".join(word for word in words if word),
        url=absolute(base, site),
        author=author,
        author_hidden=author is None,
        published_at=values.moment(row.get("created_at"), now),
        edited_at=values.moment(said.get("edited_at"), now),
        language=language_tag(said.get("language")),
        links=_links(content, said, absolute(base, site) or site),
        repost_of=uri if boosted else None,
        engagement={} if boosted else values.counts(row, **_ENGAGEMENT),
        raw={**values.kept(row, _KEPT), "acct": one_line(values.text(row.get("account"), "acct"))},
    )


_ENGAGEMENT = {
    "replies": "replies_count",
    "reposts": "reblogs_count",
    "likes": "favourites_count",
    "quotes": "quotes_count",
}


def _author(account: Mapping[str, Any], site: str) -> Author | None:
    """Who posted, with the host also where it is the instance's own: the same account wherever it is read."""
    acct = one_line(values.text(account, "acct")).casefold()
    if not acct:
        return None
    handle = acct if "@" in acct else f"{acct}@{urlsplit(site).netloc}"
    return Author(
        key=handle,
        handle=handle,
        name=one_line(values.text(account, "display_name")) or None,
        url=absolute(values.text(account, "url"), site) if values.text(account, "url") else None,
        reach=values.count(account, "followers_count"),
    )


def _links(content: str, said: Mapping[str, Any], base: str) -> tuple[str, ...]:
    """What a post points to, its card and what it quotes too; hashtags and mentions point to nothing that is shared."""
    beside = [values.text(values.table(said, "card"), "url")]
    beside += [values.text(values.table(values.table(said, "quote"), "quoted_status"), "url")]
    known = [link for one in beside if one and (link := absolute(one, base)) and link.startswith("http")]
    return tuple(dict.fromkeys([*links_in(unmarked(content), base), *known]))


def meters(options: MastodonOptions) -> tuple[Meter]:
    """Requests at one instance, of which it tells how many are left."""
    name = f"requests at {urlsplit(options.site).netloc}"
    return (Meter(name=name, unit=name, per=timedelta(minutes=5)),)


def check(http: Http, options: MastodonOptions) -> str:
    """Ask for the newest posts, and say what came and what is closed."""
    shown = _see_that_hashtags_are_shown(http, options) if options.tags else ("", "")
    account = _lookup(http, options) if options.account else ""
    posts = _ask(http, options, _walk(http, options, None), account)
    closed = " It does not show hashtags of other servers." if "disabled" in shown else ""
    return f"{options.site} answers: {len(posts.found)} posts for {options.what or 'everything'}.{closed}"


CONNECTOR = Connector(
    kind="mastodon",
    summary="Posts with a hashtag, of an account or found by search, at one Mastodon instance.",
    options=MastodonOptions,
    scope=lambda options: f"{options.site} {options.what}",
    place=lambda _: "",  # a post has one address, whatever instance shows it
    fetch=fetch,
    search=search,
    default_every=timedelta(minutes=15),
    least_interval=timedelta(minutes=5),
    check=check,
    terms="Each instance has its own rules; what its author deletes should go.",
    meters=meters,
)
