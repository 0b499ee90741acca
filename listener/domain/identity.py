"""Which item this is, which story it tells and who testifies (promises.md, rule 8)."""

from __future__ import annotations

from hashlib import blake2b
from urllib.parse import urlsplit

from listener.domain.boilerplate import is_boilerplate
from listener.domain.found import Author, Found
from listener.domain.urls import canonical_url, host_of
from listener.domain.words import LONG, said

HEADLINE = 4
"""Words from which on the same headline of the same site is one article, wherever it was found."""

# Pages that many link to without telling one story: shops, profiles, chats, link lists, searches, maps.
_HUBS = frozenset(
    """
    apps.apple.com itunes.apple.com play.google.com google.com maps.google.com maps.app.goo.gl
    g.page linktr.ee beacons.ai bio.link wa.me api.whatsapp.com t.me discord.gg discord.com
    paypal.me paypal.com venmo.com trustpilot.com yelp.com linkedin.com gofundme.com
    calendly.com
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_PROFILE_HOSTS = frozenset(
    """
    x.com twitter.com facebook.com instagram.com threads.net threads.com tiktok.com youtube.com
    pinterest.com github.com bsky.app mastodon.social reddit.com medium.com twitch.tv
    """.split()  # noqa: SIM905 - a list of words reads best as words
)


def identity_hash(kind: str, scope: str, external_id: str) -> bytes:
    """Sixteen bytes that stand for this item for ever, after its text is forgotten too.

    `kind` and `scope` are the family and the place of its connector: an item that two searches of one place bring is one item.
    """
    return _hash("item", kind, scope, external_id)


def content_hash(text: str) -> bytes | None:
    """Sixteen bytes for the words of a text, whatever its case, signs and spaces; None under 40 words, and for boilerplate."""
    read = said(text)
    return None if len(read) < LONG or is_boilerplate(text) else _hash("text", " ".join(read))


def story_keys(found: Found, *, kind: str, scope: str) -> tuple[bytes, ...]:
    """What this item has in common with the other copies of its story; two items that share a key are one story.

    Articles: their page, their words, and their headline at their site. All else: the item itself, what it repeats, the pages that it links to, its own
    page. Boilerplate has neither words nor headline. Never empty.
    """
    keys = [content_hash(found.text)]
    if found.form == "article":
        keys.append(_page_key(found.url))
        keys.append(_headline_key(found))
    else:
        keys.append(identity_hash(kind, scope, found.external_id))
        keys.extend(_shared_keys(found, kind, scope))
    known = tuple(dict.fromkeys(key for key in keys if key is not None))
    return known or (identity_hash(kind, scope, found.external_id),)


def witness(found: Found, *, kind: str, scope: str) -> str:
    """Who testifies: two mentions with the same witness are one voice.

    `author:KIND:KEY`; an article that names nobody but its site, `host:HOST`; where the place hides its authors, each item is its own:
    `item:HEX`. The byline of an article is no account, so it is told apart by its host: `author:KIND:HOST:NAME`.
    """
    host = site_of(found) or host_of(scope)
    if found.author is not None and found.author.key and not _is_site(found.author, host):
        byline = found.form == "article" and host and _is_name(found.author)
        return f"author:{kind}:{host}:{found.author.key}" if byline else f"author:{kind}:{found.author.key}"
    if found.author_hidden:
        return f"item:{identity_hash(kind, scope, found.external_id).hex()}"
    return f"host:{host}" if host else f"scope:{kind}:{scope}"


def site_of(found: Found) -> str | None:
    """The host of the site that published it."""
    return host_of(found.site) or host_of(found.url)


def _is_site(author: Author, host: str | None) -> bool:
    """Whether a site stands in the place of its authors."""
    return "." in author.key and host is not None and host_of(f"https://{author.key}") == host


def _is_name(author: Author) -> bool:
    """Whether nothing but its name tells this author from others."""
    return author.key.casefold() == (author.name or "").casefold()


def _shared_keys(found: Found, kind: str, scope: str) -> list[bytes | None]:
    """What a post points at: the item it repeats, the pages it shares, and its own page for those who share it.

    An address with a fragment is a place on a page that others have a place on, too (a thread, an article's comments); a review's
    is the page of what is reviewed, and a changed page's stays the same for ever.
    """
    keys: list[bytes | None] = []
    if found.repost_of:
        keys.append(identity_hash(kind, scope, found.repost_of))
    if found.form in {"post", "comment"}:
        keys.extend(_page_key(link) for link in found.links if not _is_commonplace(link))
        if found.url and "#" not in found.url:
            keys.append(_page_key(found.url))
    return keys


def _page_key(url: str | None) -> bytes | None:
    """The key of one page; a host's root tells no story."""
    page = canonical_url(url) if url else None
    if page is None or _is_root(page):
        return None
    return _hash("page", page)


def _headline_key(found: Found) -> bytes | None:
    """None above boilerplate: a site gives all its walls one headline."""
    site, read = site_of(found), said(found.title or "")
    if not site or len(read) < HEADLINE or is_boilerplate(found.title or "") or is_boilerplate(found.text):
        return None
    return _hash("headline", site, " ".join(read))


def _is_root(page: str) -> bool:
    parts = urlsplit(page)
    return parts.path in {"", "/"} and not parts.query and not parts.fragment


def _is_commonplace(link: str) -> bool:
    """A hub, or a profile on a social network."""
    page = canonical_url(link)
    if page is None:
        return True
    parts = urlsplit(page)
    if parts.hostname in _HUBS:
        return True
    segments = [segment for segment in parts.path.split("/") if segment]
    return parts.hostname in _PROFILE_HOSTS and len(segments) < 2 and not parts.query


def _hash(*parts: str) -> bytes:
    """Parts are told apart by their lengths, so that no two lists of parts read the same."""
    digest = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()
