"""App Store: what people write about an app, by Apple's feed of the newest reviews of each country. Free, without a key.

The feed holds 500 reviews of a country, and is at times empty without a reason: that is no news of nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

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
    Refused,
    TryLater,
    values,
)
from listener.connector.listing import Leaf, walk
from listener.connector.plain import absolute, cleaned, one_line

PLACE = "The App Store"
SITE = "https://itunes.apple.com"
MOST_PAGES = 10
_APP = re.compile(r"(?:^|/id|^id)(\d{5,12})(?:$|[/?&#])")


class AppStoreOptions(OptionsModel):
    """One app in some countries."""

    app: str = Field(
        description="The app's number, or its address in the App Store.",
        examples=["389801252", "https://apps.apple.com/ca/app/mills/id389801252"],
    )
    countries: tuple[str, ...] = Field(
        default=("us",),
        description="Countries whose reviews are read, by their two letters.",
        min_length=1,
        max_length=30,
        examples=[["ca", "us"]],
    )

    @field_validator("app", mode="before")
    @classmethod
    def _number(cls, value: object) -> str:
        found = _APP.search(str(value).strip())
        if not found:
            raise ValueError(
                "this is no app of the App Store: write its number, or its address with /id and the number"
            )
        return found[1]

    @field_validator("countries", mode="before")
    @classmethod
    def _letters(cls, value: object) -> object:
        """One alone may stand without brackets."""
        return (value,) if isinstance(value, str) else value

    @field_validator("countries")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        written = tuple(dict.fromkeys(one.strip().casefold() for one in value))
        for one in written:
            if not re.fullmatch(r"[a-z]{2}", one):
                raise ValueError(f"“{one}” is no country: write its two letters, such as ca")
            if one == "uk":
                raise ValueError("“uk” is no country there: write gb")
        return written


def fetch(http: Http, options: AppStoreOptions, cursor: JSON) -> Iterator[Page]:
    """The countries in turn, each with a cursor of its own; one that cannot be read does not keep the others from it."""
    held: dict[str, JSON] = dict(values.table(cursor, "countries"))
    missing: list[TryLater | NeedsAttention] = []
    for country in options.countries:
        mine = values.table(held, country)
        try:
            for page in walk(
                http, partial(_first_or_next, http, options.app, country, mine), mine, place=PLACE
            ):
                held = {name: held[name] for name in options.countries if name in held}
                held[country] = page.cursor
                yield replace(page, cursor={"countries": dict(held)})
        except (TryLater, NeedsAttention) as trouble:
            if isinstance(trouble, TryLater) and trouble.after is not None:
                raise  # it is the same host for all of them
            missing.append(trouble)
    if missing:
        raise missing[0]


def _first_or_next(http: Http, app: str, country: str, mine: Mapping[str, JSON], number: str | None) -> Leaf:
    """Empty is how the feed looks when it is broken, and how it looks where nobody has written yet."""
    leaf = _ask(http, app, country, int(number) if number and number.isdecimal() else 1)
    if number is None and not leaf.marks and values.table(mine, "known"):
        raise TryLater(
            f"{PLACE} shows no reviews in {country}, where there were some: it is asked again later."
        )
    return leaf


def _ask(http: Http, app: str, country: str, number: int) -> Leaf:
    url = f"{SITE}/{country}/rss/customerreviews/page={number}/id={app}/sortby=mostrecent/json"
    answer = http.get(url, accept="application/json", conditional=False, reads=(400, 404))
    if answer.status != 200:
        raise NeedsAttention(
            f"{PLACE} has no app {app} in {country} ({answer.status}): check its number, or leave the country out."
        )
    leaf = http.apart(read_reviews, answer.body, app, country, http.now)
    return replace(leaf, next=str(number + 1) if leaf.marks and number < MOST_PAGES else None)


def read_reviews(body: bytes, app: str, country: str, now: datetime) -> Leaf:
    """Read a page of the feed; pure. Raises TryLater where it is none."""
    feed = values.table(values.parsed(body, PLACE), "feed")
    if not values.table(feed, "author") and not values.table(feed, "id"):
        raise TryLater(f"{PLACE} answered without a feed: it is asked again later.")
    entries = feed.get("entry", [])
    rows = [entries] if isinstance(entries, dict) else entries  # one alone stands without brackets
    if not isinstance(rows, list):
        raise TryLater(f"{PLACE} answered without reviews: it is asked again later.")
    read = [_review(row, app, country, now) for row in rows if not _is_the_app(row)]
    found = tuple(one for one in read if isinstance(one, Found))
    if read and not found:
        raise TryLater(f"{PLACE} answered with reviews without an id or stars: it is asked again later.")
    return Leaf(
        found=found,
        refused=tuple(one for one in read if isinstance(one, Refused)),
        marks={one.external_id: str(one.raw.get("updated", "")) for one in found},
        oldest=min((one.edited_at for one in found if one.edited_at is not None), default=None),
    )


def _is_the_app(row: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    """The first entry may be the app itself, which has an artist and no stars."""
    return isinstance(row, dict) and "im:artist" in row and "im:rating" not in row


def _label(row: Any, key: str) -> str:  # noqa: ANN401 - whatever JSON holds
    return values.text(values.table(row, key), "label")


def _review(row: Any, app: str, country: str, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A review. Apple tells only when it was last changed: of a new one that is when it was written."""
    number, stars = one_line(_label(row, "id")), _label(row, "im:rating").strip()
    if not number.isdecimal() or stars not in {"1", "2", "3", "4", "5"}:
        return values.refused("This review of the App Store has no id or no stars.", row)
    at = values.moment(_label(row, "updated"), now)
    author = _author(values.table(row, "author"))
    return Found(
        external_id=number,
        title=one_line(_label(row, "title")) or None,
        text=cleaned(_label(row, "content")),
        url=f"https://apps.apple.com/{country}/app/id{app}?see-all=reviews#{number}",
        author=author,
        author_hidden=author is None,
        published_at=at,
        edited_at=at,
        form="review",
        rating=(int(stars) - 1) / 4,
        engagement={
            name: int(said)
            for name, key in (("votes", "im:voteCount"), ("helpful", "im:voteSum"))
            if (said := _label(row, key)).isascii() and said.isdecimal() and len(said) < 10
        },
        raw={
            "country": country,
            "updated": one_line(_label(row, "updated")),
            "version": one_line(_label(row, "im:version")),
            "rating": stars,
        },
    )


