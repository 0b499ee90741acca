"""Reading what X answers, in both of its spellings: that of tweets, and that of posts (since July 2026)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from listener.connector.contract import JSON, NeedsAttention, TryLater
from listener.connector.plain import absolute, cleaned, language_tag, one_line, unescaped
from listener.connector.values import at, count, counts, each, kept, moment, refused, text
from listener.domain.found import Author, Found, Refused

HOME = "https://x.com"
EPOCH_MS = 1_288_834_974_657
"""When the numbers of posts began: each holds its milliseconds since then, above 22 other bits."""
GONE = ("resource-not-found", "not-authorized-for-resource")
"""Problems that say of a post that it was deleted, or that its author hid it or was suspended."""

_NUMBER = re.compile(r"[0-9]{1,19}")
_LANGUAGES = {
    "in": "id",
    "iw": "he",
    **dict.fromkeys(("und", "zxx", "art", "qam", "qct", "qht", "qme", "qst")),
}
_METRICS = {
    "likes": "like_count",
    "replies": "reply_count",
    "quotes": "quote_count",
    "bookmarks": "bookmark_count",
    "views": "impression_count",
}
_KEPT = ("id", "author_id", "conversation_id", "in_reply_to_user_id", "created_at", "lang", "username")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """One answer, read.

    ids     the numbers of the posts as they came
    newer   first version -> the latest one, where an older one came
    users   how many authors, and `more` how many other posts, came beside them: they are billed
    token   X's mark for the next page
    """

    found: tuple[Found, ...] = ()
    refused: tuple[Refused, ...] = ()
    gone: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    newer: Mapping[str, str] = field(default_factory=dict)
    users: int = 0
    more: int = 0
    token: str | None = None


def number(value: object) -> int | None:
    """The number of a post, list or account as X writes it."""
    return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def id_at(moment: datetime) -> int:
    """The least number that a post of this moment can have."""
    return max(0, int(moment.timestamp() * 1000) - EPOCH_MS) << 22


def moment_of(post: int) -> datetime:
    """When the post with this number was written."""
    return datetime.fromtimestamp(((post >> 22) + EPOCH_MS) / 1000, UTC)


def read_posts(answer: JSON, now: datetime, names: Mapping[str, str], *, by_number: bool = False) -> Posts:
    """Read an answer with posts; pure. Raises Trouble where it is none.

    `names` are known accounts, number -> handle. Posts that were asked for `by_number` may all be gone.
    """
    posts = at(answer, "data")
    if not (isinstance(posts, list) and posts):
        _nothing(answer, by_number=by_number)
        posts = []
    beside = [*each(answer, "includes", "tweets"), *each(answer, "includes", "posts")]
    users = list(each(answer, "includes", "users"))
    people = {text(user, "id"): user for user in users}
    whole = {text(post, "id"): post for post in beside}
    read = [_read(post, now, people, whole, names) for post in posts]
    found = tuple(item for item in read if isinstance(item, Found))
    if posts and not found:
        raise TryLater("X answered with posts that have no number or no text: it is asked again later.")
    readable = [post for post, item in zip(posts, read, strict=True) if isinstance(item, Found)]
    return Posts(
        found=found,
        refused=tuple(item for item in read if isinstance(item, Refused)),
        gone=tuple(_gone(answer)),
        ids=tuple(int(text(post, "id") or post["id"]) for post in readable),
        newer={
            _versions(post)[0]: last for post in readable if (last := _versions(post)[-1]) != str(post["id"])
        },
        users=len(users),
        more=len(beside),
        token=text(at(answer, "meta"), "next_token") or None,
    )


def _nothing(answer: JSON, *, by_number: bool) -> None:
    """An answer without posts says so, or says why."""
    if count(at(answer, "meta"), "result_count") == 0:
        return
    problem = next(each(answer, "errors"), None)
    if problem is None or (text(problem, "resource_type") in {"tweet", "post"} and not by_number):
        raise TryLater(
            "X answered without posts and without saying that there are none: it is asked again later."
        )
    if not by_number:
        raise NeedsAttention(f"X does not show this: {said(problem)} Check the list or the handle.")


def said(problem: object) -> str:
    """What X says of a problem, as one sentence of a bearable length."""
    words = text(problem, "detail") or text(problem, "message") or text(problem, "title")
    return f"“{one_line(words)[:200] or 'no reason given'}”."


def _gone(answer: JSON) -> list[str]:
    return [
        text(problem, "resource_id") or text(problem, "value")
        for problem in each(answer, "errors")
        if text(problem, "type").rpartition("/")[2] in GONE
        and text(problem, "resource_type") in {"tweet", "post"}
        and number(text(problem, "resource_id") or text(problem, "value")) is not None
    ]


def counted(answer: JSON) -> int:
    """How many posts there are, as the counts say. Raises TryLater where they do not."""
    totals = (count(at(answer, "meta"), name) for name in ("total_tweet_count", "total_post_count"))
    total = next((one for one in totals if one is not None), None)
    if total is None:
        raise TryLater("X answered without a number of posts: it is asked again later.")
    return total


def _read(
    post: Any,  # noqa: ANN401 - whatever JSON holds
    now: datetime,
    people: Mapping[str, Mapping[str, Any]],
    whole: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str],
) -> Found | Refused:
    own = number(str(at(post, "id")))
    original = _pointed(post, "retweeted")
    source = whole.get(original, post) if original else post
    words = _note(source, "text") or text(source, "text")
    if own is None or moment_of(own) > now + timedelta(days=1) or not words:
        return refused("This post of X has no number or no text.", post)
    versions = _versions(post)
    first = int(versions[0])
    written = moment(at(post, "created_at"), now) or moment_of(own)
    links, shown = _links(source, words)
    conversation = text(post, "conversation_id")
    return Found(
        external_id=versions[0],
        text=cleaned(unescaped(shown)),
        url=f"{HOME}/i/status/{own}",
        author=_author(post, people, names),
        author_hidden=number(text(post, "author_id")) is None,
        published_at=moment_of(first) if own != first else written,
        edited_at=written if own != first else None,
        language=language_tag(_LANGUAGES.get(text(post, "lang"), text(post, "lang"))),
        form="comment" if conversation and conversation not in {str(own), *versions} else "post",
        links=links,
        repost_of=original,
        engagement=_engagement(at(post, "public_metrics")),
        raw=kept(post, _KEPT),
    )


def _versions(post: Mapping[str, Any]) -> list[str]:
    """The numbers of an edited post from its first version on; its own alone where it was never edited."""
    told = post.get("edit_history_tweet_ids") or post.get("edit_history_post_ids")
    own = str(post["id"])
    versions = [one for one in told if number(one) is not None] if isinstance(told, list) else []
    return sorted(versions, key=int) if own in versions else [own]


def _pointed(post: object, how: str) -> str | None:
    for one in [*each(post, "referenced_tweets"), *each(post, "referenced_posts")]:
        if text(one, "type") == how and number(text(one, "id")) is not None:
            return text(one, "id")
    return None


def _note(post: object, key: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Of a post longer than 280 characters: the whole of it."""
    return at(post, "note_tweet", key) or at(post, "note_post", key) or ""


