"""Addresses of pages: one spelling for each, and what stands under which."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}
_INDEX = re.compile(r"/(?:index|default|home)\.\w{2,5}$", re.IGNORECASE)
_ENDING = re.compile(r"\.\w{2,5}$")
_LOGIN = re.compile(
    r"/(?:[\w-]*-)?(?:log-?in|sign-?in|sso|auth|authenticate|oauth2?|accounts?/begin)(?:[/.?]|$)",
    re.IGNORECASE,
)


def normal(url: str) -> str:
    """One spelling of a web address: host in small letters, no default port, no fragment, never an empty path.

    Raises ValueError with a sentence where it is none.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ValueError("is no web address: write https:// and the whole address") from None
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme not in _PORTS or not host:
        raise ValueError("is no web address: write https:// and the whole address")
    if parts.username or parts.password:
        raise ValueError("holds a name or a password: a page is read as anybody sees it")
    shown = f"[{host}]" if ":" in host else host
    place = shown if port in {None, _PORTS[parts.scheme]} else f"{shown}:{port}"
    return urlunsplit((parts.scheme, place, parts.path or "/", parts.query, ""))


def branch(url: str) -> str:
    """Under which path the pages stand that this page is the front of: `/news`, `/news/` and `/news.html` → `/news/`."""
    path = _ENDING.sub("", _INDEX.sub("/", urlsplit(url).path))
    return f"{path.rstrip('/')}/"


def stands_under(url: str, front: str) -> bool:
    """Whether `url` is another page of the same site in the branch of `front`."""
    try:
        page, head = urlsplit(url), urlsplit(front)
        same_site = (page.hostname or "").removeprefix("www.") == (head.hostname or "").removeprefix("www.")
    except ValueError:
        return False
    trunk = branch(front)
    return page.scheme in _PORTS and same_site and page.path.startswith(trunk) and len(page.path) > len(trunk)


def is_login(url: str) -> bool:
    """Whether the address is by its look one where people sign in."""
    return bool(_LOGIN.search(urlsplit(url).path))
