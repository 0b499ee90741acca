"""Google Play: reviews of an app of the client's own, by the Android Publisher API v3.

It shows the reviews that were written or changed in the last seven days, to a service account that the client has let in.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
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
    Meter,
    NeedsAttention,
    Page,
    Refused,
    TryLater,
    oauth,
    values,
)
from listener.connector.listing import Leaf, walk
from listener.connector.plain import cleaned, one_line

API = "https://androidpublisher.googleapis.com/androidpublisher/v3/applications"
TOKENS = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/androidpublisher"
PLACE = "Google Play"
HITS = 100
METER = "requests"
LASTS = timedelta(hours=1)
_APP = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)+")
_GIVE = "make a key (JSON) of a service account at console.cloud.google.com/iam-admin/serviceaccounts"


class GooglePlayOptions(KeyedOptions):
    """One app of the client's own."""

    app: str = Field(
        description="The app's package name, or its address in the Play Store.", examples=["com.mills.shop"]
    )
    service_account: SecretStr = Field(
        description="The key of a service account that may see the app's reviews: the JSON file's content."
    )

    @field_validator("app")
    @classmethod
    def _package(cls, value: str) -> str:
        found = re.search(r"[?&]id=([\w.]+)", value)
        name = found[1] if found else value.strip()
        if not _APP.fullmatch(name):
            raise ValueError("this is no app of Google Play: write its package name, such as com.mills.shop")
        return name

    @field_validator("service_account")
    @classmethod
    def _a_key(cls, value: SecretStr) -> SecretStr:
        key = _key(value)
        if key.get("type") == "authorized_user" or "installed" in key or "web" in key:
            raise ValueError(f"this is an OAuth client's file, not a service account's key: {_GIVE}")
        if not all(isinstance(key.get(name), str) for name in ("client_email", "private_key")):
            raise ValueError(f"this is no key of a service account: {_GIVE}")
        return value


def _key(value: SecretStr) -> Mapping[str, Any]:
    try:
        key = json.loads(value.get_secret_value())
    except (ValueError, RecursionError):
        return {}
    return key if isinstance(key, dict) else {}


def fetch(http: Http, options: GooglePlayOptions, cursor: JSON) -> Iterator[Page]:
    """Pages from the latest change down."""
    return walk(http, lambda token: _ask(http, options, token), cursor, place=PLACE, most=20)


def _ask(http: Http, options: GooglePlayOptions, token: str | None) -> Leaf:
    params = {"maxResults": str(HITS)} | ({"token": token} if token else {})

    def call(bearer: str) -> Answer:
        http.reserve(METER)
        return http.get(
            f"{API}/{options.app}/reviews",
            params=params,
            accept="application/json",
            conditional=False,
            headers={"authorization": f"Bearer {bearer}"},
            reads=(401, 403, 404),
        )

    answer = oauth.called(call, lambda anew: _token(http, options, anew=anew))
    if answer.status != 200:
        _refuse(answer, options)
    return http.apart(read_reviews, answer.body, options.app, http.now)


def _token(http: Http, options: GooglePlayOptions, *, anew: bool) -> str:
    key = _key(options.service_account)
    email = str(key["client_email"])

    def ask() -> Answer:
        asserted = assertion(email, str(key["private_key"]), at=http.now)
        grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
        answer = http.post(TOKENS, form={"grant_type": grant, "assertion": asserted}, reads=(400, 401))
        if answer.status != 200:
            _refuse_token(answer, email, http.now)
        return answer

    whose = f"{email} {oauth.fingerprint(str(key['private_key']))}"
    return oauth.token(http, ask, whose=whose, place=PLACE, anew=anew)