def _links(post: object, words: str) -> tuple[tuple[str, ...], str]:
    """Where its links lead, and its text with these in the place of X's own short ones; pictures and videos left out."""
    links: dict[str, None] = {}
    for link in each({"entities": _note(post, "entities") or at(post, "entities")}, "entities", "urls"):
        short, leads_to = text(link, "url"), text(link, "unwound_url") or text(link, "expanded_url")
        whole = absolute(leads_to, HOME) if leads_to else None
        if short and whole and whole.startswith("http") and not link.get("media_key"):
            links.setdefault(whole)
            words = words.replace(short, whole) if len(words) < 100_000 else words
    return tuple(links), words


def _engagement(metrics: object) -> dict[str, int]:
    reposts = counts(metrics, reposts="retweet_count") or counts(metrics, reposts="repost_count")
    return {**reposts, **counts(metrics, **_METRICS)}


def _author(
    post: Mapping[str, Any], people: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]
) -> Author | None:
    key = text(post, "author_id")
    if number(key) is None:
        return None
    person = people.get(key, {})
    handle = one_line(text(person, "username") or text(post, "username")) or names.get(key)
    return Author(
        key=key,
        handle=handle,
        name=one_line(text(person, "name")) or None,
        url=f"{HOME}/{handle}" if handle else f"{HOME}/i/user/{key}",
        reach=count(at(person, "public_metrics"), "followers_count"),
    )
