"""What one response of a place yields, before it is ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Form = Literal["article", "post", "comment", "review", "page_change"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote an item.

    `key` is what stays the same about this author in the place (an account id; failing that the handle, failing
    that the name). `reach` is the size of the audience in people, if the place tells it. `hosts` where the item stands in the author's
    own place: what a page itself posts, and what it answers under that.
    """

    key: str
    name: str | None = None
    handle: str | None = None
    url: str | None = None
    reach: int | None = None
    hosts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One item as a connector found it. Texts are plain text, times are aware and UTC, URLs are absolute.

    external_id    stays the same for this item in its place for ever; with (kind, scope) it is the identity
    author         None where the item names nobody (a news article): then the host stands for one
    site           address of the site that published it, where `url` leads through another (a news search's links)
    author_hidden  True where the place hides its authors: then each item is its own, shown as "unnamed"
    published_at   None where the place does not tell, or tells nonsense
    edited_at      when its author last changed it, where the place tells: what is stored of it then reads as this does
    links          URLs that the text points to, in order
    repost_of      external id, in the same scope, of the item that this one repeats
    rating         0.0 (worst) to 1.0 (best), where the author gave stars
    raw            the place's own payload, as JSON types
    """

    external_id: str
    text: str
    title: str | None = None
    url: str | None = None
    site: str | None = None
    author: Author | None = None
    author_hidden: bool = False
    published_at: datetime | None = None
    edited_at: datetime | None = None
    language: str | None = None
    form: Form = "post"
    links: tuple[str, ...] = ()
    repost_of: str | None = None
    rating: float | None = None
    engagement: Mapping[str, int] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One item of a response that could not be read: it is set aside with its reason, and costs only itself."""

    reason: str
    payload: bytes
    external_id: str | None = None
