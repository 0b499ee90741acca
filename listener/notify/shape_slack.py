"""A message in Slack's Block Kit: built with slack_sdk's models, kept within Slack's limits, with nothing that can ping.

Every text is `mrkdwn` with `& < >` escaped once and `verbatim` set, so that Slack makes no links or mentions of its own;
what hostile formatting may do ends with the block that it stands in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from listener.domain.message import Kind, Message, Quote
from listener.notify import shape

if TYPE_CHECKING:
    from slack_sdk.models.blocks import Block

TOTAL_MOST, SECTION_MOST = 12_000, 2_900  # characters; Slack stops at about 13,000 and at 3,000
_BLOCK_SIZE = 90  # what JSON adds to each
QUOTES_MOST, LINES_MOST, TEXT_MOST = 20, 60, 3_500
_SIGNS: dict[Kind, str] = {
    "firing": "🔴",
    "joined": "🔴",
    "still": "🔴",
    "taken": "🙋",
    "noted": "📝",
    "escalated": "⏫",
    "closed": "⚪",
    "resolved": "🟢",
    "good_news": "🎉",
    "mentions": "💬",
    "hidden": "🔕",
    "digest": "📰",
    "health": "🔧",
    "test": "🔔",
    "group": "📦",
}
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_REPEAT = "an earlier attempt got no clear answer. If you have seen this one, nothing new has happened."


def payload(message: Message) -> dict[str, Any]:
    """The body of a webhook request: blocks, and a text for notifications and screen readers."""
    text = shape.headline(message)
    return {
        "text": escaped(f"{shape.REPEAT}: {text}" if message.repeat else text),
        "blocks": blocks(message),
        **_CALM,
    }


def plain_payload(message: Message) -> dict[str, Any]:
    """The same without blocks, for when Slack refuses them."""
    return {"text": escaped(shape.cut(shape.plain(message), TEXT_MOST)), "mrkdwn": False, **_CALM}


_CALM = {"unfurl_links": False, "unfurl_media": False, "link_names": False}


def blocks(message: Message) -> list[dict[str, Any]]:
    """Block Kit as JSON types. What does not fit is left out from the end, quotes first, and counted."""
    head = [_headline(message), *([f"*{shape.REPEAT}*: {_REPEAT}"] if message.repeat else [])]
    owner, origin = _owner(message), escaped(shape.origin(message))
    room = TOTAL_MOST - _size(*head, *owner, origin)
    lines = _fitting([(line,) for line in _lines(message)[:LINES_MOST]], room)
    quotes = _fitting(_quotes(message), room - sum(_size(*line) for line in lines))
    left_out = len(message.lines) - len(lines) + len(message.quotes) - len(quotes)
    parts = [_section(head[0]), *map(_context, head[1:])]
    parts += [_section(text) for text in _sections([*(line for (line,) in lines), *owner])]
    for said, facts in quotes:
        parts += [_section(said), _context(facts)]
    if left_out:
        parts.append(_context(f"and {left_out} more that did not fit here"))
    return [part.to_dict() for part in [*parts, _context(origin)]]


def _fitting(parts: Sequence[tuple[str, ...]], room: int) -> list[tuple[str, ...]]:
    kept = []
    for part in parts:
        room -= _size(*part)
        if room < 0:
            break
        kept.append(part)
    return kept


def _size(*texts: str) -> int:
    """Characters of these texts in JSON, each in a block of its own."""
    return sum(len(json.dumps(text, ensure_ascii=False)) + _BLOCK_SIZE for text in texts)


def _headline(message: Message) -> str:
    news = escaped(shape.cut(shape.clean(message.headline), shape.LINE_MOST))
    client = escaped(shape.cut(shape.clean(message.client or ""), shape.NAME_MOST))
    return f"{_SIGNS[message.kind]} *{client}*: {news}" if client else f"{_SIGNS[message.kind]} {news}"


def _lines(message: Message) -> list[str]:
    return [escaped(shape.cut(shape.clean(line), shape.LINE_MOST)) for line in message.lines]


def _owner(message: Message) -> list[str]:
    """Rings only for what is on fire, and only for the id that the configuration gives."""
    if not message.owner:
        return []
    rings = message.kind == "firing" and _USER.fullmatch(message.owner_slack or "")
    name = escaped(shape.cut(shape.clean(message.owner), shape.NAME_MOST))
    return [f"Owner: {name} <@{message.owner_slack}>" if rings else f"Owner: {name}"]


def _quotes(message: Message) -> list[tuple[str, ...]]:
    """Each as what was said, and where, when and by whom."""
    labelled = message.kind == "mentions"
    return [
        (">" + escaped(shape.said(quote)), _origin(quote, labelled=labelled))
        for quote in message.quotes[:QUOTES_MOST]
    ]


def _origin(quote: Quote, *, labelled: bool) -> str:
    """Who, where, when, and the link; its host is not said twice."""
    address, host = shape.web_link(quote.url) or ("", "")
    author = shape.clean(quote.author)
    source = shape.clean(quote.source).removesuffix(f" {host}")
    names = [author if author != host else "", source, quote.label if labelled else ""]
    told = [escaped(shape.cut(shape.clean(name), shape.NAME_MOST)) for name in names]
    link = (
        f"<{escaped(address)}|{escaped(host)}>" if address else ""
    )  # it shows where it leads: it cannot pretend
    return " · ".join(part for part in (*told, _when(quote.published_at), link) if part)


def _when(text: str) -> str:
    """In the reader's own time zone, where Slack can."""
    at = shape.instant(text)
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{shape.when(text)}>" if at else ""


def _sections(lines: Sequence[str]) -> list[str]:
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) < SECTION_MOST:
            texts[-1] += "\n" + line
        else:
            texts.append(line)
    return texts


def escaped(text: str) -> str:
    """For mrkdwn. A fence of code would swallow what follows it in its block, so it is defused."""
    return text.replace("```", "'''").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(text: str) -> Block:
    from slack_sdk.models.blocks import MarkdownTextObject, SectionBlock

    return SectionBlock(text=MarkdownTextObject(text=text, verbatim=True))


def _context(text: str) -> Block:
    from slack_sdk.models.blocks import ContextBlock, MarkdownTextObject

    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])