def _author(written: Mapping[str, Any]) -> Author | None:
    """Its address holds an account's number; names are anybody's."""
    name, uri = one_line(_label(written, "name")), one_line(_label(written, "uri"))
    number = re.search(r"/id(\d+)", uri)
    key = number[1] if number else name
    url = absolute(uri, SITE) if uri else None
    return Author(key=key, name=name or None, url=url) if key else None


def check(http: Http, options: AppStoreOptions) -> str:
    """Read the newest reviews of the first country; say how many there are."""
    country = options.countries[0]
    reviews = _ask(http, options.app, country, 1)
    if not reviews.marks:
        return f"{PLACE} shows no reviews of {options.app} in {country}: there are none, or its feed is empty for now."
    return f"{PLACE} answers: {len(reviews.marks)} reviews of {options.app} on the first page of {country}."


CONNECTOR = Connector(
    kind="app_store",
    summary="Reviews of an app in Apple's App Store, country by country.",
    options=AppStoreOptions,
    scope=lambda options: f"{options.app} {','.join(options.countries)}",
    place=lambda _: "",
    fetch=fetch,
    short="app",
    default_every=timedelta(hours=1),
    least_interval=timedelta(minutes=15),
    check=check,
    terms="Apple's feed is for showing reviews of apps; keep no more than you need.",
)
