"""When two found items are one mention, not only one story (docs/decisions/0004-one-mention-or-two.md)."""

from __future__ import annotations

from hashlib import blake2b

from listener.domain.found import Found
from listener.domain.identity import content_hash
from listener.domain.urls import canonical_url
from listener.domain.words import said


def merge_keys(found: Found, *, kind: str, scope: str, witness: str) -> tuple[bytes, ...]:
    """Sixteen-byte keys; an item that shares one with a stored mention is that mention.

    Within one witness and scope the same page with the same words is the same item, so that a place that renames all its
    ids repeats nothing. Across places only an article of 40 words or more with the same words under the same headline is:
    short texts by different people are different people, and a feed may put the same notice under every headline. Boilerplate is no article.
    """
    headline, text = (" ".join(said(part)) for part in (found.title or "", found.text))
    page = canonical_url(found.url) if found.url else None
    keys = []
    if page is not None and (headline or text):
        keys.append(_hash("again", kind, scope, witness, page, f"{headline} {text}".strip()))
    if found.form == "article" and (content := content_hash(found.text)) is not None:
        keys.append(_hash("article", content.hex(), headline))
    return tuple(keys)


def _hash(*parts: str) -> bytes:
    return blake2b("\x00".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
