"""Checks the address of a receiver when it is configured. Addresses of webhooks are secrets: none is repeated."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import SecretStr


def web_address(value: SecretStr) -> SecretStr:
    """The address without blanks around it, when it is an http(s) URL or empty; else ValueError with the remedy."""
    text = value.get_secret_value().strip()
    if text and not _is_web(text):
        raise ValueError("is not a web address: write https:// and the whole address as the place shows it")
    return SecretStr(text)


def _is_web(text: str) -> bool:
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
