"""Which addresses may be dialled. Judge the address that is dialled, never the text that named it.

Sources: the IANA special-purpose registries for IPv4 and IPv6, and the fixed addresses of cloud metadata services.
`ipaddress.is_global` is not enough: on CPython 3.11 it lets NAT64, 6to4, site-local and multicast addresses through.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Ip = IPv4Address | IPv6Address

DENIED_V4 = {
    IPv4Network("0.0.0.0/8"): "this network",
    IPv4Network("10.0.0.0/8"): "private",
    IPv4Network("100.64.0.0/10"): "shared by a carrier",
    IPv4Network("127.0.0.0/8"): "this machine",
    IPv4Network("168.63.129.16/32"): "a cloud's own service",
    IPv4Network("169.254.0.0/16"): "link-local",
    IPv4Network("172.16.0.0/12"): "private",
    IPv4Network("192.0.0.0/24"): "reserved for protocols",
    IPv4Network("192.0.2.0/24"): "for documentation",
    IPv4Network("192.31.196.0/24"): "reserved for protocols",
    IPv4Network("192.52.193.0/24"): "reserved for protocols",
    IPv4Network("192.88.99.0/24"): "a 6to4 relay",
    IPv4Network("192.168.0.0/16"): "private",
    IPv4Network("192.175.48.0/24"): "reserved for protocols",
    IPv4Network("198.18.0.0/15"): "for benchmarks",
    IPv4Network("198.51.100.0/24"): "for documentation",
    IPv4Network("203.0.113.0/24"): "for documentation",
    IPv4Network("224.0.0.0/4"): "multicast",
    IPv4Network("240.0.0.0/4"): "reserved",
}

ALLOWED_V6 = IPv6Network("2000::/3")
DENIED_V6 = {
    IPv6Network("2001::/23"): "reserved for protocols",
    IPv6Network("2001:db8::/32"): "for documentation",
    IPv6Network("2002::/16"): "6to4",
    IPv6Network("2620:4f:8000::/48"): "reserved for protocols",
    IPv6Network("3fff::/20"): "for documentation",
}


def why_not(address: Ip) -> str | None:
    """What kind of address this is, where that kind may not be dialled; None where it may."""
    if isinstance(address, IPv4Address):
        return _first(DENIED_V4, address)
    if address.ipv4_mapped is not None:
        return _first(DENIED_V4, address.ipv4_mapped)
    if address.scope_id is not None or address not in ALLOWED_V6:
        return "not public"
    return _first(DENIED_V6, address)


def literal(host: str) -> Ip | None:
    """The address that `host` spells out in full, or None: short and odd spellings are left to the resolver."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _first(denied: dict[IPv4Network, str] | dict[IPv6Network, str], address: Ip) -> str | None:
    return next((kind for network, kind in denied.items() if address in network), None)


@dataclass(frozen=True, slots=True)
class Private:
    """The hosts that the configuration lets in although they are private: `host` or `host:port`, as URLs spell them."""

    entries: frozenset[tuple[str, int | None]]

    @classmethod
    def read(cls, entries: Iterable[str]) -> Private:
        """Reads `127.0.0.1:8900`, `feeds.lan`, `[::1]:80`, `::1`."""
        return cls(frozenset(_entry(entry.strip().lower()) for entry in entries))

    def lets(self, host: str, port: int) -> bool:
        return bool(self.entries) and ((host, port) in self.entries or (host, None) in self.entries)


def _entry(text: str) -> tuple[str, int | None]:
    if literal(text.strip("[]")) is not None:
        return text.strip("[]"), None
    host, colon, port = text.rpartition(":")
    if colon and port.isdecimal():
        return host.strip("[]"), int(port)
    return text, None
