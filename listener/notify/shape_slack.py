"""A message in Slack's Block Kit: built with slack_sdk's models, kept within Slack's limits, with nothing that can ping.

Every text is `mrkdwn` with `& < >` escaped once and `verbatim` set, so that Slack makes no links or mentions of its own;
what hostile formatting may do ends with the block that it stands in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from listener.domain.message import Message, Quote
from listener.notify import shape

if TYPE_CHECKING:
    from slack_sdk.models.blocks import Block

TOTAL_MOST, SECTION_MOST = 12_000, 2_900  # characters; Slack stops at about 13,000 and at 3,000
QUOTES_MOST, LINES_MOST, TEXT_MOST = 20, 60, 3_500
_SIGNS = {"firing": "🔴", "resolved": "🟢", "mentions": "💬", "health": "🔧", "test": "🔔", "group": "📦"}
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
    shown = replace(message, quotes=message.quotes[:QUOTES_MOST], lines=message.lines[:LINES_MOST])
    built = _built(shown, message)
    while len(json.dumps(built, ensure_ascii=False)) > TOTAL_MOST:
        shown = (
            replace(shown, quotes=shown.quotes[:-1])
            if shown.quotes
            else replace(shown, lines=shown.lines[:-1])
        )
        built = _built(shown, message)
    return built


def _built(shown: Message, whole: Message) -> list[dict[str, Any]]:
    parts = [_section(_headline(shown))]
    if shown.repeat:
        parts.append(_context(f"*{shape.REPEAT}*: {_REPEAT}"))
    parts += [_section(text) for text in _sections(_lines(shown))]
    for quote in shown.quotes:
        parts += [
            _section(">" + escaped(shape.said(quote))),
            _context(_origin(quote, labelled=shown.kind == "mentions")),
        ]
    left_out = len(whole.quotes) - len(shown.quotes) + len(whole.lines) - len(shown.lines)
    if left_out:
        parts.append(_context(f"and {left_out} more that did not fit here"))
    return [part.to_dict() for part in [*parts, _context(escaped(shape.origin(shown)))]]


def _headline(message: Message) -> str:
    news = escaped(shape.cut(shape.clean(message.headline), shape.LINE_MOST))
    client = escaped(shape.cut(shape.clean(message.client or ""), shape.NAME_MOST))
    return f"{_SIGNS[message.kind]} *{client}*: {news}" if client else f"{_SIGNS[message.kind]} {news}"


def _lines(message: Message) -> list[str]:
    lines = [escaped(shape.cut(shape.clean(line), shape.LINE_MOST)) for line in message.lines]
    return [*lines, _owner(message)] if message.owner else lines


def _owner(message: Message) -> str:
    """Rings only for what is on fire, and only for the id that the configuration gives."""
    rings = message.kind == "firing" and _USER.fullmatch(message.owner_slack or "")
    name = escaped(shape.cut(shape.clean(message.owner or ""), shape.NAME_MOST))
    return f"Owner: {name} <@{message.owner_slack}>" if rings else f"Owner: {name}"


def _origin(quote: Quote, *, labelled: bool) -> str:
    names = [escaped(shape.cut(shape.clean(name), shape.NAME_MOST)) for name in (quote.author, quote.source)]
    label = escaped(shape.clean(quote.label)) if labelled else ""
    return " · ".join(part for part in (*names, label, _when(quote.published_at), _link(quote.url)) if part)


def _when(text: str) -> str:
    """In the reader's own time zone, where Slack can."""
    at = shape.instant(text)
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{shape.when(text)}>" if at else ""


def _link(url: str | None) -> str:
    """A link that shows the host it leads to, so that it cannot pretend another."""
    link = shape.web_link(url)
    return f"<{escaped(link[0])}|{escaped(link[1])}>" if link else ""


def _sections(lines: Sequence[str]) -> list[str]:
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) < SECTION_MOST:
            texts[-1] += "\n" + line
        else:
            texts.append(line)
    return texts


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(text: str) -> Block:
    from slack_sdk.models.blocks import MarkdownTextObject, SectionBlock

    return SectionBlock(text=MarkdownTextObject(text=text, verbatim=True))


def _context(text: str) -> Block:
    from slack_sdk.models.blocks import ContextBlock, MarkdownTextObject

    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])
