"""What sources and those who speak there are called."""

from __future__ import annotations

from urllib.parse import urlsplit

from listener.domain.message import Quote
from listener.domain.rules import Watched
from listener.store.evidence import Said

QUOTE_LENGTH = 280


def place(kind: str, scope: str) -> str:
    """A source as a person calls it: the kind, and the host where the kind has many."""
    name = host(scope)
    return f"{kind} {name}" if name else kind


def address(kind: str, scope: str) -> str:
    """A source told apart from others of its host: with the path, but without a query, which may hold a secret."""
    name = host(scope)
    return f"{kind} {name}{urlsplit(scope).path.rstrip('/')}" if name else place(kind, scope)


def called(watched: Watched, kind: str, scope: str) -> str:
    """A source as the configuration calls it, else as any is called."""
    return watched.places.get((kind, scope)) or place(kind, scope)


def host(url: str | None) -> str | None:
    """The host of a URL without `www.`; None for anything that is no URL."""
    try:
        name = urlsplit(url or "").hostname
    except ValueError:
        return None
    return name.removeprefix("www.") if name else None


def speaker(one: Said) -> str:
    """Who said it, as far as that is known."""
    return one.author or host(one.url) or "unnamed"


def quote(one: Said, watched: Watched) -> Quote:
    """A mention as it is shown, cut to a readable length."""
    text = " ".join(one.text.split())
    return Quote(
        text=text if len(text) <= QUOTE_LENGTH else text[: QUOTE_LENGTH - 1].rstrip() + "…",
        url=one.url,
        title=one.title,
        author=speaker(one),
        source=called(watched, one.kind, one.scope),
        published_at=one.at.isoformat(),
        label=one.label,
        score=one.score,
    )
