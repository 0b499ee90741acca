"""Stack Exchange: questions of one of its sites (Stack Overflow and 180 more) that its search finds. Free; a key gives more requests.

Found by API 2.3 (api.stackexchange.com/docs). A key is no secret there and goes into the address, as it must.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field, field_validator

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
    values,
)
from listener.connector.ask import one_by_one
from listener.connector.plain import absolute, links_in, one_line, plain
from listener.connector.walk import Read, Walk

API = "https://api.stackexchange.com/2.3/search/advanced"
PLACE = "Stack Exchange"
HITS = 100
MOST_PAGES = 10
OVERLAP = timedelta(hours=2)
METER = "requests"
WITHOUT_KEY, WITH_KEY = 300, 10_000  # a day
THROTTLED, FAULTS, UNKNOWN_KEY = 502, frozenset({500, 503}), frozenset({401, 402, 403, 405, 406})
_WAIT = re.compile(r"available in (\d{1,6}) seconds?")
_NETWORK = ".stackexchange.com"


class StackExchangeOptions(KeyedOptions):
    """One search at one site; `search` is filled from a client's query."""

    site: str = Field(
        default="stackoverflow",
        description="The site to search: its name or its address.",
        examples=["stackoverflow", "https://superuser.com"],
    )
    key: str = Field(
        default="",
        description="A key of stackapps.com, for 10,000 requests a day instead of 300.",
        pattern=r"^[!-~]*$",
    )
    days: int = Field(default=7, ge=1, le=365, description="How many days the first poll looks back.")
    search: str = Field(default="", description="What is asked; filled from the client's query.")

    @field_validator("site")
    @classmethod
    def _site(cls, value: str) -> str:
        """`superuser` of `superuser.com`, `dba` of `dba.stackexchange.com`, `meta.stackexchange` of the network's own meta."""
        host = value.strip().casefold()
        if "://" in host or "/" in host:
            host = values.origin_of(host).partition("://")[2]
        host = host.removeprefix("www.")
        if host.endswith(_NETWORK) and host != f"meta{_NETWORK}":
            host = host.removesuffix(_NETWORK)
        host = host.removesuffix(".com")
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host):
            raise ValueError(f"“{value}” is no site of Stack Exchange: write its name, such as stackoverflow")
        return host


def search(
    queries: Mapping[str, Query], options: StackExchangeOptions
) -> Sequence[Search[StackExchangeOptions]]:
    """One search for each way to satisfy a query, as there is no OR."""
    return one_by_one(queries, options, lambda way: " ".join(f'"{phrase}"' for phrase in way))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """One answer, read. `backoff` is how many seconds nothing may be asked, `left` what is left of the day's quota."""

    read: Read
    backoff: int
    left: int | None


