"""A message as plain text: what every place shows where it can show nothing better. Hostile text stays text."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from listener.domain.chart import Chart
from listener.domain.message import Message, Quote
from listener.domain.sparkline import sparkline

REPEAT = "Possible repeat"
QUOTE_MOST, LINE_MOST, NAME_MOST, URL_MOST = 300, 500, 80, 500  # characters
LINKS_MOST = 5
_READ_MOST = 4_000  # of any text, however long: no more of it is shown anywhere
# Whatever follows: where a text is cut, that may be gone.
_BROADCAST = re.compile(r"@(?=here|channel|everyone|group)", re.IGNORECASE)
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
    address = quote(parts.geturl(), safe=_URL_SAFE, errors="replace")
    return _BROADCAST.sub("%40", address), clean(host.removeprefix("www."))


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
    """`Incident 3 · severe · key-accounts · mills:negative_spike:3`: what a person needs to find it again."""
    incident = f"Incident {message.incident}" if message.incident is not None else ""
    names = [cut(clean(name), NAME_MOST) for name in (message.watch_list or "", message.id)]
    return " · ".join(part for part in (incident, raised(message), *names) if part)


def raised(message: Message) -> str:
    """The severity where it is more than minor."""
    return message.severity if message.severity in {"major", "severe"} else ""


def chart_line(chart: Chart) -> tuple[str, str, str]:
    """`24 h`, a sign for each block with the window in brackets, and `up to 4 an hour`: to stand beside each other."""
    whole = timedelta(seconds=chart.block_s * len(chart.counts))
    block = timedelta(seconds=chart.block_s)
    of = "an hour" if block == timedelta(hours=1) else f"in {_length(block)}"
    return _length(whole), sparkline(chart), f"up to {max(chart.counts, default=0)} {of}"


def _length(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"


def mention(quote_: Quote) -> str:
    """`“…” – Rosa Bell, rss homeforum.example, 2026-11-22 08:51 UTC, https://…`."""
    link = web_link(quote_.url)
    names = [cut(clean(name), NAME_MOST) for name in (quote_.author, quote_.source)]
    facts = (*names, when(quote_.published_at), link[0] if link else "")
    return f"“{said(quote_)}” – {', '.join(fact for fact in facts if fact)}"


def ways(message: Message) -> list[tuple[str, str]]:
    """What can be done, as words and address; what is no web address is left out."""
    found = [(cut(clean(link.words), NAME_MOST), web_link(link.url)) for link in message.links[:LINKS_MOST]]
    return [(words, link[0]) for words, link in found if link and len(link[0]) <= URL_MOST]


def people(message: Message) -> list[str]:
    """`Owner: Dana Lee`, and who is asked where that is somebody else."""
    named = (("Owner", message.owner), ("Asked", message.asked))
    return [f"{role}: {cut(clean(name), NAME_MOST)}" for role, name in named if name]


def plain(message: Message) -> str:
    """The whole message as lines of text, links bare."""
    lines = [f"{REPEAT}: {headline(message)}" if message.repeat else headline(message)]
    lines += [" ".join(chart_line(message.chart))] if message.chart else []
    lines += [cut(clean(line), LINE_MOST) for line in message.lines]
    lines += people(message)
    lines += [f"{words}: {address}" for words, address in ways(message)]
    lines += [mention(quote_) for quote_ in message.quotes]
    for section in message.sections:
        lines += ["", cut(clean(section.title), NAME_MOST)]
        lines += [cut(clean(line), LINE_MOST) for line in section.lines]
        lines += [mention(quote_) for quote_ in section.quotes]
    return "\n".join([*lines, origin(message)])
