"""Feeds: RSS, Atom, RDF and JSON Feed, and all that speaks one of them (podcasts, YouTube channels, forums, releases)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, field_validator

from listener.connector import JSON, Connector, Http, OptionsModel, Page, feed


class RssOptions(OptionsModel):
    """One feed."""

    url: str = Field(description="The feed's address.", examples=["https://example.com/feed.xml"])

    @field_validator("url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if not _is_web_address(value.strip()):
            raise ValueError("this is no web address: write it with https:// or http:// and a host")
        return value.strip()


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, brackets that do not close
        return False


def normalised(url: str) -> str:
    """The same for addresses that must mean the same feed: case of scheme and host, default port and fragment left out."""
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    default = {"http": 80, "https": 443}.get(scheme)
    named = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port not in {None, default} else ""
    return urlunsplit((scheme, named + port, parts.path or "/", parts.query, ""))


def fetch(http: Http, options: RssOptions, cursor: JSON) -> Iterator[Page]:
    """The whole feed is one page; the cursor remembers which of its entries were seen."""
    answer = http.get(options.url, accept=feed.ACCEPT)
    if answer.unchanged:
        return
    parsed = feed.read(http, answer, cursor)
    yield Page(
        found=parsed.items, refused=parsed.refused, cursor=parsed.memory, shown=parsed.entries_count or None
    )


def check(http: Http, options: RssOptions) -> str:
    """Read it once and say what is there."""
    parsed = feed.read(http, http.get(options.url, accept=feed.ACCEPT, conditional=False))
    return f"“{parsed.title or options.url}” has {parsed.entries_count} entries."


CONNECTOR = Connector(
    kind="rss",
    summary="A feed: RSS, Atom, RDF or JSON Feed.",
    options=RssOptions,
    scope=lambda options: normalised(options.url),
    fetch=fetch,
    short="url",
    check=check,
    terms="The publisher's own.",
)
