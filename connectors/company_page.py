"""A page that a company keeps about itself: by the feed it names, by its sitemap, or by what is new in its text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import Field, field_validator

from listener.connector import (
    JSON,
    Answer,
    Connector,
    Found,
    Gone,
    Http,
    NeedsAttention,
    OptionsModel,
    Page,
    Trouble,
    feed,
)
from listener.connector.page import news as page_news
from listener.connector.page import state as page_state
from listener.connector.page.address import branch, normal
from listener.connector.page.doubt import not_a_page, not_the_page
from listener.connector.page.news import News
from listener.connector.page.read import Part, Reading, read_page
from listener.connector.page.sitemaps import Gathered, articles, gathered, whole
from listener.connector.page.state import State
from listener.connector.page.watch import looked

LOOK_EVERY = timedelta(days=7)
LOOK_AGAIN = timedelta(days=1)
FEEDS_TRIED = 3


class CompanyPageOptions(OptionsModel):
    """What of which page is watched."""

    url: str = Field(description="the address of the page, as people read it")
    selector: str | None = Field(
        default=None,
        description="a CSS selector of the part to watch, instead of the main text; feed and sitemap are not looked for",
    )
    ignore: tuple[str, ...] = Field(default=(), description="CSS selectors of parts to leave out")
    ignore_text: tuple[str, ...] = Field(
        default=(), description="texts: a paragraph that contains one is left out"
    )
    discover: bool = Field(
        default=True, description="read the feed or the sitemap of the page instead, where it has one"
    )

    @field_validator("url")
    @classmethod
    def _normal(cls, url: str) -> str:
        return normal(url)

    @field_validator("selector", "ignore")
    @classmethod
    def _selectors(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for selector in (value,) if isinstance(value, str) else value or ():
            _must_be_css(selector)
        return value

    @field_validator("ignore", "ignore_text", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


def _must_be_css(selector: str) -> None:
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    try:
        LexborHTMLParser("<p>").css(selector)
    except SelectolaxError:
        raise ValueError(
            f"holds “{selector[:80]}”, which is no CSS selector: write such as main .news"
        ) from None


def _scope(options: CompanyPageOptions) -> str:
    return f"{options.url} {options.selector}" if options.selector else options.url


def _part(options: CompanyPageOptions) -> Part:
    return Part(selector=options.selector, ignore=options.ignore, ignore_text=options.ignore_text)


def _made_with(options: CompanyPageOptions) -> str:
    return json.dumps([options.selector, options.ignore, options.ignore_text, options.discover])


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """The page as it came, and the address that it came from."""

    reading: Reading
    came: str


def fetch(http: Http, options: CompanyPageOptions, cursor: JSON) -> Iterator[Page]:
    """News from the best place that the page offers, looked for at first, weekly, and when the last one broke."""
    state = page_state.from_json(cursor, part=_made_with(options))
    if state is not None and http.now < state.look_at:
        yield from _read(http, options, state)
        return
    try:
        view = _view(options, http, whole(http.page, options.url))
    except Trouble:
        if state is None or state.place == "page":
            raise
        yield from _read(http, options, replace(state, look_at=http.now + LOOK_AGAIN))
    else:
        yield from _chosen(http, options, state, view)


def _view(options: CompanyPageOptions, http: Http, answer: Answer) -> _View:
    content_type = answer.headers.get("content-type", "")
    if (doubt := not_a_page(content_type, options.url)) is not None:
        raise NeedsAttention(doubt)
    reading = http.apart(read_page, answer.body, answer.url, content_type, http.now, _part(options))
    return _View(reading=reading, came=answer.url)


def _read(http: Http, options: CompanyPageOptions, state: State) -> Iterator[Page]:
    if state.feed:
        return _read_feed(http, options, state)
    if state.news is not None:
        return _read_sitemap(http, options, state, state.news)
    return _read_page(http, options, state)


def _chosen(
    http: Http, options: CompanyPageOptions, old: State | None, view: _View, *, broken: str = ""
) -> Iterator[Page]:
    """The feed that the page names, else its sitemap, else itself; what is known of that place already is kept."""
    new = State(look_at=http.now + LOOK_EVERY, part=_made_with(options))
    kept = replace(new, news=old.news, watch=old.watch) if old is not None else new
    feeds = [url for url in _feeds(options, view) if url != broken]
    if (heard := _first_heard(http, feeds, old)) is not None:
        state = replace(new, feed=heard[0], feed_memory=heard[1].memory)
        yield Page(found=heard[1].items, refused=heard[1].refused, cursor=page_state.to_json(state))
    elif (files := _living_sitemap(http, options)) is not None:
        yield from _begin_sitemap(http, options, kept, files, view)
    else:
        again = http.now + LOOK_AGAIN if feeds or broken else new.look_at
        yield from _compare(http, options, replace(kept, look_at=again, news=None), view)


def _feeds(options: CompanyPageOptions, view: _View) -> tuple[str, ...]:
    return view.reading.feeds if options.discover and options.selector is None else ()


def _first_heard(
    http: Http, feeds: Sequence[str], old: State | None = None
) -> tuple[str, feed.Parsed] | None:
    """The first of the feeds that can be read and is not empty."""
    for url in feeds[:FEEDS_TRIED]:
        memory = old.feed_memory if old is not None and old.feed == url else None
        try:
            parsed = feed.read(http, whole(http.get, url, accept=feed.ACCEPT), memory)
        except Trouble:
            continue
        if parsed.entries_count:
            return url, parsed
    return None


def _read_feed(http: Http, options: CompanyPageOptions, state: State) -> Iterator[Page]:
    parsed = None
    try:
        answer = http.get(state.feed, accept=feed.ACCEPT)
        if not answer.unchanged:
            parsed = feed.read(http, answer, state.feed_memory)
    except (NeedsAttention, Gone):
        view = _view(options, http, whole(http.page, options.url))
        yield from _chosen(http, options, None, view, broken=state.feed)
        return
    if parsed is None:
        yield Page(cursor=page_state.to_json(state))
    else:
        after = replace(state, feed_memory=parsed.memory)
        yield Page(
            found=parsed.items,
            refused=parsed.refused,
            cursor=page_state.to_json(after),
            shown=parsed.entries_count or None,
        )


def _living_sitemap(http: Http, options: CompanyPageOptions) -> Gathered | None:
    if not options.discover or options.selector is not None:
        return None
    try:
        files = gathered(http, options.url, children={}, anew=True)
    except Trouble:
        return None
    return files if files is not None and page_news.is_alive(files.entries, now=http.now) else None


def _begin_sitemap(
    http: Http, options: CompanyPageOptions, state: State, files: Gathered, view: _View
) -> Iterator[Page]:
    """Goes on with what was known of the sitemap. At first that is a baseline, and the page tells its last news."""
    if state.news is not None:
        news = page_news.noticed(state.news, files.entries, files.children)
        yield from _read_articles(http, state, news)
        return
    last: tuple[Found, ...] = ()
    if state.watch is not None and _doubt(options, view) is None:
        last = looked(state.watch, view.reading, url=options.url, now=http.now).found
    news = page_news.started(files.entries, files.children)
    yield Page(found=last, cursor=page_state.to_json(replace(state, watch=None, news=news)))


def _read_sitemap(http: Http, options: CompanyPageOptions, state: State, news: News) -> Iterator[Page]:
    files = gathered(http, options.url, children=news.children, anew=news.more)
    if files is not None:
        yield from _read_articles(http, state, page_news.noticed(news, files.entries, files.children))
        return
    view = _view(options, http, whole(http.page, options.url))
    yield from _chosen(http, options, None, view)


def _read_articles(http: Http, state: State, news: News) -> Iterator[Page]:
    for brought in articles(http, news):
        cursor = page_state.to_json(replace(state, news=brought.news))
        yield Page(found=brought.found, refused=brought.refused, cursor=cursor, truncated=brought.truncated)


def _read_page(http: Http, options: CompanyPageOptions, state: State) -> Iterator[Page]:
    believed = state.watch is not None and state.watch.shrunk_since is None
    answer = http.page(options.url) if believed else whole(http.page, options.url)
    if answer.unchanged:
        yield Page(cursor=page_state.to_json(state))
    else:
        yield from _compare(http, options, state, _view(options, http, answer))


def _compare(http: Http, options: CompanyPageOptions, state: State, view: _View) -> Iterator[Page]:
    if (doubt := _doubt(options, view)) is not None:
        raise NeedsAttention(doubt)
    look = looked(state.watch, view.reading, url=options.url, now=http.now)
    yield Page(found=look.found, cursor=page_state.to_json(replace(state, watch=look.watch)))
    if look.trouble is not None:
        raise NeedsAttention(look.trouble)


def _doubt(options: CompanyPageOptions, view: _View) -> str | None:
    return not_the_page(view.reading, asked=options.url, came=view.came)


def check(http: Http, options: CompanyPageOptions) -> str:
    """Says from where the news of the page would be read."""
    view = _view(options, http, whole(http.page, options.url))
    if (heard := _first_heard(http, _feeds(options, view))) is not None:
        return f"Reads the feed that the page names, {heard[0]}, with {heard[1].entries_count} entries now."
    if (files := _living_sitemap(http, options)) is not None:
        newest = max(entry.changed_at for entry in files.entries)
        return f"Follows the sitemap: {len(files.entries)} pages under {branch(options.url)}, the newest of {newest:%Y-%m-%d}."
    if (doubt := _doubt(options, view)) is not None:
        raise NeedsAttention(doubt)
    main = sum(block.main for block in view.reading.blocks)
    return f"Reads the page itself: {main} paragraphs, {len(view.reading.items)} articles and reviews in its data."


CONNECTOR = Connector(
    kind="company_page",
    own_words=True,
    summary="A page that a company keeps about itself: its feed, its sitemap, or what is new in its text.",
    options=CompanyPageOptions,
    scope=_scope,
    fetch=fetch,
    short="url",
    default_every=timedelta(minutes=30),
    least_interval=timedelta(minutes=15),
    check=check,
    terms="The publisher's own; robots.txt is kept.",
)
