"""Discourse: posts of a forum that its search finds. Free without a key where the forum is open.

The search shows of each topic only the newest post that it found, and of a post only some words. So a topic with something new is
searched by itself, and each post that is new, or whose words changed, is read whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from pydantic import Field, SecretStr, field_validator

from listener.connector import (
    JSON,
    Answer,
    Author,
    Connector,
    Found,
    Http,
    KeyedOptions,
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
from listener.connector.plain import absolute, links_in, one_line, plain, unmarked
from listener.connector.walk import DAY, Read, Walk

MOST_PAGES = 10  # the last that Discourse gives
AT_ONCE = 10  # posts read whole before they are stored
MOST_KNOWN = 1_000
OVERLAP = timedelta(hours=6)  # and every other day over two days


class DiscourseOptions(KeyedOptions):
    """One forum; `search` is filled from a client's query."""

    site: str = Field(description="The forum's address.", examples=["https://forum.example"])
    api_key: SecretStr | None = Field(
        default=None,
        description="A key of the forum's admin panel (read only is enough), where it is closed.",
    )
    api_username: str = Field(default="system", description="Whose key it is.", pattern=r"^[\w.-]+$")
    days: int = Field(default=7, ge=1, le=365, description="How many days the first poll looks back.")
    search: str = Field(
        default="", description="What is asked, in Discourse's syntax; filled from the client's query."
    )

    @field_validator("api_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value and value.get_secret_value() and not values.is_token(value.get_secret_value()):
            raise ValueError("this is no key: the forum's admins make one at https://FORUM/admin/api/keys")
        return value

    @field_validator("site")
    @classmethod
    def _forum(cls, value: str) -> str:
        """A forum may live in a folder of its host; the address of one of its pages will do."""
        parts = urlsplit(value if "://" in value else f"https://{value}")
        folder = parts.path.partition("/t/")[0].partition("/c/")[0].rstrip("/")
        return values.origin_of(value) + folder.removesuffix("/latest").removesuffix("/search")


def search(queries: Mapping[str, Query], options: DiscourseOptions) -> Sequence[Search[DiscourseOptions]]:
    """One search for each way to satisfy a query, as Discourse has no OR. Words, not phrases: those it takes to the letter."""
    return one_by_one(queries, options, _written)


def _written(way: Sequence[str]) -> str:
    """Each word once; letters by themselves stand for orders and filters."""
    words = list(dict.fromkeys(word for phrase in way for word in phrase.split()))
    return " ".join(word for word in words if len(word) > 1) or " ".join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A post that was found, with what the search alone tells of it. `seal` changes with the words that it shows."""

    number: int
    topic: int
    title: str
    likes: int | None
    at: int
    seal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """One answer of the search."""

    hits: tuple[Hit, ...]
    more: bool


def fetch(http: Http, options: DiscourseOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from new to old. What is read whole is remembered with each page, so that a poll that breaks off reads on."""
    walk = _walk(http, options, cursor)
    known = {int(one): seal for one, seal in values.table(cursor, "known").items() if one.isdecimal()}
    before = walk.below
    for number in range(1, MOST_PAGES + 1):
        answer = _search(http, options, walk, page=number, before=before)
        for some in _new(http, options, walk, answer.hits, known):
            read = [_read(http, options, hit) for hit in some]
            known |= {hit.number: hit.seal for hit in some}
            yield _page(Read.of(read), walk, known)
        last = not answer.more or all(hit.at < walk.floor for hit in answer.hits)
        times = [hit.at for hit in answer.hits]
        walk = walk.after(
            Read.of((), newest=max(times, default=None), below=min(times, default=walk.below), last=last)
        )
        if last:
            yield _page(Read.of(()), walk, known)
            return
    if before is not None and walk.below is not None and walk.below >= before:
        raise TryLater(f"{options.site} gives the same page again and again: it is asked again later.")
    yield _page(Read.of(()), walk, known, truncated=True)


def _walk(http: Http, options: DiscourseOptions, cursor: JSON) -> Walk:
    return Walk.resumed(cursor, http.now, days=options.days, overlap=OVERLAP, deeper=timedelta(days=2))


def _page(read: Read, walk: Walk, known: Mapping[int, int], *, truncated: bool = False) -> Page:
    kept = {str(number): known[number] for number in sorted(known)[-MOST_KNOWN:]}
    return Page(
        found=read.found,
        refused=read.refused,
        gone=read.gone,
        cursor={**walk.to_json(), "known": kept},
        truncated=truncated,
    )


def _new(
    http: Http, options: DiscourseOptions, walk: Walk, hits: Sequence[Hit], known: Mapping[int, int]
) -> Iterator[list[Hit]]:
    """What is to be read whole, a few at a time: what is new in each topic where something is.

    An older post that is shown only later (unhidden by a moderator) is found with the next new one of its topic.
    """
    for topic in dict.fromkeys(hit.topic for hit in hits if known.get(hit.number) != hit.seal):
        inside = _search(http, options, walk, topic=topic).hits
        shown = {hit.number: hit for hit in [*(hit for hit in hits if hit.topic == topic), *inside]}
        fresh = [hit for hit in shown.values() if known.get(hit.number) != hit.seal and hit.topic == topic]
        for start in range(0, len(fresh), AT_ONCE):
            yield fresh[start : start + AT_ONCE]


def _search(
    http: Http,
    options: DiscourseOptions,
    walk: Walk,
    *,
    page: int = 1,
    before: int | None = None,
    topic: int | None = None,
) -> Hits:
    """Discourse knows days only: whole ones are asked for, one more on either side."""
    words = [options.search, f"after:{_day(walk.floor - DAY)}"]
    words += [f"before:{_day(before + DAY)}"] if before is not None else []
    words += [f"topic:{topic}"] if topic is not None else []
    params = {"q": " ".join([*words, "order:latest"]).strip()} | ({"page": str(page)} if page > 1 else {})
    answer = _get(http, options, "/search.json", params)
    return http.apart(read_hits, answer.body, options.site, http.now)


def _day(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(max(0, milliseconds) // 1000, UTC):%Y-%m-%d}"


def _read(http: Http, options: DiscourseOptions, hit: Hit) -> Found | Refused | str:
    """The whole post; its id alone where it is gone or hidden meanwhile."""
    answer = _get(http, options, f"/posts/{hit.number}.json", {}, reads=(404, 410))
    if answer.status != 200:
        return str(hit.number)
    return http.apart(read_post, answer.body, hit, options.site, http.now)


def _get(
    http: Http, options: DiscourseOptions, path: str, params: Mapping[str, str], reads: Sequence[int] = ()
) -> Answer:
    key = options.api_key.get_secret_value() if options.api_key else ""
    answer = http.get(
        options.site + path,
        params=params,
        accept="application/json",
        conditional=False,
        headers={"api-key": key, "api-username": options.api_username} if key else None,
        reads=(401, 403, *reads),
    )
    if answer.status in {401, 403}:
        if key:
            raise NeedsAttention(
                f"{options.site} refuses the key of {options.api_username} ({answer.status}): make one at "
                f"{options.site}/admin/api/keys that may read and search, and see that api_username is whose it is."
            )
        raise NeedsAttention(
            f"{options.site} shows its posts to members only ({answer.status}): give an `api_key` from "
            f"{options.site}/admin/api/keys."
        )
    return answer


@reads_json
def read_hits(body: bytes, site: str, now: datetime) -> Hits:
    """Read what a search found; pure. Raises TryLater where it did not search."""
    answer = values.parsed(body, site)
    rows = answer.get("posts") if isinstance(answer, dict) else None
    told = answer.get("grouped_search_result") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not isinstance(told, dict):
        raise TryLater(f"{site} answered without what it found: it is asked again later.")
    if error := one_line(values.text(told, "error")):
        raise TryLater(f"{site} did not search ({error[:200].rstrip('.')}): it is asked again later.")
    topics = answer.get("topics")
    titles = {
        values.count(topic, "id"): values.text(topic, "title")
        for topic in (topics if isinstance(topics, list) else ())
    }
    hits = tuple(hit for row in rows if (hit := _hit(row, titles, now)))
    if rows and not hits:
        raise TryLater(f"{site} found posts that have no id, topic or time: it is asked again later.")
    return Hits(hits=hits, more=bool(told.get("more_full_page_results")))


def _hit(row: Any, titles: Mapping[int | None, str], now: datetime) -> Hit | None:  # noqa: ANN401 - whatever JSON holds
    number, topic = values.count(row, "id"), values.count(row, "topic_id")
    at = values.moment(row.get("created_at"), now) if isinstance(row, dict) else None
    if not number or not topic or at is None:
        return None
    return Hit(
        number=number,
        topic=topic,
        title=one_line(plain(titles.get(topic) or values.text(row, "topic_title_headline"))),
        likes=values.count(row, "like_count"),
        at=int(at.timestamp() * 1000),
        seal=crc32(values.text(row, "blurb").encode("utf-8", "surrogatepass")),
    )


_KEPT = (
    "id",
    "username",
    "created_at",
    "updated_at",
    "post_number",
    "reply_to_post_number",
    "topic_id",
    "topic_slug",
    "version",
)


@reads_json
def read_post(body: bytes, hit: Hit, site: str, now: datetime) -> Found | Refused | str:
    """Read a whole post; pure. Its id alone where it is deleted or hidden. Raises TryLater where it is none.

    Every post is a comment: on a forum of the client's own, others begin topics, too.
    """
    row = values.parsed(body, site)
    if not isinstance(row, dict):
        raise TryLater(f"{site} answered without the post: it is asked again later.")
    if values.count(row, "id") != hit.number or not isinstance(row.get("cooked"), str):
        said = _kept_of(row)
        return Refused(
            reason=f"This post of {site} has no id or no text.",
            payload=said.encode(),
            external_id=str(hit.number),
        )
    if row.get("deleted_at") or row.get("user_deleted") is True or row.get("hidden") is True:
        return str(hit.number)
    at, edited = (values.moment(row.get(key), now) for key in ("created_at", "updated_at"))
    place = values.count(row, "post_number")
    url = f"{site}/t/{hit.topic}" + (f"/{place}" if place else "")
    markup, author = values.text(row, "cooked"), _author(row, site)
    return Found(
        external_id=str(hit.number),
        title=(hit.title or None) if place == 1 else None,
        text=plain(markup),
        url=absolute(url, site),
        author=author,
        author_hidden=author is None,
        published_at=at,
        edited_at=edited if at and edited and edited > at else None,
        form="comment",
        links=links_in(unmarked(markup), url),
        engagement={
            **({"likes": hit.likes} if hit.likes is not None else {}),
            **values.counts(row, replies="reply_count"),
        },
        raw=values.kept(row, _KEPT),
    )


def _kept_of(row: Mapping[str, Any]) -> str:
    """What is kept of a post that could not be read."""
    return f"id {one_line(str(row.get('id'))[:100])}"


def _author(row: Mapping[str, Any], site: str) -> Author | None:
    """Numbers are the forum's own, so that its host stands beside them."""
    name, number = one_line(values.text(row, "username")), values.count(row, "user_id")
    if not name:
        return None
    host = urlsplit(site).netloc
    return Author(
        key=f"{name.casefold() if number is None else number}@{host}",
        handle=name,
        name=one_line(values.text(row, "name")) or None,
        url=f"{site}/u/{name}",
    )


def check(http: Http, options: DiscourseOptions) -> str:
    """Search once, and say what came."""
    walk = _walk(http, options, None)
    hits = _search(http, options, walk)
    more = "at least " if hits.more else ""
    return f"{options.site} answers: {more}{len(hits.hits)} topics with {options.search or 'anything'} in {options.days} days."


CONNECTOR = Connector(
    kind="discourse",
    summary="Posts of a Discourse forum that its search finds.",
    options=DiscourseOptions,
    scope=lambda options: f"{options.site} {options.search}",
    place=lambda options: options.site,
    fetch=fetch,
    search=search,
    default_every=timedelta(minutes=15),
    least_interval=timedelta(minutes=5),
    check=check,
    terms="Each forum has its own; what its author deletes should go.",
)
