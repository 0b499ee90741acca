"""Trustpilot: reviews of a company, by its API with a key. Keys come with a paid plan of the company (or Trustpilot's Data Solutions)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

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
    Refused,
    TryLater,
    values,
)
from listener.connector.listing import Leaf, walk
from listener.connector.plain import cleaned, one_line

API = "https://api.trustpilot.com/v1/business-units"
SITE = "https://www.trustpilot.com"
PLACE = "Trustpilot"
HITS = 100
_KEYS = "businessapp.b2b.trustpilot.com/applications"
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class TrustpilotOptions(KeyedOptions):
    """One company."""

    domain: str = Field(
        description="The company's domain as Trustpilot has it, or the address of its page there.",
        examples=["mills.example", "https://www.trustpilot.com/review/mills.example"],
    )
    api_key: SecretStr = Field(description="The key of an application at Trustpilot.")
    days: int = Field(default=30, ge=1, le=365, description="How many days back reviews are read once a day.")

    @field_validator("domain")
    @classmethod
    def _a_domain(cls, value: str) -> str:
        """With its www where that is how it stands at Trustpilot."""
        written = value.strip().casefold()
        told = written.partition("/review/")[2] or written.partition("://")[2] or written
        host = re.split(r"[/?#]", told)[0]
        if not _HOST.fullmatch(host):
            raise ValueError("this is no domain: write it as on Trustpilot, such as mills.example")
        return host

    @field_validator("api_key")
    @classmethod
    def _a_key(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value().strip()
        if not values.is_token(key):
            raise ValueError(f"this is no key: copy the API key of an application at {_KEYS}")
        return SecretStr(key)


def fetch(http: Http, options: TrustpilotOptions, cursor: JSON) -> Iterator[Page]:
    """From the newest review down; once a day as far back as `days`, for what was changed."""
    floor = http.now - timedelta(days=options.days)
    return walk(http, lambda page: _ask(http, options, page), cursor, place=PLACE, floor=floor, most=20)


def _ask(http: Http, options: TrustpilotOptions, page: str | None) -> Leaf:
    number = int(page) if page and page.isdecimal() else 1
    params = {"orderBy": "createdat.desc", "perPage": str(HITS), "page": str(number)}
    known = http.recall(f"unit {options.domain}")
    unit = known if isinstance(known, str) and known else _find(http, options)
    answer = _get(http, options, f"/{unit}/reviews", params)
    if answer.status == 404 and unit == known:  # it was merged with another one
        answer = _get(http, options, f"/{_find(http, options)}/reviews", params)
    if answer.status == 404:
        raise NeedsAttention(f"{PLACE} no longer shows reviews of {options.domain} (404): check the domain.")
    return http.apart(read_reviews, answer.body, number, http.now)


def _find(http: Http, options: TrustpilotOptions) -> str:
    """What Trustpilot calls the company, remembered at once."""
    answer = _get(http, options, "/find", {"name": options.domain})
    if answer.status == 404:
        raise NeedsAttention(
            f"{PLACE} has no company at {options.domain} (404): look it up at trustpilot.com, and write the domain that stands there."
        )
    unit = values.text(values.parsed(answer.body, PLACE), "id")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", unit):
        raise TryLater(f"{PLACE} answered without the company: it is asked again later.")
    http.remember(f"unit {options.domain}", unit)
    return unit


def _get(http: Http, options: TrustpilotOptions, path: str, params: Mapping[str, str]) -> Answer:
    answer = http.get(
        API + path,
        params=params,
        accept="application/json",
        conditional=False,
        headers={"apikey": options.api_key.get_secret_value()},
        reads=(401, 403, 404),
    )
    if answer.status == 401:
        raise NeedsAttention(
            f"{PLACE} does not know the key (401): copy the API key, not the secret, from {_KEYS}."
        )
    if answer.status == 403:
        raise NeedsAttention(
            f"{PLACE} does not show {options.domain} to this key (403): the plan it belongs to must include the API, and the company."
        )
    return answer


def read_reviews(body: bytes, number: int, now: datetime) -> Leaf:
    """Read a page; pure. Raises TryLater where it is none."""
    answer = values.parsed(body, PLACE)
    rows = answer.get("reviews") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise TryLater(f"{PLACE} answered without reviews: it is asked again later.")
    read = [_review(row, now) for row in rows]
    found = tuple(one for one in read if isinstance(one, Found))
    if rows and not found:
        raise TryLater(f"{PLACE} answered with reviews without an id or stars: it is asked again later.")
    times = [one.published_at for one in found if one.published_at is not None]
    return Leaf(
        found=found,
        refused=tuple(one for one in read if isinstance(one, Refused)),
        marks={one.external_id: str(one.raw.get("updatedAt", "")) for one in found},
        oldest=min(times, default=None),
        next=str(number + 1) if len(rows) >= HITS else None,
    )


_KEPT = ("id", "createdAt", "updatedAt", "experiencedAt", "language", "stars", "status", "isVerified")


def _review(row: Any, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A review. What the company answers is the client's own, and no review."""
    number, stars = one_line(values.text(row, "id")), values.count(row, "stars")
    if not number or stars is None or not 1 <= stars <= 5:
        return values.refused(f"This review of {PLACE} has no id or no stars.", row)
    at, edited = (values.moment(values.text(row, key), now) for key in ("createdAt", "updatedAt"))
    author = _author(values.table(row, "consumer"))
    return Found(
        external_id=number,
        title=one_line(values.text(row, "title")) or None,
        text=cleaned(values.text(row, "text")),
        url=f"{SITE}/reviews/{quote(number, safe='')}",
        author=author,
        author_hidden=author is None,
        published_at=at,
        edited_at=edited if at and edited and edited > at else None,
        language=one_line(values.text(row, "language")) or None,
        form="review",
        rating=(stars - 1) / 4,
        engagement=values.counts(row, likes="numberOfLikes"),
        raw={**values.kept(row, _KEPT), "answered": bool(values.table(row, "companyReply"))},
    )


def _author(consumer: Mapping[str, Any]) -> Author | None:
    number, name = (one_line(values.text(consumer, key)) for key in ("id", "displayName"))
    if not number:
        return None
    return Author(key=number, name=name or None, url=f"{SITE}/users/{quote(number, safe='')}")


def check(http: Http, options: TrustpilotOptions) -> str:
    """Read the newest reviews; say how many there are."""
    leaf = _ask(http, options, None)
    more = "at least " if leaf.next else ""
    return f"{PLACE} answers: {more}{len(leaf.marks)} reviews of {options.domain}."


CONNECTOR = Connector(
    kind="trustpilot",
    summary="Reviews of a company on Trustpilot.",
    options=TrustpilotOptions,
    scope=lambda options: options.domain,
    place=lambda _: "",
    fetch=fetch,
    default_every=timedelta(minutes=30),
    least_interval=timedelta(minutes=5),
    check=check,
    needs="a key",
    terms="By contract with Trustpilot; what it takes down should go, and reviews are shown with its name.",
)