def fetch(http: Http, options: StackExchangeOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from new to old. Where we are asked to wait the reading stops and the next poll goes on."""
    walk = Walk.resumed(cursor, http.now, days=options.days, overlap=OVERLAP, deeper=timedelta(days=2))
    for number in range(1, MOST_PAGES + 1):
        before = walk.below
        hits = _ask(http, options, walk)
        read = hits.read
        if not read.last and before is not None and read.below is not None and read.below >= before:
            raise TryLater(f"{PLACE} gives the same page again and again: it is asked again later.")
        walk = walk.after(read)
        stops = not read.last and (number == MOST_PAGES or hits.backoff > 0)
        yield Page(found=read.found, refused=read.refused, cursor=walk.to_json(), truncated=stops)
        if read.last or stops:
            return


def _ask(http: Http, options: StackExchangeOptions, walk: Walk) -> Hits:
    """The newest questions up to `below`; heeds, and notes for every search with this key, how long it must be left alone."""
    _heed(http)
    http.reserve(METER)
    params = {
        "site": options.site,
        "q": options.search,
        "sort": "creation",
        "order": "desc",
        "fromdate": str(walk.floor // 1000),
        "pagesize": str(HITS),
        "filter": "withbody",
    }
    params |= {"todate": str(walk.below)} if walk.below is not None else {}
    params |= {"key": options.key} if options.key else {}
    answer = http.get(
        API,
        params={name: value for name, value in params.items() if value},
        accept="application/json",
        conditional=False,
        reads=(400,),
    )
    if answer.status != 200:
        raise refusal(answer, options.site)
    hits = http.apart(read_hits, answer.body, options.site, http.now)
    if hits.left is not None:
        http.told(METER, left=hits.left, resets_at=_midnight(http.now))
    if hits.backoff:
        until = http.now + timedelta(seconds=hits.backoff)
        http.remember("backoff", until.isoformat())
    return hits


def _heed(http: Http) -> None:
    """Raises TryLater where an earlier answer asked us to wait, and that time is not over."""
    until = values.moment(http.recall("backoff"), http.now + timedelta(days=1))
    if until is not None and until > http.now:
        raise TryLater(f"{PLACE} asked us to wait: it is asked again later.", after=until - http.now)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def refusal(answer: Answer, site: str) -> Trouble:
    """What a 400 means, told by the error_id in its body."""
    told = values.parsed(answer.body, PLACE)
    number = values.count(told, "error_id")
    said = one_line(values.text(told, "error_message"))[:200].rstrip(".")
    if number == THROTTLED:
        wait = _WAIT.search(said)
        after = timedelta(seconds=int(wait[1])) if wait else None
        return TryLater(
            f"{PLACE} has no requests left for us ({said}): it is asked again later.", after=after
        )
    if number is None or number in FAULTS:
        return TryLater(f"{PLACE} has a fault of its own ({said or 400}): it is asked again later.")
    if number in UNKNOWN_KEY or "key" in said:
        return NeedsAttention(f"{PLACE} does not take the key ({said}): see stackapps.com/apps/oauth.")
    if "site" in said:
        return NeedsAttention(
            f"{PLACE} knows no site {site} ({said}): see stackexchange.com/sites for its address."
        )
    return NeedsAttention(f"{PLACE} does not accept the search ({said}): check the source's options.")


def read_hits(body: bytes, site: str, now: datetime) -> Hits:
    """Read an answer; pure. Raises TryLater where it is none."""
    answer = values.parsed(body, PLACE)
    rows = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise TryLater(f"{PLACE} answered without questions: it is asked again later.")
    items = [_question(row, site, now) for row in rows]
    times = [at for row in rows if (at := _at(row, "creation_date", now)) is not None]
    if rows and not times:
        raise TryLater(f"{PLACE} answered with questions that have no time: it is asked again later.")
    more = answer.get("has_more") is True and bool(times)
    read = Read.of(
        items,
        newest=int(max(times).timestamp() * 1000) if times else None,
        below=int(min(times).timestamp()) if times else None,
        last=not more,
    )
    backoff = min(values.count(answer, "backoff") or 0, 86_400)
    return Hits(read=read, backoff=backoff, left=values.count(answer, "quota_remaining"))


_KEPT = (
    "question_id",
    "title",
    "link",
    "score",
    "creation_date",
    "last_edit_date",
    "is_answered",
    "content_license",
)


def _question(row: Any, site: str, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    number, at = values.count(row, "question_id"), _at(row, "creation_date", now)
    if not number or at is None:
        return Refused(
            reason=f"This question of {PLACE} has no id or no time.",
            payload=f"question {one_line(str(row)[:200])}".encode(),
        )
    markup, edited = values.text(row, "body"), _at(row, "last_edit_date", now)
    url = absolute(values.text(row, "link"), "https://stackexchange.com")
    author = _author(values.table(row, "owner"))
    return Found(
        external_id=str(number),
        title=one_line(plain(values.text(row, "title"))) or None,
        text=plain(markup),
        url=url,
        author=author,
        author_hidden=author is None,
        published_at=at,
        edited_at=edited if edited and edited > at else None,
        form="post",
        links=links_in(markup, url or "https://stackexchange.com"),
        engagement=values.counts(row, score="score", answers="answer_count", views="view_count"),
        raw={**values.kept(row, _KEPT), "site": site},
    )


def _author(owner: Mapping[str, Any]) -> Author | None:
    """Who asked; None where the account was deleted since. Reputation is no audience."""
    number, name = values.count(owner, "user_id"), one_line(plain(values.text(owner, "display_name")))
    if not number:
        return None
    return Author(
        key=str(number),
        name=name or None,
        url=absolute(values.text(owner, "link"), "https://stackexchange.com")
        if values.text(owner, "link")
        else None,
    )


def _at(row: Any, key: str, now: datetime) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
    seconds = values.count(row, key)
    possible = seconds is not None and values.FIRST.timestamp() < seconds < now.timestamp() + 86_400
    return datetime.fromtimestamp(seconds, UTC) if possible and seconds is not None else None


def check(http: Http, options: StackExchangeOptions) -> str:
    """Search once; say what came and what is left of the day."""
    walk = Walk.resumed(None, http.now, days=options.days, overlap=OVERLAP)
    hits = _ask(http, options, walk)
    more = "" if hits.read.last else "at least "
    left = f" {hits.left:,} requests are left today." if hits.left is not None else ""
    return (
        f"{options.site} answers: {more}{hits.read.count} questions with {options.search or 'anything'} "
        f"in {options.days} days.{left}"
    )


CONNECTOR = Connector(
    kind="stackexchange",
    summary="Questions on Stack Overflow or another site of Stack Exchange.",
    options=StackExchangeOptions,
    scope=lambda options: f"{options.site} {options.search}",
    place=lambda options: options.site,
    fetch=fetch,
    short="site",
    default_every=timedelta(minutes=30),
    least_interval=timedelta(minutes=5),
    search=search,
    check=check,
    terms="CC BY-SA: who shows a text names its author and links to the question.",
    meters=lambda options: (
        Meter(name=METER, unit=f"requests to {PLACE}", most=WITH_KEY if options.key else WITHOUT_KEY),
    ),
)
