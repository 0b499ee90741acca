"""Bluesky's posts as its records tell them: what is read alike from its search, its feeds and its stream (atproto.com/specs)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from listener.connector.contract import JSON, Http, NeedsAttention, Rechecked, TryLater
from listener.connector.plain import absolute, cleaned, language_tag, one_line
from listener.domain.found import Author, Found, Refused

POSTS = "app.bsky.feed.post"
REPOSTS = "app.bsky.feed.repost"
HOME = "https://bsky.app"
NETWORK = "atproto"
"""Within it an AT-URI names one post, whichever server, search or stream brings it."""
FIRST = datetime(2006, 3, 21, tzinfo=UTC)
"""No post is older: what people bring along was written elsewhere, but not before that was possible."""
A_CALL = 25
"""Posts that getPosts tells of at once."""

_URI = re.compile(
    r"at://(did:[a-z]+:[A-Za-z0-9._:%-]{1,500})/(app\.bsky\.feed\.(?:post|repost))/([A-Za-z0-9._:~-]{1,512})"
)
_HANDLE = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")


def parts(uri: str) -> tuple[str, str, str] | None:
    """Account, collection and key of the AT-URI of a post or a repost; None of all else."""
    found = _URI.fullmatch(uri)
    return (found[1], found[2], found[3]) if found else None


def account(written: str) -> str:
    """The account that a person means: `@mills.example`, its did, or the address of its profile. Raises ValueError."""
    bare = written.strip().removeprefix("at://")
    if "/profile/" in bare:
        bare = bare.partition("/profile/")[2].partition("/")[0].partition("?")[0]
    bare = bare.removeprefix("@")
    if _DID.fullmatch(bare):
        return bare
    if not _HANDLE.fullmatch(bare.lower()):
        raise ValueError("this is no account of Bluesky: write its whole handle, such as mills.bsky.social")
    return bare.lower()


def page_of(did: str, key: str) -> str:
    """Where people read a post. By did, which stays when the handle changes."""
    return f"{HOME}/profile/{did}/post/{key}"


def moment(value: object) -> datetime | None:
    """A time as AT records write it, in UTC, or None."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def written_at(created: object, seen: datetime) -> datetime:
    """When a post was written: what its writer says (`createdAt`), unless that cannot be; then when the network saw it."""
    at = moment(created)
    return at if at is not None and FIRST <= at <= seen else seen


@lru_cache(maxsize=1_024)
def _tag(value: str) -> str | None:
    return language_tag(value)


def language(langs: object) -> str | None:
    """The one language that a post names; None where it names none, or several."""
    alone = isinstance(langs, list) and len(langs) == 1 and isinstance(langs[0], str)
    return _tag(langs[0]) if alone else None  # type: ignore[index]


def named_in(facets: object) -> list[str]:
    """The addresses that the text of a post names, as its facets tell."""
    return [
        uri
        for facet in _maps(facets)
        for feature in _maps(facet.get("features"))
        if isinstance(uri := feature.get("uri"), str)
    ]


def links(named: Sequence[str], embed: object) -> tuple[str, ...]:
    """Where a post leads: the addresses in its text, its card, and the post that it quotes."""
    quoted = parts(quoted_uri(embed) or "")
    cards = [uri for card in _cards(embed) if isinstance(uri := card.get("uri"), str)]
    leads = [*named[:50], *cards, *([page_of(quoted[0], quoted[2])] if quoted else [])]
    found = (absolute(one, HOME) for one in leads)
    return tuple(dict.fromkeys(one for one in found if one and one.startswith("http")))


def quoted_uri(embed: object) -> str | None:
    """The AT-URI of the record that a post embeds, where it embeds one."""
    record = embed.get("record") if isinstance(embed, Mapping) else None
    inner = record.get("record") if isinstance(record, Mapping) else None
    for one in (inner, record):
        uri = one.get("uri") if isinstance(one, Mapping) else None
        if isinstance(uri, str):
            return uri
    return None


def _cards(embed: object) -> Iterator[Mapping[str, Any]]:
    """The link card of a post, by itself or beside a quoted post."""
    if isinstance(embed, Mapping):
        media = embed.get("media")
        for one in (embed.get("external"), media.get("external") if isinstance(media, Mapping) else None):
            if isinstance(one, Mapping):
                yield one


def _maps(value: object) -> Iterator[Mapping[str, Any]]:
    return (one for one in value if isinstance(one, Mapping)) if isinstance(value, list) else iter(())


