"""What LinkedIn's versioned API answers, read, and what its refusals mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from listener.connector import values
from listener.connector.contract import Answer, Http, NeedsAttention, Trouble, TryLater, UsedUp
from listener.connector.marked import Sheet, milliseconds
from listener.connector.plain import absolute, addresses_in, cleaned, one_line
from listener.connector.status import judged
from listener.domain.found import Author, Found, Refused

HOME = "https://www.linkedin.com"
TOKENS = "https://www.linkedin.com/developers/tools/oauth"
ROWS = 50
METER = "calls"


class Missing(Exception):  # noqa: N818 - an outcome of a request, named as such
    """A post or a comment is not there any more."""


def trouble(http: Http, answer: Answer, *, account: str, organization: str, version: str) -> Trouble:
    """What to do about a refusal, by LinkedIn's own words."""
    code, said = http.apart(read_error, answer.body)
    if answer.status == 429 and "day" in said.casefold():
        midnight = http.now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
            days=1
        )
        http.told(METER, left=0, resets_at=midnight)
        return UsedUp(
            f"LinkedIn says that the calls of today are used up: it is asked again at {midnight:%Y-%m-%d %H:%M} UTC.",
            after=midnight - http.now,
            account=f"linkedin_page/{account}/{METER}",
        )
    if answer.status == 404:
        return NeedsAttention(
            f"LinkedIn has nothing there (404): check that {organization} is the number of the organisation. {said}".strip()
        )
    if answer.status == 400 and said and "VERSION" not in code:
        return NeedsAttention(
            f"LinkedIn does not accept the request (400): check the source's options. It says “{said}”."
        )
    if sentence := _attention(answer.status, code, said, organization=organization, version=version):
        return NeedsAttention(sentence)
    return judged(answer, now=http.now)


def _attention(status: int, code: str, said: str, *, organization: str, version: str) -> str:
    """What is wrong with the version or the token; empty where it is neither."""
    anew = f"ask the client to grant it anew, or make one at {TOKENS}"
    if status == 426 or "VERSION" in code:
        return (
            f"LinkedIn serves version {version} of its API no longer, or not yet ({status}): write another `version`, "
            "year and month of a recent one."
        )
    if status == 401:
        state = next(
            (word for word in ("revoked", "expired") if word in f"{code} {said}".casefold()), "not valid"
        )
        return f"The token for LinkedIn is {state} (401): {anew}. Tokens end after 60 days."
    if status == 403:
        return (
            f"The token for LinkedIn may not read this page (403): it needs r_organization_social and rw_organization_admin, "
            f"of an administrator of organisation {organization}; {anew}. {said}".strip()
        )
    return ""


def read_error(body: bytes) -> tuple[str, str]:
    """Code and message of a refusal; empty where it is none of LinkedIn's. Pure."""
    try:
        answer = values.parsed(body, "")
    except TryLater:
        return "", ""
    return values.text(answer, "code").upper(), one_line(values.text(answer, "message"))[:300]


def _rows(body: bytes) -> tuple[list[Any], str]:
    """The elements, and how many were before the next page. Raises TryLater where there are none to be read."""
    answer = values.parsed(body, "LinkedIn")
    rows = answer.get("elements") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise TryLater("LinkedIn answered without a list of elements: it is asked again later.")
    paging = values.table(answer, "paging")
    start, links = values.count(paging, "start") or 0, paging.get("links")
    rels = {values.text(link, "rel") for link in links} if isinstance(links, list) else set()
    more = bool(rows) and ("next" in rels or len(rows) >= (values.count(paging, "count") or ROWS))
    return rows, str(start + len(rows)) if more else ""


def read_posts(body: bytes, now: datetime) -> Sheet:
    """Posts of the organisation; pure. Times are those of their last change, for they are in that order."""
    rows, mark = _rows(body)
    times = milliseconds(_at(row, "lastModifiedAt", now) or _at(row, "publishedAt", now) for row in rows)
    if rows and not times:
        raise TryLater("LinkedIn answered with posts that have no time: it is asked again later.")
    return Sheet.of([_post(row, now) for row in rows], times=times, mark=mark)


