"""What YouTube's Data API answers, read. Pure, but for what is asked of `http` about a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from listener.connector import values
from listener.connector.contract import Answer, Http, NeedsAttention, Trouble, TryLater, UsedUp
from listener.connector.marked import Sheet, milliseconds
from listener.connector.plain import addresses_in, cleaned, language_tag, one_line
from listener.connector.status import judged
from listener.domain.found import Author, Found, Refused

HOME = "https://www.youtube.com"
CONSOLE = "https://console.cloud.google.com/apis/credentials"
PACIFIC = ZoneInfo("America/Los_Angeles")
CHANNEL = re.compile(r"UC[\w-]{22}")
VIDEO = re.compile(r"[\w-]{11}")
_COMMENT_KEPT = ("videoId", "parentId", "authorDisplayName", "publishedAt", "updatedAt", "likeCount")
_VIDEO_KEPT = ("title", "channelId", "channelTitle", "publishedAt", "liveBroadcastContent", "categoryId")

Item = Callable[[Any, datetime], Found | Refused | None]


_NO_KEYS = {
    "ya29.": "an access token",
    "GOCSPX-": "the secret of a client",
    "1//": "a refresh token",
    ".apps.googleusercontent.com": "the id of a client",
}


def key_of(written: str) -> str:
    """An API key. Raises ValueError with a sentence where it is something else of Google's, or nothing."""
    key = written.strip()
    for sign, what in _NO_KEYS.items():
        if key.startswith(sign) or (sign.startswith(".") and key.endswith(sign)):
            raise ValueError(f"this is {what}, and YouTube is asked with an API key: make one at {CONSOLE}")
    if not values.is_token(key):
        raise ValueError(f"this is no API key: make one at {CONSOLE}")
    return key


def channel_of(written: str) -> str:
    """An id, `@handle` or `user/name`, from what people write. Raises ValueError with a sentence where it is none."""
    value = written.strip().rstrip("/")
    if "youtube.com/" in value:
        first, _, rest = value.partition("youtube.com/")[2].partition("?")[0].partition("/")
        name = rest.partition("/")[0]
        if first == "c":
            raise ValueError(
                f"“{written}” is an address that YouTube no longer gives: open it, and write the handle with @ that it shows"
            )
        value = f"user/{name}" if first == "user" else name if first == "channel" else first
    if CHANNEL.fullmatch(value) or re.fullmatch(r"user/[\w-]+", value):
        return value
    handle = value.removeprefix("@")
    if not re.fullmatch(r"[\w.·-]{3,30}", handle):
        raise ValueError(
            f"“{written}” is no channel: write its handle, as in @millssupply, or its id, which begins with UC"
        )
    return f"@{handle.casefold()}"


def video_of(written: str) -> str:
    """The id of a video, from it or from any address of its page. Raises ValueError with a sentence where it is none."""
    value = written.strip()
    found = re.search(r"(?:[?&]v=|youtu\.be/|/(?:shorts|live|embed)/)([\w-]{11})(?![\w-])", value)
    name = found[1] if found else value
    if not VIDEO.fullmatch(name):
        raise ValueError(f"“{written}” is no video: write its address, or the eleven signs after `v=`")
    return name


def read_list(body: bytes, now: datetime, item: Item) -> Sheet:
    """A list of videos or comments. Raises TryLater where it is none."""
    rows, mark = _rows(body)
    return Sheet.of([item(row, now) for row in rows], mark=mark)


def read_hits(body: bytes) -> Sheet:
    """The ids of what a search found, as rows."""
    rows, mark = _rows(body)
    ids = [values.text(values.table(row, "id"), "videoId") for row in rows]
    if rows and not any(ids):
        raise TryLater("YouTube answered with videos that have no ids: it is asked again later.")
    return Sheet(rows=tuple(name for name in ids if VIDEO.fullmatch(name)), mark=mark)


def read_threads(body: bytes, now: datetime) -> Sheet:
    """Comments with the replies that are shown; rows are of each its id, its video, how many replies it has and how many came."""
    threads, mark = _rows(body)
    read = [_thread(thread, now) for thread in threads]
    tops = [items[0] for items, _ in read]
    if threads and not any(isinstance(one, Found) for one in tops):
        raise TryLater("YouTube answered with comments that have no ids: it is asked again later.")
    times = [one.published_at for one in tops if isinstance(one, Found)]
    return Sheet.of(
        chain.from_iterable(items for items, _ in read),
        times=milliseconds(times),
        rows=tuple(row for _, row in read if row is not None),
        mark=mark,
    )


