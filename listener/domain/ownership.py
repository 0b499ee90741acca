"""Whether a client said it itself."""

from __future__ import annotations

from listener.domain.client import Client
from listener.domain.found import Author, Found
from listener.domain.identity import site_of
from listener.domain.urls import host_of


def is_own(found: Found, client: Client, *, kind: str) -> bool:
    """True where the author is one of the client's handles at this kind of place, or the page is on one of its sites.

    Reviews and comments on the client's own pages are what others say: there only the author counts.
    """
    if found.author is not None and any(
        _is_handle(found.author, handle)
        for place, handle in client.own.handles.items()
        if _covers(place, kind)
    ):
        return True
    return found.form not in {"review", "comment"} and _on_sites(site_of(found), client.own.sites)


def _covers(place: str, kind: str) -> bool:
    """`bluesky` stands for `bluesky_search` and every other kind of that place, too."""
    return kind == place or kind.startswith(place + "_")


def _is_handle(author: Author, handle: str) -> bool:
    wanted = _plain(handle)
    return wanted != "" and wanted in {_plain(author.handle or ""), _plain(author.key)}


def _plain(handle: str) -> str:
    return handle.strip().removeprefix("@").casefold()


def _on_sites(host: str | None, sites: tuple[str, ...]) -> bool:
    if host is None:
        return False
    own = (host_of(site if "://" in site else f"https://{site}") for site in sites)
    return any(site is not None and (host == site or host.endswith("." + site)) for site in own)
