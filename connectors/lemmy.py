"""Lemmy: posts and comments that an instance's search finds, newest first, by its API v3. Free, without a key.

The search looks for a text as it stands, with anything between its words, and knows no times: it is read down page by page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from listener.connector import (
    JSON,
    Author,
    Connector,
    Found,
    Http,
    NeedsAttention,
    OptionsModel,
    Page,
    Query,
    Refused,
    Search,
    TryLater,
    reads_json,
    values,
)
from listener.connector.ask import one_by_one, rarest
from listener.connector.plain import absolute, addresses_in, language_tag, one_line, plain
from listener.connector.walk import DAY, Read, Walk

LIMIT = 50  # the most of one page, of posts and of comments each
MOST_PAGES = 10
OVERLAP = timedelta(hours=3)  # and once a day over a day: other servers deliver late
WINDOW = timedelta(minutes=10)  # in which Lemmy counts searches


class LemmyOptions(OptionsModel):
    """One instance; `search` is filled from a client's query."""

    instance: str = Field(description="The instance to ask.", examples=["lemmy.world"])
    days: int = Field(default=7, ge=1, le=365, description="How many days the first poll looks back.")
    search: str = Field(default="", description="What is asked; filled from the client's query.")

    @field_validator("instance")
    @classmethod
    def _host(cls, value: str) -> str:
        return values.origin_of(value)


def search(queries: Mapping[str, Query], options: LemmyOptions) -> Sequence[Search[LemmyOptions]]:
    """One search for the rarest phrase of each way to satisfy a query, for Lemmy holds words to their order."""
    return one_by_one(queries, options, rarest)