def _thread(
    thread: Any,  # noqa: ANN401 - whatever JSON holds
    now: datetime,
) -> tuple[list[Found | Refused], tuple[str, str, int, int] | None]:
    about = values.table(thread, "snippet")
    video, total = values.text(about, "videoId"), values.count(about, "totalReplyCount") or 0
    top = comment(about.get("topLevelComment"), now, video=video, replies=total)
    shown = values.table(thread, "replies").get("comments")
    replies = [comment(one, now, video=video) for one in shown] if isinstance(shown, list) else []
    row = (top.external_id, video, total, len(replies)) if isinstance(top, Found) else None
    return [top, *replies], row


def comment(row: Any, now: datetime, *, video: str = "", replies: int | None = None) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A comment or a reply. What is edited is told by a later time of change."""
    about, name = values.table(row, "snippet"), one_line(values.text(row, "id"))
    written = values.moment(about.get("publishedAt"), now)
    if not name or written is None:
        return values.refused("This comment of YouTube has no id or no time.", row)
    changed = values.moment(about.get("updatedAt"), now)
    video = values.text(about, "videoId") or video
    by = _author(about)
    told = {} if replies is None else {"replies": replies}
    return Found(
        external_id=name,
        text=cleaned(values.text(about, "textOriginal") or values.text(about, "textDisplay")),
        url=f"{HOME}/watch?v={quote(video)}&lc={quote(name)}" if video else None,
        author=by,
        author_hidden=by is None,
        published_at=written,
        edited_at=changed if changed is not None and changed > written else None,
        form="comment",
        links=addresses_in(values.text(about, "textDisplay")),
        engagement={**values.counts(about, likes="likeCount"), **told},
        raw=values.kept(about, _COMMENT_KEPT),
    )


def comment_on(video: str) -> Item:
    """How a reply is read whose own answer does not say to which video it belongs."""
    return partial(comment, video=video)


def _author(about: Mapping[str, Any]) -> Author | None:
    """Who commented; what YouTube shows as a name is the handle, since all have one."""
    key = one_line(values.text(values.table(about, "authorChannelId"), "value"))
    shown = one_line(values.text(about, "authorDisplayName"))
    if not key and not shown:
        return None
    handle = shown.removeprefix("@") if shown.startswith("@") else None
    return Author(
        key=key or shown,
        handle=handle,
        name=shown or None,
        url=f"{HOME}/channel/{quote(key)}" if key else None,
    )


def video(row: Any, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A video with its whole description."""
    about, name = values.table(row, "snippet"), values.text(row, "id")
    written, channel = values.moment(about.get("publishedAt"), now), one_line(values.text(about, "channelId"))
    if not VIDEO.fullmatch(name) or written is None:
        return values.refused("This video of YouTube has no id or no time.", row)
    text = cleaned(values.text(about, "description"))
    shown = one_line(values.text(about, "channelTitle")) or None
    by = Author(key=channel, name=shown, url=f"{HOME}/channel/{quote(channel)}") if channel else None
    return Found(
        external_id=name,
        title=one_line(values.text(about, "title")) or None,
        text=text,
        url=f"{HOME}/watch?v={name}",
        author=by,
        author_hidden=by is None,
        published_at=written,
        language=language_tag(about.get("defaultAudioLanguage") or about.get("defaultLanguage")),
        links=addresses_in(text),
        engagement=_statistics(values.table(row, "statistics")),
        raw=values.kept(about, _VIDEO_KEPT),
    )


def of_feed(found: Found, channel: str) -> Found:
    """A video of a channel's feed as the same item that a search finds."""
    name = one_line(found.external_id.removeprefix("yt:video:"))
    by = Author(
        key=channel, name=found.author.name if found.author else None, url=f"{HOME}/channel/{channel}"
    )
    return replace(found, external_id=name, author=by, url=f"{HOME}/watch?v={quote(name)}")


def _statistics(told: Mapping[str, Any]) -> dict[str, int]:
    """Counts, which YouTube writes as texts."""
    named = {"views": "viewCount", "likes": "likeCount", "comments": "commentCount"}
    said = {name: values.text(told, key) for name, key in named.items()}
    return {name: int(text) for name, text in said.items() if text.isdecimal() and len(text) < 16}