def vanished(http: Http, site: str, uris: Sequence[str]) -> Rechecked:
    """Which of these posts and reposts are gone, by a public API that needs no key.

    A post that getPosts leaves out is asked for by itself: only what the place says that it has not is gone.
    """
    known = {uri: parts(uri) for uri in uris}
    posts = [uri for uri, one in known.items() if one and one[1] == POSTS]
    there: set[str] = set()
    for first in range(0, len(posts), A_CALL):
        asked = urlencode([("uris", uri) for uri in posts[first : first + A_CALL]])
        answer = http.get(f"{site}/xrpc/app.bsky.feed.getPosts?{asked}", conditional=False).json()
        shown = answer.get("posts") if isinstance(answer, dict) else None
        if not isinstance(shown, list):
            raise NeedsAttention(f"{site} answered without posts: check the option site.")
        there |= {str(one.get("uri")) for one in _maps(shown)}
    missing = [uri for uri in posts if uri not in there]
    reposts = [uri for uri, one in known.items() if one and one[1] == REPOSTS]
    gone = [uri for uri in missing if _is_not_there(http, _thread(site, uri))]
    gone += [uri for uri in reposts if _is_not_there(http, _record(site, *(known[uri] or ("", "", ""))))]
    return Rechecked(gone=tuple(gone))


def _thread(site: str, uri: str) -> str:
    asked = urlencode({"uri": uri, "depth": 0, "parentHeight": 0})
    return f"{site}/xrpc/app.bsky.feed.getPostThread?{asked}"


def _record(site: str, did: str, collection: str, key: str) -> str:
    asked = urlencode({"repo": did, "collection": collection, "rkey": key})
    return f"{site}/xrpc/com.atproto.repo.getRecord?{asked}"


NOT_THERE = frozenset({"NotFound", "RecordNotFound", "RepoNotFound"})


def _is_not_there(http: Http, url: str) -> bool:
    answer = http.get(url, conditional=False, reads={400, 404})
    return answer.status != 200 and error_of(answer.body) in NOT_THERE


