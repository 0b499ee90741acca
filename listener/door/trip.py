"""Where a request goes next: redirects are followed by hand, and each hop is judged like the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import httpx

from listener.door.address import Private
from listener.door.errors import Refused
from listener.door.url import WEB_PORTS, basic, host_of, origin_of, parse, port_of

MOST_HOPS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "accept-encoding", "user-agent", "connection", "te"}
)
CROSSES = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})
"""The caller's headers that say nothing secret; all others stay with the origin that they were meant for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One request of a trip. `permanent`: every redirect on the way here was a 301 or a 308."""

    url: httpx.URL
    headers: Mapping[str, str]
    count: int = 0
    permanent: bool = True


def first(text: str, headers: Mapping[str, str] | None, private: Private) -> Hop:
    """The hop that the caller asked for; Refused where its URL is none that we ask."""
    url = parse(text)
    _judge_first_port(url, private)
    kept = {name.lower(): value for name, value in (headers or {}).items() if name.lower() not in OURS}
    secret = basic(url)
    if secret is not None:
        kept.setdefault("authorization", secret)
    return Hop(url=url, headers=kept)


def onward(hop: Hop, *, status: int, location: str | None, private: Private) -> Hop | None:
    """The next hop that this answer asks for, or None where it is the end; Refused where it leads astray."""
    if status not in REDIRECTS or not location:
        return None
    host = host_of(hop.url)
    if hop.count >= MOST_HOPS:
        raise Refused(
            f"{host} redirects more than {MOST_HOPS} times: put the final address into the configuration."
        )
    target = _target(hop.url, location)
    _judge_port(hop.url, target, private)
    same = origin_of(target) == origin_of(hop.url)
    return replace(
        hop,
        url=target,
        headers=hop.headers if same else {name: hop.headers[name] for name in CROSSES & hop.headers.keys()},
        count=hop.count + 1,
        permanent=hop.permanent and status in PERMANENT,
    )


def _target(base: httpx.URL, location: str) -> httpx.URL:
    try:
        joined = str(base.join(location))
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise Refused(f"{host_of(base)} redirects to something that is no URL.") from None
    try:
        return parse(joined)
    except Refused as refused:
        raise Refused(f"{host_of(base)} redirects astray. {refused.reason}") from None


def _judge_first_port(url: httpx.URL, private: Private) -> None:
    """Low ports other than the web's belong to other services."""
    host, port = host_of(url), port_of(url)
    if port < 1024 and port not in WEB_PORTS.values() and not private.lets(host, port):
        raise Refused(
            f"{host}: port {port} is no port of the web; network.allow_private can name {host}:{port}."
        )


def _judge_port(base: httpx.URL, target: httpx.URL, private: Private) -> None:
    host, port = host_of(target), port_of(target)
    usual = port in WEB_PORTS.values() or (port == port_of(base) and host == host_of(base))
    if not usual and not private.lets(host, port):
        raise Refused(
            f"{host_of(base)} redirects to port {port} of {host}: if that is right, configure it directly."
        )
