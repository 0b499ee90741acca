"""Reading URLs, so that one form of each reaches the wire."""

from __future__ import annotations

import re
from base64 import b64encode

import httpx

from listener.door.errors import Refused

MOST_CHARACTERS = 8_000
WEB_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|[0-9a-f]*:[0-9a-f:.]+")


def parse(text: str) -> httpx.URL:
    """The URL without fragment and trailing dot; Refused with a sentence where it is none that a web client would ask."""
    if len(text) > MOST_CHARACTERS or "\\" in text:
        raise Refused("The URL is over-long or holds a backslash: check it.")
    try:
        url = httpx.URL(text.strip())
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError):  # idna's errors are UnicodeErrors
        raise Refused("The URL cannot be read: check its host name and its characters.") from None
    if url.scheme not in WEB_PORTS:
        raise Refused(f"Only http and https are asked, not {url.scheme[:20] or 'a URL without a scheme'!r}.")
    return _with_host(url, host)


def _with_host(url: httpx.URL, host: str) -> httpx.URL:
    bare = host.removesuffix(".")
    if not HOST.fullmatch(bare) or ".." in bare:
        raise Refused(f"{host[:80]!r} is not a host name: check the URL.")
    if url.port is not None and not 0 < url.port < 65_536:
        raise Refused(f"{bare} has no port {url.port}: check the URL.")
    return url if bare == host else url.copy_with(host=bare)


def as_web(url: str) -> str:
    """`wss://…` as `https://…`, by which the door judges it; what is no address of a stream stays as it is, for the judge."""
    for ours, webs in (("wss://", "https://"), ("ws://", "http://")):
        if url[: len(ours)].lower() == ours:
            return webs + url[len(ours) :]
    return url


def host_of(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def port_of(url: httpx.URL) -> int:
    return url.port or WEB_PORTS[url.scheme]


def origin_of(url: httpx.URL) -> str:
    """`https://host` or `https://host:port`, as it is kept and compared."""
    host = host_of(url)
    bracketed = f"[{host}]" if ":" in host else host
    return f"{url.scheme}://{bracketed}" + (f":{url.port}" if url.port else "")


def shown(url: httpx.URL) -> str:
    """The whole URL without name and password."""
    return origin_of(url) + url.raw_path.decode("ascii")


def basic(url: httpx.URL) -> str | None:
    """The Authorization header for a URL that carries a name and a password."""
    if not url.userinfo:
        return None
    return "Basic " + b64encode(f"{url.username}:{url.password}".encode()).decode("ascii")