def error_of(body: bytes) -> str:
    """The name of the error in the answer of an XRPC server, or nothing."""
    try:
        told: JSON = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    name = told.get("error") if isinstance(told, dict) else None
    return name if isinstance(name, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """One answer, read. `cursor` leads to the next one; `newest` is the time of its newest post in the order in which it came.

    counts   of posts of the account asked for: replies and quotes, and when they were written
    """

    found: tuple[Found, ...]
    refused: tuple[Refused, ...]
    cursor: str | None = None
    newest: datetime | None = None
    counts: Mapping[str, tuple[int, int, datetime]] = field(default_factory=dict)


def read_posts(body: bytes, site: str, now: datetime, did: str = "", reach: int | None = None) -> Views:
    """Read what a search, a feed or the quotes of a post answered; pure. Raises TryLater where it is none.

    `did` and `reach` are of the account whose feed it is.
    """
    answer = _object(body, site)
    views = answer.get("feed", answer.get("posts"))
    cursor = answer.get("cursor")
    if not isinstance(views, list) or not (cursor is None or isinstance(cursor, str)):
        raise TryLater(f"{site} answered without posts: it is asked again later.")
    found, refused = _read_all(views, now, did, reach)
    if views and not found:
        raise TryLater(
            f"{site} answered with posts that have no address or no author: it is asked again later."
        )
    shown = [one for one in found if one.published_at is not None]
    own = {
        one.external_id: one
        for one in found
        if did and one.repost_of is None and one.author and one.author.key == did
    }
    return Views(
        found=found,
        refused=refused,
        cursor=one_line(cursor)[:2_000] or None if cursor else None,
        newest=max((one.published_at for one in shown if one.published_at), default=None),
        counts={
            uri: (one.engagement.get("replies", 0), one.engagement.get("quotes", 0), one.published_at or now)
            for uri, one in own.items()
        },
    )


def read_thread(body: bytes, site: str, now: datetime) -> Views:
    """The replies to a post, of those that the place shows; pure. Raises TryLater where the answer is none."""
    thread = _object(body, site).get("thread")
    if not isinstance(thread, dict):
        raise TryLater(f"{site} answered without a thread: it is asked again later.")
    shown = [one for one in _maps(thread.get("replies")) if isinstance(one.get("post"), dict)]
    found, refused = _read_all(shown, now, "", None)
    return Views(found=found, refused=refused)


def read_account(body: bytes, site: str) -> tuple[str, int | None]:
    """The did of an account and how many follow it; pure. Raises TryLater where the answer is none."""
    profile = _object(body, site)
    did, followers = profile.get("did"), profile.get("followersCount")
    if not isinstance(did, str) or not _DID.fullmatch(did):
        raise TryLater(f"{site} answered without an account: it is asked again later.")
    return did, _count(followers)


def _object(body: bytes, site: str) -> dict[str, Any]:
    try:
        answer = json.loads(body, parse_constant=str)
    except (ValueError, RecursionError):
        raise TryLater(f"{site} did not answer with JSON: it is asked again later.") from None
    if not isinstance(answer, dict):
        raise TryLater(f"{site} answered with something else than posts: it is asked again later.")
    return answer


def _read_all(
    views: Sequence[object], now: datetime, did: str, reach: int | None
) -> tuple[tuple[Found, ...], tuple[Refused, ...]]:
    read = [(view, _item(view, now, did, reach)) for view in views]
    bad = "This post of Bluesky has no address, no author or no record."
    return tuple(one for _, one in read if one is not None), tuple(
        Refused(reason=bad, payload=json.dumps(view).encode()) for view, one in read if one is None
    )


def _item(view: object, now: datetime, did: str, reach: int | None) -> Found | None:
    """A post by itself, or with the reason for which it stands in a feed: then it is a repost."""
    reason = view.get("reason") if isinstance(view, Mapping) else None
    post = view.get("post", view) if isinstance(view, Mapping) else None
    record, by = (post.get(key) if isinstance(post, Mapping) else None for key in ("record", "author"))
    uri = str(post.get("uri")) if isinstance(post, Mapping) else ""
    author = _author(by, did, reach)
    if not (isinstance(post, Mapping) and isinstance(record, Mapping) and parts(uri) and author):
        return None
    found = _post(post, record, uri, author, now)
    if isinstance(reason, Mapping) and str(reason.get("$type")).endswith("#reasonRepost"):
        return _reposted(found, reason, now, did, reach)
    return found


def _post(
    post: Mapping[str, Any], record: Mapping[str, Any], uri: str, author: Author, now: datetime
) -> Found:
    seen = min(moment(post.get("indexedAt")) or now, now)
    did, _, key = parts(uri) or ("", "", "")
    reply, embed = record.get("reply"), record.get("embed")
    parent = reply.get("parent") if isinstance(reply, Mapping) else None
    kept = {
        "cid": post.get("cid"),
        "indexedAt": post.get("indexedAt"),
        "createdAt": record.get("createdAt"),
        "reply_to": parent.get("uri") if isinstance(parent, Mapping) else None,
        "quotes": quoted_uri(embed),
    }
    counted = {
        "likes": "likeCount",
        "reposts": "repostCount",
        "replies": "replyCount",
        "quotes": "quoteCount",
    }
    return Found(
        external_id=uri,
        text=cleaned(record["text"]) if isinstance(record.get("text"), str) else "",
        url=page_of(did, key),
        author=author,
        published_at=written_at(record.get("createdAt"), seen),
        language=language(record.get("langs")),
        form="comment" if isinstance(parent, Mapping) else "post",
        links=links(named_in(record.get("facets")), embed),
        engagement={
            name: count for name, field_ in counted.items() if (count := _count(post.get(field_))) is not None
        },
        raw={name: one_line(value) for name, value in kept.items() if isinstance(value, str)},
    )


def _reposted(
    found: Found, reason: Mapping[str, Any], now: datetime, did: str, reach: int | None
) -> Found | None:
    by = _author(reason.get("by"), did, reach)
    if by is None:
        return None
    uri = str(reason.get("uri"))
    return replace(
        found,
        external_id=uri if parts(uri) else f"{found.external_id}#repost-by-{by.key}",
        author=by,
        published_at=min(moment(reason.get("indexedAt")) or now, now),
        repost_of=found.external_id,
        engagement={},
    )


def _author(by: object, did: str, reach: int | None) -> Author | None:
    key = by.get("did") if isinstance(by, Mapping) else None
    if not isinstance(by, Mapping) or not isinstance(key, str) or not _DID.fullmatch(key):
        return None
    handle, name = by.get("handle"), by.get("displayName")
    known = isinstance(handle, str) and _HANDLE.fullmatch(handle.lower()) and handle != "handle.invalid"
    return Author(
        key=key,
        handle=handle.lower() if known and isinstance(handle, str) else None,
        name=(one_line(name) or None) if isinstance(name, str) else None,
        url=f"{HOME}/profile/{key}",
        reach=reach if key == did else None,
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None