def read_channel(body: bytes) -> str:
    """The id of the channel that was asked for; empty where there is none."""
    rows, _ = _rows(body, may_lack_items=True)
    ids = [name for row in rows if CHANNEL.fullmatch(name := values.text(row, "id"))]
    return ids[0] if ids else ""


def _rows(body: bytes, *, may_lack_items: bool = False) -> tuple[list[Any], str]:
    """The items, and the mark of the next page. Raises TryLater where it is no list of YouTube's."""
    answer = values.parsed(body, "YouTube")
    rows = answer.get("items") if isinstance(answer, dict) else None
    if may_lack_items and rows is None and values.text(answer, "kind").startswith("youtube#"):
        rows = []
    if not isinstance(rows, list):
        raise TryLater("YouTube answered without a list of items: it is asked again later.")
    return rows, values.text(answer, "nextPageToken")


def read_reasons(body: bytes) -> frozenset[str]:
    """Every reason that a refusal names, in either shape that Google gives them; empty where it is none of its refusals."""
    try:
        error = values.table(values.parsed(body, ""), "error")
    except TryLater:
        return frozenset()
    listed = [one for key in ("errors", "details") if isinstance(error.get(key), list) for one in error[key]]
    reasons = {values.text(one, "reason") for one in listed} - {""}
    limits = " ".join(values.text(values.table(one, "metadata"), "quota_limit") for one in listed)
    if "PerDay" in limits:
        reasons.add("per day")
    if "key expired" in values.text(error, "message").casefold():
        reasons.add("keyExpired")
    return frozenset(reasons)


_DAY, _WINDOW = (
    {"quotaExceeded", "dailyLimitExceeded", "per day"},
    {
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "RATE_LIMIT_EXCEEDED",
        "processingFailure",
    },
)


def trouble(
    http: Http, answer: Answer, reasons: frozenset[str], *, account: str, meter: str, what: str
) -> Trouble:
    """What to do about a refusal, by the reasons that YouTube gives. A day's end is no refusal, and is told to the meter."""
    if reasons & _DAY:
        midnight = http.now.astimezone(PACIFIC).replace(hour=0, minute=0, second=0, microsecond=0)
        again = (midnight + timedelta(days=1)).astimezone(UTC)
        http.told(meter, left=0, resets_at=again)
        return UsedUp(
            f"YouTube says that the {meter} of today are used up: it is asked again at {again:%Y-%m-%d %H:%M} UTC. "
            f"Write under `{meter}` what the project really has, or ask Google for more.",
            after=again - http.now,
            account=f"youtube/{account}/{meter}",
        )
    if reasons & _WINDOW:
        return TryLater(
            "YouTube says that we ask too often: it is asked again later.", after=timedelta(minutes=5)
        )
    for reason, sentence in _SENTENCES.items():
        if reason in reasons:
            return NeedsAttention(sentence.format(what=what))
    return judged(answer, now=http.now)


_UNKNOWN = f"YouTube does not know this key: copy it anew from {CONSOLE}, or make one there."
_OFF = (
    "The project of the key does not have the YouTube Data API v3: switch it on at "
    "https://console.cloud.google.com/apis/library/youtube.googleapis.com."
)
_RESTRICTED = f"The key for YouTube is restricted to other uses: let it ask the YouTube Data API v3 from here, at {CONSOLE}."
_SENTENCES = {
    "keyExpired": f"The key for YouTube has expired: make a new one at {CONSOLE}.",
    "keyInvalid": _UNKNOWN,
    "API_KEY_INVALID": _UNKNOWN,
    "accessNotConfigured": _OFF,
    "SERVICE_DISABLED": _OFF,
    "API_KEY_SERVICE_BLOCKED": _RESTRICTED,
    "API_KEY_HTTP_REFERRER_BLOCKED": _RESTRICTED,
    "API_KEY_IP_ADDRESS_BLOCKED": _RESTRICTED,
    "ipRefererBlocked": _RESTRICTED,
    "commentsDisabled": "Comments are switched off at {what}: leave it out of `videos`, or say `comments: false`.",
    "videoNotFound": "YouTube has no video {what}, or no longer shows it: take it out of `videos`.",
    "channelNotFound": "YouTube has no such channel: open its page, and write the handle with @ that it shows.",
}
