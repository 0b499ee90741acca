"""Google News: its search as a feed, asked with a client's query. Unofficial, without a key, about 100 items an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from pydantic import Field, field_validator

from listener.connector import JSON, Author, Connector, Found, Http, OptionsModel, Page, Query, Search, feed
from listener.connector.ask import Alternatives, alternatives, widened
from listener.connector.plain import absolute

MOST_WORDS = 28  # Google looks at 32 words of a question and drops the rest without a word; two are `when:`
OVERLAP = timedelta(hours=6)


class GoogleNewsOptions(OptionsModel):
    """One search; `search` is filled from a client's query."""

    language: str = Field(
        default="en", description="Language of the edition.", examples=["en", "fr", "pt-BR"]
    )
    country: str = Field(default="US", description="Country of the edition, two letters.", examples=["CA"])
    within: str = Field(
        default="1d",
        description="How old an article may be, in hours (h) or days (d); after a longer pause as far back as that.",
        examples=["12h", "7d"],
    )
    site: str = Field(default="https://news.google.com", description="Where Google News is.")
    search: str = Field(
        default="", description="What is asked, in Google's syntax; filled from the client's query."
    )

    @field_validator("language")
    @classmethod
    def _a_language(cls, value: str) -> str:
        if not re.fullmatch(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,4})?", value):
            raise ValueError(
                "this is no language: write two letters such as en, or with a region such as pt-BR"
            )
        return value

    @field_validator("country")
    @classmethod
    def _a_country(cls, value: str) -> str:
        if not re.fullmatch(r"[a-zA-Z]{2}", value):
            raise ValueError("this is no country: write its two letters, such as CA")
        return value.upper()

    @field_validator("within")
    @classmethod
    def _hours_or_days(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9]\d{0,3}[hd]", value):
            raise ValueError("this is no span: write hours or days, such as 12h or 1d")
        return value


def search(queries: Mapping[str, Query], options: GoogleNewsOptions) -> Sequence[Search[GoogleNewsOptions]]:
    """One search for each client, or more where its query is long.

    Queries are not ORed together: an answer holds 100 items whoever asks, and a client that joins or leaves would change
    the search, which is the target's identity. NOT is left to our matcher: Google would apply it to whole articles, of
    which we match only the headline.
    """
    asked: dict[str, list[str]] = {}
    unsaid: dict[str, tuple[str, ...]] = {}
    for client, query in queries.items():
        ways = alternatives(query, context=True)
        unsaid[client] = widened(query, ways)
        for text in _questions(ways):
            asked.setdefault(text, []).append(client)
    return [
        Search(
            options=options.model_copy(update={"search": text}),
            clients=tuple(clients),
            widened={client: unsaid[client] for client in clients},
        )
        for text, clients in asked.items()
    ]


def _questions(ways: Alternatives) -> list[str]:
    """The ways ORed together, as many in one question as Google reads."""
    questions: list[list[str]] = []
    room = 0
    for way in ways:
        phrases = _within_reach(way)
        cost = sum(len(phrase) for phrase in phrases) + 1
        if cost > room:
            questions.append([])
            room = MOST_WORDS
        room -= cost
        said = " ".join(f'"{" ".join(phrase)}"' for phrase in phrases)
        questions[-1].append(f"({said})" if len(phrases) > 1 and len(ways) > 1 else said)
    return [" OR ".join(question) for question in questions]


def _within_reach(way: tuple[str, ...]) -> list[list[str]]:
    """The terms of one way as words, cut to what one question can hold: fewer words only widen it."""
    phrases: list[list[str]] = []
    room = MOST_WORDS - 1
    for term in way:
        words = term.split()[:room]
        room -= len(words)
        phrases += [words] if words else []
    return phrases


def address(options: GoogleNewsOptions, since: timedelta | None) -> str:
    """The feed of this search; `since` is how long ago it was last read."""
    region = options.language if "-" in options.language else f"{options.language}-{options.country}"
    words = f"{options.search} when:{_span(options.within, since)}"
    edition = {"hl": region, "gl": options.country, "ceid": f"{options.country}:{options.language}"}
    return f"{options.site.rstrip('/')}/rss/search?{urlencode({'q': words, **edition})}"


def scope(options: GoogleNewsOptions) -> str:
    """Site, edition and words; how far back an answer reaches is no part of it."""
    return f"{options.site.rstrip('/')} {options.language}-{options.country} {options.search}"


def _span(within: str, since: timedelta | None) -> str:
    """`within`, or as many whole days as it takes to reach back to the last reading and a little beyond."""
    usual = timedelta(**{"h": {"hours": int(within[:-1])}, "d": {"days": int(within[:-1])}}[within[-1]])
    if since is None or since + OVERLAP <= usual:
        return within
    return f"{(since + OVERLAP) // timedelta(days=1) + 1}d"


NEARLY_ALL = 90
"""It shows the newest hundred or so; fewer are all there are within the time that was asked for."""


def fetch(http: Http, options: GoogleNewsOptions, cursor: JSON) -> Iterator[Page]:
    """One page. The cursor holds what was seen and when: `{"read_at": ISO 8601, "memory": …}`."""
    known = cursor if isinstance(cursor, Mapping) else {}
    answer = http.get(address(options, _since(known.get("read_at"), http.now)), accept=feed.ACCEPT)
    if answer.unchanged:
        return
    parsed = feed.read(http, answer, known.get("memory"))
    memory = {
        "seen": parsed.memory["seen"]
    }  # no trust for the fast parser: it leaves out <source>, which we live by
    yield Page(
        found=tuple(as_article(item) for item in parsed.items),
        refused=parsed.refused,
        cursor={"read_at": http.now.isoformat(), "memory": memory},
        shown=parsed.entries_count if parsed.entries_count >= NEARLY_ALL else None,
    )


def _since(read_at: object, now: datetime) -> timedelta | None:
    try:
        return now - datetime.fromisoformat(str(read_at))
    except (ValueError, TypeError):
        return None


def as_article(item: Found) -> Found:
    """The headline without its publisher, who becomes the author and the site: all links lead to Google.

    The text is left empty: Google fills it with the headline again and with those of other papers.
    """
    source = item.raw.get("source") or {}
    name = str(source.get("title") or "").strip()
    href = str(source.get("href") or "")
    site = absolute(href, href) if href else None
    host = (urlsplit(site or "").hostname or "").removeprefix("www.")
    title = (item.title or "").removesuffix(f" - {name}") if name else item.title
    author = Author(key=host or name.casefold(), name=name or host) if host or name else None
    return replace(
        item, title=title, text="", links=(), site=site, author=author, author_hidden=author is None
    )


def check(http: Http, options: GoogleNewsOptions) -> str:
    """Ask for anything and say how much came."""
    asked = options if options.search else options.model_copy(update={"search": "news"})
    parsed = feed.read(http, http.get(address(asked, None), accept=feed.ACCEPT, conditional=False))
    return f"Google News answers: {parsed.entries_count} articles for {asked.search}."


CONNECTOR = Connector(
    kind="google_news",
    summary="News articles that Google News finds for a client's query.",
    options=GoogleNewsOptions,
    scope=scope,
    place=lambda options: options.site,
    fetch=fetch,
    search=search,
    default_every=timedelta(minutes=15),
    least_interval=timedelta(minutes=10),
    check=check,
    terms="Google's: for personal use; each article is its publisher's.",
)
