"""Asking for the sitemaps of a site and the pages that they bring up: a few files a poll, the rest at the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from listener.connector.contract import Answer, Gone, Http, NeedsAttention, TryLater
from listener.connector.page.article import read_article
from listener.connector.page.doubt import not_a_page
from listener.connector.page.news import TRIES, News, postponed, settled
from listener.connector.page.sitemap import CHILDREN_CAP, Entry, read_sitemap
from listener.domain.found import Found, Refused

FILES_CAP = 6
ROOTS_CAP = 3
ARTICLES_A_POLL = 10
ACCEPT = "application/xml, text/xml, application/gzip;q=0.9, */*;q=0.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What the sitemaps of one poll say. `children` are the files behind each index, to be kept for unchanged ones."""

    entries: tuple[Entry, ...] = ()
    children: Mapping[str, tuple[str, ...]]


def whole(ask: Callable[..., Answer], url: str, **how: str) -> Answer:
    """The answer with its body even where nothing changed since it was last asked for."""
    answer = ask(url, **how)
    return ask(url, conditional=False, **how) if answer.unchanged else answer


def gathered(
    http: Http, front: str, *, children: Mapping[str, tuple[str, ...]], anew: bool
) -> Gathered | None:
    """Pages under the branch of `front` in the changed files among the first FILES_CAP, news sitemaps first.

    `anew` takes in the unchanged ones, too.
    None where robots.txt names no sitemap that can be read. A file that is not there costs only itself; TryLater passes.
    """
    waiting = sorted(http.sitemaps(front), key=lambda url: "news" not in url.casefold())[:ROOTS_CAP]
    found: dict[str, Entry] = {}
    named: dict[str, tuple[str, ...]] = {}
    asked: set[str] = set()
    read_count = 0
    while waiting and len(asked) < FILES_CAP:
        url = waiting.pop(0)
        if url in asked:
            continue
        asked.add(url)
        try:
            answer = whole(http.get, url, accept=ACCEPT) if anew else http.get(url, accept=ACCEPT)
        except (NeedsAttention, Gone):
            continue
        read_count += 1
        if answer.unchanged:
            behind = children.get(url, ())
        else:
            sitemap = http.apart(read_sitemap, answer.body, answer.url, front, http.now)
            behind = sitemap.children
            found.update({entry.url: entry for entry in sitemap.entries})
        if behind:
            named[url] = behind[:CHILDREN_CAP]
            waiting.extend(behind)
    return Gathered(entries=tuple(found.values()), children=named) if read_count else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What the asking for one page brought, and what is to be remembered once that is stored."""

    news: News
    found: tuple[Found, ...] = ()
    refused: tuple[Refused, ...] = ()
    truncated: bool = False


def articles(http: Http, news: News) -> Iterator[Brought]:
    """The pages that wait, one by one, at most ARTICLES_A_POLL; ends with what is left.

    A page that cannot be had costs itself; one that asks for another time goes to the end and is given up after TRIES.
    TryLater where not one could be asked.
    """
    for done_count in range(min(ARTICLES_A_POLL, len(news.pending))):
        url, _ = news.pending[0]
        try:
            brought = _article(http, url)
        except TryLater as trouble:
            if done_count:
                break
            news, given_up = postponed(news)
            yield Brought(
                news=news, refused=_given_up(given_up, trouble.reason), truncated=bool(news.pending)
            )
            raise
        news = settled(news)
        if isinstance(brought, Found):
            yield Brought(news=news, found=(brought,))
        else:
            yield Brought(news=news, refused=(brought,))
    yield Brought(news=news, truncated=bool(news.pending) or news.more)


def _given_up(url: str | None, why: str) -> tuple[Refused, ...]:
    if url is None:
        return ()
    return (Refused(reason=f"Given up after {TRIES} polls: {why}", payload=url.encode(), external_id=url),)


def _article(http: Http, url: str) -> Found | Refused:
    try:
        answer = http.page(url, conditional=False)
    except (NeedsAttention, Gone) as trouble:
        return Refused(reason=trouble.reason, payload=url.encode(), external_id=url)
    content_type = answer.headers.get("content-type", "")
    found = None
    why = not_a_page(content_type, url)
    if why is None:
        found = http.apart(read_article, answer.body, url, content_type, http.now)
    return found or Refused(reason=why or f"{url} holds no text.", payload=answer.body, external_id=url)
