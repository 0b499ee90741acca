"""A message as plain text: what every place shows where it can show nothing better. Hostile text stays text."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from listener.domain.message import Message, Quote

REPEAT = "Possible repeat"
QUOTE_MOST, LINE_MOST, NAME_MOST = 300, 500, 80  # characters
_READ_MOST = 4_000  # of any text, however long: no more of it is shown anywhere
_BROADCAST = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
_URL_SAFE = "%:/?#[]@!$&'()*+,;=~-._"


def clean(text: str) -> str:
    """One line without control, bidi and invisible marks (an emoji keeps its joiners); no @here can ring."""
    spaced = " ".join("".join(map(_plain, text[:_READ_MOST])).split())
    return _BROADCAST.sub("@\u2060", spaced)


def _plain(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    hidden = category in {"Cf", "Cs", "Co"} and sign not in "\u200c\u200d"
    return "" if hidden else sign


def cut(text: str, most: int) -> str:
    """At most so many characters, with … where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def web_link(url: str | None) -> tuple[str, str] | None:
    """A link that may be shown, and the host it leads to; None for anything but http and https."""
    try:
        parts = urlsplit((url or "").strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        return None
    return quote(parts.geturl(), safe=_URL_SAFE, errors="replace"), clean(host.removeprefix("www."))


def instant(text: str) -> datetime | None:
    """An ISO 8601 time in UTC, if it is one."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def when(text: str) -> str:
    """`2026-11-22 08:51 UTC`, or nothing."""
    at = instant(text)
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def headline(message: Message) -> str:
    """`Mills: 5 people, 3 stories, negative in the last 2 h; usual 0–1`."""
    news = cut(clean(message.headline), LINE_MOST)
    return f"{cut(clean(message.client), NAME_MOST)}: {news}" if message.client else news


def said(quote_: Quote) -> str:
    """What a mention says, with its title where the text does not begin with it."""
    title, text = clean(quote_.title or ""), clean(quote_.text)
    begins = text.casefold().startswith(title.casefold().rstrip("….")) if title else True
    return cut(text if begins and text else f"{title}: {text}" if text else title, QUOTE_MOST)


def origin(message: Message) -> str:
    """`Incident 3 · key-accounts · mills:negative_spike:3`: what a person needs to find it again."""
    incident = f"Incident {message.incident}" if message.incident is not None else ""
    names = [cut(clean(name), NAME_MOST) for name in (message.watch_list or "", message.id)]
    return " · ".join(part for part in (incident, *names) if part)


def plain(message: Message) -> str:
    """The whole message as lines of text, links bare."""
    lines = [f"{REPEAT}: {headline(message)}" if message.repeat else headline(message)]
    lines += [cut(clean(line), LINE_MOST) for line in message.lines]
    lines += [f"Owner: {cut(clean(message.owner), NAME_MOST)}"] if message.owner else []
    for quote_ in message.quotes:
        link = web_link(quote_.url)
        names = [cut(clean(name), NAME_MOST) for name in (quote_.author, quote_.source)]
        facts = (*names, when(quote_.published_at), link[0] if link else "")
        lines.append(f"“{said(quote_)}” – {', '.join(fact for fact in facts if fact)}")
    return "\n".join([*lines, origin(message)])