def fetch(http: Http, options: LemmyOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from new to old. What is left over is read on by the next poll, from the page that was read last: pages shift."""
    languages = _site(http, options)[1]
    walk = _walk(http, options, cursor)
    again = walk.below
    seen: set[str] = set()

    def ask(walk: Walk) -> Read:
        number = walk.below or 0
        page = number if number and number == again and not seen else number + 1
        read = _ask(http, options, walk, page, languages)
        ids = {found.external_id for found in read.found}
        if ids and ids == seen and not read.last:
            raise TryLater(
                f"{options.instance} gives the same page again and again: it is asked again later."
            )
        seen.clear()
        seen.update(ids or {""})
        return read

    return walk.pages(ask, most=MOST_PAGES)


def _walk(http: Http, options: LemmyOptions, cursor: JSON) -> Walk:
    return Walk.resumed(cursor, http.now, days=options.days, overlap=OVERLAP)


def _ask(http: Http, options: LemmyOptions, walk: Walk, page: int, languages: Mapping[str, str]) -> Read:
    params = {
        "q": options.search,
        "type_": "All",
        "sort": "New",
        "listing_type": "All",
        "limit": str(LIMIT),
        "page": str(page),
    }
    body = _get(http, options, "/api/v3/search", params)
    return replace(
        http.apart(read_search, body, options.instance, http.now, walk.floor, languages), below=page
    )


def _site(http: Http, options: LemmyOptions) -> tuple[str, Mapping[str, str]]:
    """The version, and the languages by their numbers there; asked once a day."""
    name, now = f"site {options.instance}", int(http.now.timestamp())
    known = http.recall(name)
    if isinstance(known, Mapping) and 0 <= now - (values.count(known, "at") or 0) < DAY // 1000:
        return values.text(known, "version"), values.table(known, "languages")
    version, languages = http.apart(read_site, _get(http, options, "/api/v3/site", {}), options.instance)
    http.remember(name, {"at": now, "version": version, "languages": languages})
    return version, languages


def _get(http: Http, options: LemmyOptions, path: str, params: Mapping[str, str]) -> bytes:
    answer = http.get(
        options.instance + path,
        params=params,
        accept="application/json",
        conditional=False,
        reads=(400, 401, 403, 404),
    )
    if answer.status == 200:
        return answer.body
    said = one_line(http.apart(read_error, answer.body))
    if "rate_limit" in said:
        raise TryLater(
            f"{options.instance} says that we ask too often ({said}): it is asked again later.", after=WINDOW
        )
    if answer.status == 404:
        raise NeedsAttention(
            f"{options.instance} does not answer Lemmy's API v3 (404): check that `instance` is a Lemmy, and one that "
            "has not left v3 behind; v4, which came with Lemmy 1.0, is not read yet."
        )
    told = said or "it says no more"
    raise NeedsAttention(
        f"{options.instance} does not let us search ({answer.status}: {told}): ask its admins, or name another `instance`."
    )


@reads_json
def read_error(body: bytes) -> str:
    """What a refusal says; empty where it is not in Lemmy's shape. Pure."""
    try:
        return values.text(values.parsed(body, ""), "error")[:200]
    except TryLater:
        return ""


@reads_json
def read_site(body: bytes, site: str) -> tuple[str, dict[str, str]]:
    """The version, and the codes of languages by their numbers. Pure."""
    answer = values.parsed(body, site)
    version = one_line(values.text(answer, "version"))
    if not version:
        raise TryLater(f"{site} did not say which version of Lemmy it runs: it is asked again later.")
    rows = answer.get("all_languages")
    codes = {
        str(values.count(row, "id")): language_tag(values.text(row, "code"))
        for row in (rows if isinstance(rows, list) else ())
    }
    return version, {number: code for number, code in codes.items() if code and code != "und"}


@reads_json
def read_search(body: bytes, site: str, now: datetime, floor: int, languages: Mapping[str, str]) -> Read:
    """Read a page; pure. It is the last one where all of it is older than `floor`. Raises TryLater where it is none."""
    answer = values.parsed(body, site)
    told = [answer.get(key) for key in ("posts", "comments")] if isinstance(answer, dict) else []
    both = [rows for rows in told if isinstance(rows, list)]
    if len(both) < 2:
        raise TryLater(f"{site} answered without posts and comments: it is asked again later.")
    readers: list[Callable[[Any], Found | Refused | str]] = [
        partial(read, site=site, now=now, languages=languages) for read in (_post, _comment)
    ]
    items = [reader(row) for reader, rows in zip(readers, both, strict=True) for row in rows]
    times = [
        int(one.published_at.timestamp() * 1000)
        for one in items
        if isinstance(one, Found) and one.published_at
    ]
    if items and all(isinstance(one, Refused) for one in items):
        raise TryLater(
            f"{site} answered with items that have no address or no time: it is asked again later."
        )
    short = all(len(rows) < LIMIT for rows in both)
    return Read.of(
        items,
        newest=max(times, default=None),
        last=short or (bool(times) and max(times) < floor),
    )


def _post(row: Any, *, site: str, now: datetime, languages: Mapping[str, str]) -> Found | Refused | str:  # noqa: ANN401 - whatever JSON holds
    post = values.table(row, "post")
    title, body = one_line(plain(values.text(post, "name"))), values.text(post, "body")
    points_at = absolute(values.text(post, "url"), site) if values.text(post, "url") else None
    return _item(
        post,
        row,
        site=site,
        now=now,
        languages=languages,
        title=title or None,
        text=body,
        links=tuple(dict.fromkeys([*([points_at] if points_at else []), *addresses_in(body)])),
        form="post",
        answers="comments",
    )


def _comment(row: Any, *, site: str, now: datetime, languages: Mapping[str, str]) -> Found | Refused | str:  # noqa: ANN401 - whatever JSON holds
    comment = values.table(row, "comment")
    body = values.text(comment, "content")
    return _item(
        comment,
        row,
        site=site,
        now=now,
        languages=languages,
        title=None,
        text=body,
        links=addresses_in(body),
        form="comment",
        answers="child_count",
    )


_KEPT = ("id", "ap_id", "name", "url", "post_id", "published", "updated", "language_id")


def _item(
    said: Mapping[str, Any],
    row: Any,  # noqa: ANN401 - whatever JSON holds
    *,
    site: str,
    now: datetime,
    languages: Mapping[str, str],
    title: str | None,
    text: str,
    links: tuple[str, ...],
    form: Literal["post", "comment"],
    answers: str,
) -> Found | Refused | str:
    external_id, at = one_line(values.text(said, "ap_id")), values.moment(said.get("published"), now)
    if not external_id or at is None:
        return Refused(
            reason=f"This item of {site} has no address or no time.",
            payload=f"id {values.count(said, 'id')}".encode(),
            external_id=external_id or None,
        )
    if said.get("deleted") is True or said.get("removed") is True:
        return external_id
    author = _author(values.table(row, "creator"), site)
    return Found(
        external_id=external_id,
        title=title,
        text=plain(text),
        url=absolute(external_id, site),
        author=author,
        author_hidden=author is None,
        published_at=at,
        edited_at=values.moment(said.get("updated"), now),
        language=languages.get(str(values.count(said, "language_id"))),
        form=form,
        links=links,
        engagement=values.counts(
            values.table(row, "counts"), upvotes="upvotes", downvotes="downvotes", comments=answers
        ),
        raw=values.kept(said, _KEPT),
    )


def _author(creator: Mapping[str, Any], site: str) -> Author | None:
    """With the host of its own instance, wherever it is read."""
    name, page = one_line(values.text(creator, "name")), one_line(values.text(creator, "actor_id"))
    if not name:
        return None
    handle = f"{name}@{_host_of(page) or urlsplit(site).netloc}".casefold()
    return Author(
        key=handle,
        handle=handle,
        name=one_line(values.text(creator, "display_name")) or name,
        url=page if page.startswith(("https://", "http://")) else None,
    )


def _host_of(page: str) -> str:
    try:
        return urlsplit(page).netloc
    except ValueError:
        return ""


def check(http: Http, options: LemmyOptions) -> str:
    """Ask for the newest items; say what came, and from which version."""
    version, languages = _site(http, options)
    read = _ask(http, options, _walk(http, options, None), 1, languages)
    return f"{options.instance} (Lemmy {version}, API v3) answers: {len(read.found)} items for {options.search or 'everything'}."


CONNECTOR = Connector(
    kind="lemmy",
    summary="Posts and comments of a Lemmy instance that its search finds.",
    options=LemmyOptions,
    scope=lambda options: f"{options.instance} {options.search}",
    place=lambda _: "",  # a post has one address, whatever instance shows it
    fetch=fetch,
    search=search,
    default_every=timedelta(minutes=15),
    least_interval=timedelta(minutes=10),
    check=check,
    terms="Each instance has its own rules; what its author deletes should go.",
)
