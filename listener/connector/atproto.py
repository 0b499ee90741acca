"""Bluesky's posts as its records tell them: what is read alike from its search, its feeds and its stream (atproto.com/specs)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from listener.connector.contract import JSON, Http, NeedsAttention, Rechecked
from listener.connector.plain import absolute, language_tag

POSTS = "app.bsky.feed.post"
REPOSTS = "app.bsky.feed.repost"
HOME = "https://bsky.app"
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
