"""One spelling for one page: what two links must share to be links to the same thing."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_DEVICE_LABELS = frozenset({"www", "m", "mobile", "amp"})
_TRACKING_PREFIXES = ("utm_", "hsa_", "pk_", "mtm_", "at_custom", "at_medium", "at_campaign")
_TRACKING = frozenset(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid ttclid yclid igshid igsh li_fat_id
    mc_cid mc_eid mkt_tok _ga _gl _hsenc _hsmi hsctatracking s_cid cmpid ncid ocid smid smtyp
    sr_share ref_src ref_url guccounter guce_referrer guce_referrer_sig vero_id oly_enc_id
    oly_anon_id wickedid __twitter_impression
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_AMP_PARAMETERS = frozenset(
    {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp")}
)
_SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "ne", "net", "or", "org"})
_PLAIN_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?=[/?#]|\Z)")
"""What most addresses begin with: then the rest has no say in the host, unless the page is an AMP viewer's."""
_VIEWERS = 3
"""Viewers within viewers that are looked through."""
_AMP_ENDINGS = ("/amp", ".amp", "/amp.html", ".amp.html")


def canonical_url(url: str) -> str | None:
    """The one spelling of a web page's address, or None where it is no http(s) address.

    Scheme and port are unified, www., mobile and AMP variants, tracking parameters, fragments and a trailing slash go;
    all other parameters stay, sorted by name. Two pages that may differ are never given one spelling: fragments that route
    (`#!…`, `#/…`) and a port that is not the usual one stay.

    >>> canonical_url("http://www.Example.com:80/news/?utm_source=x&id=7#top")
    'https://example.com/news?id=7'
    """
    parts = _page(url)
    if parts is None:
        return None
    scheme, host, port = "https", _host(parts), parts.port
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        scheme, host = parts.scheme, f"{host}:{port}"
    query = _query(parts.query)
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return f"{scheme}://{host}{_path(parts.path)}{'?' + query if query else ''}{fragment}"


def host_of(url: str | None) -> str | None:
    """The host of an address in its one spelling (no www., no port), or None."""
    if not url:
        return None
    plain = _PLAIN_ORIGIN.match(url)
    if plain is not None and not _may_be_viewer(plain[0]):
        return _host_at(plain[0])
    return _host_at_length(url)


def _may_be_viewer(origin: str) -> bool:
    return "google." in origin or origin.endswith(".cdn.ampproject.org")


@lru_cache(maxsize=4_096)
def _host_at(origin: str) -> str | None:
    """Remembered, as every item is asked for its site and most come from few."""
    return _host_at_length(origin)


def _host_at_length(url: str) -> str | None:
    parts = _page(url)
    return None if parts is None else _host(parts)


def _page(url: str) -> SplitResult | None:
    """The parts of an http(s) address; where it is an AMP viewer's, of the page that this shows."""
    parts = _split(url)
    for _ in range(_VIEWERS):
        inner = None if parts is None else _inside_amp_viewer(parts)
        if inner is None:
            break
        parts = _split(inner)
    return parts


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises where it is no port
    except ValueError:
        return None
    return parts if parts.scheme in _DEFAULT_PORTS and parts.hostname else None


def _host(parts: SplitResult) -> str:
    """Lower case, punycode, without a trailing dot and without labels that only name a device."""
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{host}]"
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = host.lower()
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _DEVICE_LABELS and not _is_suffix(labels[1:]):
        labels = labels[1:]
    if len(labels) > 3 and labels[1] == "m":  # en.m.wikipedia.org
        del labels[1]
    return ".".join(labels)


def _is_suffix(labels: list[str]) -> bool:
    """`co.uk` and its like: mobile.co.uk is a site, not the mobile form of one."""
    return len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND_LEVELS


def _inside_amp_viewer(parts: SplitResult) -> str | None:
    """The page inside `google.com/amp/s/HOST/…` or `….cdn.ampproject.org/c/s/HOST/…`, or None."""
    host = parts.hostname or ""
    viewer = host.removeprefix("www.").startswith("google.") and parts.path.startswith("/amp/")
    if not viewer and not host.endswith(".cdn.ampproject.org"):
        return None
    pieces = [piece for piece in parts.path.split("/") if piece][1:]  # without amp, c or v
    secure = pieces[:1] == ["s"]
    pieces = pieces[1:] if secure else pieces
    if not pieces or "." not in pieces[0]:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"{'https' if secure else 'http'}://{'/'.join(pieces)}{query}"


def _path(path: str) -> str:
    path = path.rstrip("/")
    for ending in _AMP_ENDINGS:
        if path.lower().endswith(ending) and path[: -len(ending)].strip("/"):
            return path[: -len(ending)] + (".html" if ending == ".amp.html" else "")
    return path or "/"


def _query(query: str) -> str:
    kept = [piece for piece in query.split("&") if piece and not _is_noise(piece)]
    return "&".join(sorted(kept, key=lambda piece: piece.partition("=")[0]))


def _is_noise(piece: str) -> bool:
    name, _, value = piece.lower().partition("=")
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES) or (name, value) in _AMP_PARAMETERS