def assertion(email: str, private_key: str, *, at: datetime) -> str:
    """What a service account signs (RS256) to be given a token. Raises NeedsAttention where the key or the library is none."""
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
    except ImportError:
        raise NeedsAttention(
            "Google Play needs the extra `google-play`: pip install 'client-listener[google-play]'."
        ) from None
    try:
        key = serialization.load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NeedsAttention(
            f"The private_key of the service account cannot be read: {_GIVE}, and give it unchanged."
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise NeedsAttention(f"The private_key of the service account is no RSA key: {_GIVE}.")
    began = int(at.timestamp())
    claims = {
        "iss": email,
        "scope": SCOPE,
        "aud": TOKENS,
        "iat": began,
        "exp": began + int(LASTS.total_seconds()),
    }
    told = b".".join(_coded(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    signature = key.sign(told, padding.PKCS1v15(), hashes.SHA256())
    return (told + b"." + _coded(signature)).decode()


def _coded(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _refuse_token(answer: Answer, email: str, now: datetime) -> NoReturn:
    told = values.told(answer.body)
    said = one_line(values.text(told, "error_description") or values.text(told, "error"))[:200].rstrip(".")
    if (off := oauth.clock_off(answer, now)) is not None:
        raise off
    if "account not found" in said.casefold():
        raise NeedsAttention(f"Google has no service account {email} ({said}): {_GIVE}.")
    if "signature" in said.casefold():
        raise NeedsAttention(f"The key of {email} was deleted or disabled ({said}): {_GIVE}.")
    raise NeedsAttention(f"Google gives {email} no token ({said or answer.status}): {_GIVE}.")


def _refuse(answer: Answer, options: GooglePlayOptions) -> NoReturn:
    """Why the reviews are not shown, with what mends it."""
    told = values.told(answer.body)
    said = one_line(values.text(values.table(told, "error"), "message"))[:200].rstrip(".")
    email = _key(options.service_account)["client_email"]
    if "has not been used" in said or "is disabled" in said:
        raise NeedsAttention(
            f"The Android Publisher API is off in the project of {email} ({answer.status}): "
            "switch it on at console.cloud.google.com/apis/library/androidpublisher.googleapis.com."
        )
    if answer.status == 404:
        raise NeedsAttention(
            f"Google Play has no app {options.app} (404): check its package name, and that it was published."
        )
    if answer.status == 401:
        raise NeedsAttention(f"Google Play refuses the token that it has just given (401): {_GIVE}.")
    raise NeedsAttention(
        f"{email} may not see the reviews of {options.app} ({said or answer.status}): the client invites it at "
        "play.google.com/console under Users and permissions, with “View app information” for this app."
    )


def read_reviews(body: bytes, app: str, now: datetime) -> Leaf:
    """Read a page; pure. Where there are none Google says `{}`. Raises TryLater where it is none."""
    answer = values.parsed(body, PLACE)
    rows = answer.get("reviews", []) if isinstance(answer, dict) and not answer.get("error") else None
    if not isinstance(rows, list) or not set(answer) <= {"reviews", "tokenPagination", "pageInfo"}:
        raise TryLater(f"{PLACE} answered without reviews: it is asked again later.")
    read = [_review(row, app, now) for row in rows]
    found = tuple(one for one in read if isinstance(one, Found))
    if rows and not found:
        raise TryLater(f"{PLACE} answered with reviews without an id or stars: it is asked again later.")
    return Leaf(
        found=found,
        refused=tuple(one for one in read if isinstance(one, Refused)),
        marks={one.external_id: str(one.edited_at) for one in found},
        oldest=min((one.edited_at for one in found if one.edited_at is not None), default=None),
        next=values.text(values.table(answer, "tokenPagination"), "nextPageToken") or None,
    )


_KEPT = ("reviewerLanguage", "device", "androidOsVersion", "appVersionCode", "appVersionName")


def _review(row: Any, app: str, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A review with its latest words. What the developer answers is the client's own, and no review."""
    number = one_line(values.text(row, "reviewId"))
    comments = row.get("comments") if isinstance(row, dict) else None
    said = _comment(comments, "userComment")
    stars = values.count(said, "starRating")
    if not number or stars is None or not 1 <= stars <= 5:
        return values.refused(f"This review of {PLACE} has no id or no stars.", row)
    at = _moment(values.table(said, "lastModified"), now)
    title, _, text = values.text(said, "text").rpartition("\t")
    name = one_line(values.text(row, "authorName"))
    hidden = not name or name == "A Google user"
    answered = _comment(comments, "developerComment")
    return Found(
        external_id=number,
        title=one_line(title) or None,
        text=cleaned(text),
        url=f"https://play.google.com/store/apps/details?id={app}&reviewId={number}",
        author=None
        if hidden
        else Author(key=number, name=name),  # one review a person, and names are anybody's
        author_hidden=hidden,
        published_at=at,
        edited_at=at,
        language=values.text(said, "reviewerLanguage").partition("_")[0] or None,
        form="review",
        rating=(stars - 1) / 4,
        engagement=values.counts(said, helpful="thumbsUpCount", not_helpful="thumbsDownCount"),
        raw={**values.kept(said, _KEPT), "stars": stars, "answered": bool(answered)},
    )


def _comment(comments: Any, key: str) -> Mapping[str, Any]:  # noqa: ANN401 - whatever JSON holds
    """The latest one of this sort."""
    those = [values.table(one, key) for one in comments] if isinstance(comments, Sequence) else []
    return next((one for one in reversed(those) if one), {})


def _moment(written: Mapping[str, Any], now: datetime) -> datetime | None:
    """Seconds as a text, as Google writes great numbers."""
    told = written.get("seconds")
    digits = str(told) if isinstance(told, str | int) and not isinstance(told, bool) else ""
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 11:
        return None
    at = datetime.fromtimestamp(int(digits), UTC)
    return at if values.FIRST < at <= now + timedelta(days=1) else None


def check(http: Http, options: GooglePlayOptions) -> str:
    """Read the newest reviews; say how many there are."""
    leaf = _ask(http, options, None)
    more = "at least " if leaf.next else ""
    return f"{PLACE} answers: {more}{len(leaf.marks)} reviews of {options.app} in the last 7 days."


CONNECTOR = Connector(
    kind="google_play",
    summary="Reviews of an app of the client's own in Google Play.",
    options=GooglePlayOptions,
    scope=lambda options: options.app,
    place=lambda options: options.app,
    fetch=fetch,
    default_every=timedelta(minutes=30),
    least_interval=timedelta(minutes=10),
    check=check,
    needs="the client's consent",
    terms="Only for the developer of the app; reviews may be kept to answer and to mend, not to be passed on.",
    meters=lambda _: (Meter(name=METER, unit="requests to Google Play", most=200, per=timedelta(hours=1)),),
)