def read_notifications(body: bytes, now: datetime) -> Sheet:
    """What happened, as items; rows are of each comment its post and when it was told. Pure."""
    rows, mark = _rows(body)
    times = milliseconds(_at(row, "lastModifiedAt", now) for row in rows)
    if rows and not times:
        raise TryLater("LinkedIn answered with notifications that have no time: it is asked again later.")
    commented = [
        row for row in rows if values.text(row, "action") in _COMMENTS and values.text(row, "sourcePost")
    ]
    posts = tuple((row["sourcePost"], values.count(row, "lastModifiedAt") or 0) for row in commented)
    return Sheet.of([_notification(row, now) for row in rows], times=times, mark=mark, rows=posts)


def read_comments(body: bytes, now: datetime) -> Sheet:
    """Comments; rows are of each its urn and how many replies it has. Pure."""
    rows, mark = _rows(body)
    counted = [
        (
            values.text(row, "commentUrn"),
            values.count(values.table(row, "commentsSummary"), "aggregatedTotalComments"),
        )
        for row in rows
    ]
    return Sheet.of(
        [_comment(row, now) for row in rows],
        rows=tuple((urn, count or 0) for urn, count in counted if urn),
        mark=mark,
    )


_COMMENTS = frozenset({"COMMENT", "ADMIN_COMMENT", "COMMENT_EDIT"})
_KEPT = (
    "id",
    "author",
    "visibility",
    "lifecycleState",
    "action",
    "generatedActivity",
    "sourcePost",
    "commentUrn",
    "object",
)


def _post(row: Any, now: datetime) -> Found | Refused | None:  # noqa: ANN401 - whatever JSON holds
    """A post of the organisation; None where it is not for everybody, or not out."""
    urn, written = (
        one_line(values.text(row, "id")),
        _at(row, "publishedAt", now) or _at(row, "createdAt", now),
    )
    if not urn or written is None:
        return _refused("post", row)
    seen_by, state = values.text(row, "visibility"), values.text(row, "lifecycleState")
    if seen_by not in {"", "PUBLIC"} or state not in {"", "PUBLISHED"}:
        return None
    text, article = (
        little_text(values.text(row, "commentary")),
        values.table(values.table(row, "content"), "article"),
    )
    changed = _at(row, "lastModifiedAt", now)
    edited = values.table(row, "lifecycleStateInfo").get("isEditedByAuthor") is True
    source = absolute(values.text(article, "source"), HOME) if values.text(article, "source") else None
    parent = one_line(values.text(values.table(row, "reshareContext"), "parent"))
    return Found(
        external_id=urn,
        title=one_line(values.text(article, "title")) or None,
        text=text,
        url=f"{HOME}/feed/update/{quote(urn, safe=':')}/",
        author=_author(values.text(row, "author")),
        author_hidden=not values.text(row, "author"),
        published_at=written,
        edited_at=changed if edited else None,
        links=tuple(dict.fromkeys([*addresses_in(text), *([source] if source else [])])),
        repost_of=parent if parent and not text else None,
        raw=values.kept(row, _KEPT),
    )


def _notification(row: Any, now: datetime) -> Found | Refused | str | None:  # noqa: ANN401 - whatever JSON holds
    """A comment, a share or a mention; the id of a comment that was deleted; None of a comment without its words, which is read later."""
    action, at = values.text(row, "action"), _at(row, "lastModifiedAt", now)
    activity = one_line(values.text(row, "generatedActivity"))
    about = values.table(row, "decoratedGeneratedActivity")
    shown = values.table(about, "comment") or values.table(about, "share")
    urn = one_line(values.text(shown, "entity")) or activity
    comment = action in _COMMENTS or action == "COMMENT_DELETE"
    if not action or not urn or at is None:
        return _refused("notification", row)
    if action == "COMMENT_DELETE":
        return _comment_id(urn)
    text = _decorated(row, shown)
    if comment and not text:
        return None
    by = one_line(values.text(shown, "owner"))
    written = _snowflake(urn, now) or at if action == "COMMENT_EDIT" else at
    return Found(
        external_id=_comment_id(urn) if comment else urn,
        text=text,
        url=f"{HOME}/feed/update/{quote(one_line(values.text(row, 'sourcePost')) if comment else urn, safe=':')}/",
        author=_author(by),
        author_hidden=not by,
        published_at=written,
        edited_at=at if action == "COMMENT_EDIT" else None,
        form="comment" if comment else "post",
        links=addresses_in(text),
        repost_of=one_line(values.text(row, "sourcePost")) or None
        if action == "SHARE" and not text
        else None,
        raw=values.kept(row, _KEPT),
    )


