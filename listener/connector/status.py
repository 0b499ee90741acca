"""What a status other than 200 and 304 means to a poll, told in a sentence."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from listener.connector.contract import Answer, Gone, NeedsAttention, Trouble, TryLater
from listener.door.retry_after import retry_after

FINE = frozenset({200, 203})
PASSING = frozenset({408, 425, 429})
"""Client errors that say more about the moment than about the request."""


def trouble(status: int, *, host: str, after: timedelta | None) -> Trouble | None:
    """The trouble that `status` stands for, or None where the answer can be used. `after` is the Retry-After."""
    if status in FINE:
        return None
    if status == 410:
        return Gone(
            f"{host} says that this is gone for good (410): remove the source or give its new address."
        )
    if status >= 500 or status < 300 or status in PASSING or after is not None:
        return TryLater(_later(status, host), after=after)
    return NeedsAttention(_attention(status, host))


def _later(status: int, host: str) -> str:
    if status == 429:
        return f"{host} says that we ask too often (429): it is asked again later."
    if status >= 500:
        return f"{host} has a fault of its own ({status}): it is asked again later."
    return f"{host} has nothing to give just now ({status}): it is asked again later."


def _attention(status: int, host: str) -> str:
    if status in {401, 403}:
        return f"{host} refuses us ({status}): check the credential, or whether the place lets programs in."
    if status == 404:
        return f"{host} has nothing at this address (404): check the URL."
    if status < 400:
        return f"{host} redirects without saying where ({status}): check the URL."
    return f"{host} does not accept the request ({status}): check the source's options."


def judged(answer: Answer, *, now: datetime) -> Trouble:
    """The trouble of an answer that a connector reads itself (`reads`) and whose body says nothing that it knows."""
    host = urlsplit(answer.url).hostname or "The host"
    told = trouble(answer.status, host=host, after=retry_after(answer.headers, now=now))
    return told or TryLater(f"{host} answered with a fault: it is asked again later.")
