"""Google Business Profile: reviews of a location of the client's own, by My Business API v4.

The client lets us in by OAuth, and Google must have approved the project for this API. Later pages may miss reviews (known since
June 2026), so the first is read often, and the rest once a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NoReturn

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
    oauth,
    values,
)
from listener.connector.listing import Leaf, walk
from listener.connector.plain import cleaned, one_line

API = "https://mybusiness.googleapis.com/v4"
TOKENS = "https://oauth2.googleapis.com/token"
PLACE = "Google Business Profile"
HITS = 50
STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
_APPROVAL = "ask for access at developers.google.com/my-business/content/prereqs"
_CLIENTS = "console.cloud.google.com/apis/credentials"
_TRANSLATED = re.compile(r"\(Translated by Google\).*?\(Original\)\s*", re.DOTALL)
_TRANSLATION = re.compile(r"\s*\(Translated by Google\).*", re.DOTALL)


class GoogleBusinessOptions(KeyedOptions):
    """One location of the client's own."""

    account: str = Field(
        description="The number of the account that owns the location.", examples=["112233445566778899"]
    )
    location: str = Field(
        description="The number of the location, or its name as the API gives it.", examples=["9988776655"]
    )
    client_id: str = Field(
        description="The id of your OAuth client.", examples=["123-abc.apps.googleusercontent.com"]
    )
    client_secret: SecretStr = Field(description="The secret of this OAuth client.")
    refresh_token: SecretStr = Field(
        description="What the client's consent gave you, with the scope business.manage."
    )
    days: int = Field(default=30, ge=1, le=365, description="How many days back reviews are read once a day.")

    @field_validator("account", "location", mode="before")
    @classmethod
    def _number(cls, value: object) -> str:
        """`accounts/1/locations/2`, `locations/2` or the number alone."""
        last = str(value).strip().strip("/").rpartition("/")[2]
        if not last.isascii() or not last.isdecimal():
            raise ValueError(
                "this is no number of Google's: write it as business.google.com or the API shows it"
            )
        return last

    @field_validator("refresh_token")
    @classmethod
    def _refreshes(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value().startswith("ya29."):
            raise ValueError("this is an access token, which ends in an hour: give the refresh token (1//…)")
        return value


def fetch(http: Http, options: GoogleBusinessOptions, cursor: JSON) -> Iterator[Page]:
    """From the latest change down, on while unknown reviews come."""
    floor = http.now - timedelta(days=options.days)
    return walk(http, lambda token: _ask(http, options, token), cursor, place=PLACE, floor=floor)


def _ask(http: Http, options: GoogleBusinessOptions, token: str | None) -> Leaf:
    params = {"pageSize": str(HITS), "orderBy": "updateTime desc"}
    params |= {"pageToken": token} if token else {}

    def call(bearer: str) -> Answer:
        return http.get(
            f"{API}/accounts/{options.account}/locations/{options.location}/reviews",
            params=params,
            accept="application/json",
            conditional=False,
            headers={"authorization": f"Bearer {bearer}"},
            reads=(401, 403, 404, 429),
        )

    answer = oauth.called(call, lambda anew: _token(http, options, anew=anew))
    if answer.status != 200:
        _refuse(answer, options)
    return http.apart(read_reviews, answer.body, http.now)


def _token(http: Http, options: GoogleBusinessOptions, *, anew: bool) -> str:
    refresh = options.refresh_token.get_secret_value()

    def ask() -> Answer:
        form = {
            "grant_type": "refresh_token",
            "client_id": options.client_id,
            "client_secret": options.client_secret.get_secret_value(),
            "refresh_token": refresh,
        }
        answer = http.post(TOKENS, form=form, reads=(400, 401))
        if answer.status != 200:
            _refuse_token(answer)
        return answer

    whose = f"{options.client_id} {oauth.fingerprint(refresh)}"
    return oauth.token(http, ask, whose=whose, place=PLACE, anew=anew)


def _refuse_token(answer: Answer) -> NoReturn:
    error = values.text(values.told(answer.body), "error")
    if error == "invalid_grant":
        raise NeedsAttention(
            "Google no longer takes the refresh token (invalid_grant): the client withdrew its consent or changed its password, or "
            "the token is past its time (7 days while the consent screen is in “Testing”: publish it). Ask for consent anew."
        )
    if error in {"invalid_client", "unauthorized_client"}:
        raise NeedsAttention(
            f"Google does not know the OAuth client ({error}): check client_id and client_secret at {_CLIENTS}."
        )
    raise NeedsAttention(
        f"Google gives no token ({one_line(error)[:80] or answer.status}): check client_id, client_secret and refresh_token."
    )


def _refuse(answer: Answer, options: GoogleBusinessOptions) -> NoReturn:
    """Why the reviews are not shown, with what mends it."""
    said = one_line(values.text(values.table(values.told(answer.body), "error"), "message"))[:200].rstrip(".")
    if answer.status == 429:
        _too_many(answer)
    if "insufficient authentication scopes" in said:
        raise NeedsAttention(
            "The refresh token lacks the scope https://www.googleapis.com/auth/business.manage (403): ask for consent with it."
        )
    if "has not been used" in said or "is disabled" in said:
        raise NeedsAttention(
            f"The Google My Business API is off in your project ({answer.status}): switch it on at "
            f"console.cloud.google.com/apis/library/mybusiness.googleapis.com; if it is not listed there, {_APPROVAL}."
        )
    if answer.status == 404:
        raise NeedsAttention(
            f"Google knows no location {options.location} in account {options.account} (404): check both numbers."
        )
    if answer.status == 401:
        raise NeedsAttention("Google refuses the token that it has just given (401): ask for consent anew.")
    raise NeedsAttention(
        f"Whoever gave consent may not see location {options.location} ({said or answer.status}): an owner or manager of it must."
    )


def _too_many(answer: Answer) -> NoReturn:
    """A quota of nothing is a project that was never approved; any other is over in a minute."""
    if re.search(rb'"quota_limit_value":\s*"0"', answer.body):
        raise NeedsAttention(
            f"Google has not approved your project for this API (its quota is 0): {_APPROVAL}."
        )
    wait = answer.headers.get("retry-after", "")
    seconds = int(wait) if wait.isascii() and wait.isdecimal() and len(wait) < 7 else 60
    raise TryLater(
        f"{PLACE} says that we ask too often (429): it is asked again later.",
        after=timedelta(seconds=seconds),
    )


_ANSWERS = frozenset({"reviews", "averageRating", "totalReviewCount", "nextPageToken"})


def read_reviews(body: bytes, now: datetime) -> Leaf:
    """Read a page; pure. Where there are none Google says `{}`. Raises TryLater where it is none."""
    answer = values.parsed(body, PLACE)
    rows = answer.get("reviews", []) if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not set(answer) <= _ANSWERS:
        raise TryLater(f"{PLACE} answered without reviews: it is asked again later.")
    read = [_review(row, now) for row in rows]
    found = tuple(one for one in read if isinstance(one, Found))
    if rows and not found:
        raise TryLater(f"{PLACE} answered with reviews without an id or stars: it is asked again later.")
    times = [at for row in rows if (at := values.moment(values.text(row, "updateTime"), now)) is not None]
    return Leaf(
        found=found,
        refused=tuple(one for one in read if isinstance(one, Refused)),
        marks={one.external_id: str(one.raw.get("updateTime", "")) for one in found},
        oldest=min(times, default=None),
        next=values.text(answer, "nextPageToken") or None,
    )


_KEPT = ("name", "createTime", "updateTime", "starRating")


def _review(row: Any, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A review; what the owner answers is the client's own, and no review."""
    number, stars = one_line(values.text(row, "reviewId")), STARS.get(values.text(row, "starRating"))
    if not number or stars is None:
        return values.refused(f"This review of {PLACE} has no id or no stars.", row)
    at, edited = (values.moment(values.text(row, key), now) for key in ("createTime", "updateTime"))
    reviewer = values.table(row, "reviewer")
    name = "" if reviewer.get("isAnonymous") is True else one_line(values.text(reviewer, "displayName"))
    said = values.text(row, "comment")
    return Found(
        external_id=number,
        text=cleaned(_TRANSLATION.sub("", _TRANSLATED.sub("", said))),
        author=Author(key=number, name=name)
        if name
        else None,  # one review a person, and names are anybody's
        author_hidden=not name,
        published_at=at,
        edited_at=edited if at and edited and edited > at else None,
        form="review",
        rating=(stars - 1) / 4,
        raw={**values.kept(row, _KEPT), "answered": bool(values.table(row, "reviewReply"))},
    )


def check(http: Http, options: GoogleBusinessOptions) -> str:
    """Read the newest reviews; say how many there are."""
    leaf = _ask(http, options, None)
    more = "at least " if leaf.next else ""
    return f"{PLACE} answers: {more}{len(leaf.marks)} reviews of location {options.location}."


CONNECTOR = Connector(
    kind="google_business",
    summary="Reviews of a location of the client's own on Google Maps and Search.",
    options=GoogleBusinessOptions,
    scope=lambda options: f"{options.account} {options.location}",
    place=lambda options: options.location,
    fetch=fetch,
    default_every=timedelta(minutes=15),
    least_interval=timedelta(minutes=5),
    check=check,
    needs="the client's consent",
    terms="Only for who owns or manages the location, and for agencies that do so for them.",
)