def _decorated(row: Any, shown: Mapping[str, Any]) -> str:  # noqa: ANN401 - whatever JSON holds
    """The words of a notification, wherever this version of the API has them."""
    message = values.text(values.table(shown, "message"), "text")
    return little_text(values.text(shown, "text") or values.text(row, "decoratedText") or message)


def _comment(row: Any, now: datetime) -> Found | Refused:  # noqa: ANN401 - whatever JSON holds
    """A comment on a post, or a reply to one."""
    urn, created = one_line(values.text(row, "commentUrn")), values.table(row, "created")
    written, changed = _at(created, "time", now), _at(values.table(row, "lastModified"), "time", now)
    if not urn or written is None:
        return _refused("comment", row)
    text, by = (
        little_text(values.text(values.table(row, "message"), "text")),
        one_line(values.text(row, "actor")),
    )
    likes = values.count(values.table(row, "likesSummary"), "totalLikes")
    return Found(
        external_id=_comment_id(urn),
        text=text,
        url=f"{HOME}/feed/update/{quote(one_line(values.text(row, 'object')), safe=':')}/",
        author=_author(by),
        author_hidden=not by,
        published_at=written,
        edited_at=changed if changed is not None and changed > written else None,
        form="comment",
        links=addresses_in(text),
        engagement={} if likes is None else {"likes": likes},
        raw=values.kept(row, _KEPT),
    )


def _comment_id(urn: str) -> str:
    """The same for every spelling of a comment's urn: it names the post as an activity, a share or not at all."""
    number = re.search(r"(\d+)\)?$", urn)
    return f"comment:{number[1]}" if number else urn


_ESCAPED = re.compile(r"\\([\\|{}@\[\]()<>#*_~])")
_MENTION = re.compile(r"@\[([^\[\]]*+)\]\(urn:li:[^()\s]*+\)")
_HASHTAG = re.compile(r"\{hashtag\|\\?#\|([^{}|]*+)\}")


def little_text(written: str) -> str:
    """LinkedIn's "little text" as people see it: mentions by name, hashtags with their sign, nothing escaped."""
    return cleaned(_ESCAPED.sub(r"\1", _HASHTAG.sub(r"#\1", _MENTION.sub(r"\1", written))))


def _author(urn: str) -> Author | None:
    """LinkedIn tells no names here. An organisation is known by its number, too."""
    key = one_line(urn)
    if not key:
        return None
    number = key.removeprefix("urn:li:organization:")
    own = number != key
    return Author(
        key=key, handle=number if own else None, url=f"{HOME}/company/{quote(number)}/" if own else None
    )


def _snowflake(urn: str, now: datetime) -> datetime | None:
    """When something was made, by its number: its first bits are milliseconds since 1970."""
    number = re.search(r"(\d{15,20})\)?$", urn)
    return _at({"time": int(number[1]) >> 22}, "time", now) if number else None


def _at(row: Any, key: str, now: datetime) -> datetime | None:  # noqa: ANN401 - whatever JSON holds
    """A time in milliseconds since 1970 that can be: LinkedIn began in 2003."""
    told = values.count(row, key)
    if told is None or not 1_050_000_000_000 < told < (now.timestamp() + 86_400) * 1000:
        return None
    return datetime.fromtimestamp(told / 1000, UTC)


def _refused(what: str, row: Any) -> Refused:  # noqa: ANN401 - whatever JSON holds
    return values.refused(f"This {what} of LinkedIn has no id or no time.", row)
