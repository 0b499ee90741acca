"""Web addresses in the configuration: can they be asked at all? What a name resolves to is for the door to judge."""

from __future__ import annotations

from listener.door.address import Private, literal
from listener.door.address import why_not as why_not_address


def why_not(text: str, private: Private, *, hide: bool) -> str | None:
    """What is wrong with the address, to go on after it; None where it may be asked. `hide` keeps its host out."""
    from listener.door.errors import Refused
    from listener.door.url import host_of, parse, port_of

    try:
        url = parse(text)
    except Refused:
        return "is no web address: write https:// and the whole address"
    return not_dialled(host_of(url), port_of(url), private, hide=hide)


def not_dialled(host: str, port: int, private: Private, *, hide: bool = False) -> str | None:
    """Why this host is not connected to, as `why_not`; None where its name alone does not forbid it."""
    if private.lets(host, port) or not (kind := _private(host)):
        return None
    bracketed = f"[{host}]" if ":" in host else host
    entry = "its HOST:PORT" if hide else f"{bracketed}:{port}"
    return f"stands on an address that is not asked ({kind}): if you mean it, add {entry} to network.allow_private"


def _private(host: str) -> str | None:
    if host == "localhost" or host.endswith(".localhost"):
        return "this machine"
    address = literal(host)
    return why_not_address(address) if address is not None else None
