"""A message in Slack's Block Kit: built with slack_sdk's models, kept within Slack's limits, with nothing that can ping.

Every text is `mrkdwn` with `& < >` escaped once and `verbatim` set, so that Slack makes no links or mentions of its own;
what hostile formatting may do ends with the block that it stands in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from listener.domain.message import Kind, Message, Quote, Section
from listener.notify import shape

if TYPE_CHECKING:
    from slack_sdk.models.blocks import Block

TOTAL_MOST, SECTION_MOST = 12_000, 2_900  # characters; Slack stops at about 13,000 and at 3,000
_BLOCK_SIZE = 90  # what JSON adds to each
BLOCKS_MOST, LINES_MOST, TEXT_MOST = 40, 60, 3_500  # blocks of mentions: Slack takes 50 in all
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


def plainer(message: Message) -> Iterator[dict[str, Any]]:
    """What is tried where Slack refuses the blocks: without the picture, which it may not be able to fetch, then without any."""
    if _picture(message):
        yield payload(replace(message, picture=None))
    yield plain_payload(message)


_CALM = {"unfurl_links": False, "unfurl_media": False, "link_names": False}


def blocks(message: Message) -> list[dict[str, Any]]:
    """Block Kit as JSON types. What does not fit is left out from the end, and counted."""
    above = [_headline(message), *_chart(message)]
    below = [*_owner(message), *_links(message)]
    notes = [f"*{shape.REPEAT}*: {_REPEAT}"] if message.repeat else []
    origin = escaped(shape.origin(message))
    room = TOTAL_MOST - _size(*above, *below, *notes, origin, *map(_alike, _picture(message)))
    lines = [_Part(lines=(line,)) for line in _lines(message.lines)]
    others = [*_quotes(message.quotes, labelled=message.kind == "mentions"), *_digest(message.sections)]
    kept = _fitting([*lines, *others], room)
    first, others_kept = kept[: len(lines)], kept[len(lines) :]
    texts = [_section(above[0]), *map(_context, notes)]
    texts += _drawn([_Part(lines=(*above[1:], *(line for part in first for line in part.lines), *below))])
    texts += [*_picture(message), *_drawn(others_kept)]
    left_out = _mentioned(message) - sum(part.counts for part in kept)
    if left_out:
        texts.append(_context(f"and {left_out} more that did not fit here"))
    return [text.to_dict() for text in [*texts, _context(origin)]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What is shown or left out together: lines, or one mention as what was said and who said it. `counts` as so many."""

    lines: tuple[str, ...] = ()
    quote: tuple[str, str] | None = None
    counts: int = 1


def _mentioned(message: Message) -> int:
    of_sections = sum(len(section.lines) + len(section.quotes) for section in message.sections)
    return len(message.lines) + len(message.quotes) + of_sections


def _fitting(parts: Sequence[_Part], room: int) -> list[_Part]:
    """The first of these that fit into so many characters, and into the blocks and lines that a message may have."""
    kept = []
    blocks_left, lines_left = BLOCKS_MOST, LINES_MOST
    for part in parts:
        texts = [*part.lines, *(part.quote or ())]
        room -= _size(*texts)
        blocks_left -= 2 if part.quote else 0
        lines_left -= len(part.lines)
        if min(room, blocks_left, lines_left) < 0:
            break
        kept.append(part)
    return kept


def _drawn(parts: Sequence[_Part]) -> list[Block]:
    """Lines that follow each other in as few sections as hold them; each mention in two blocks."""
    drawn: list[Block] = []
    lines: list[str] = []
    for part in parts:
        if part.quote is None:
            lines += part.lines
            continue
        drawn += map(_section, _sections(lines))
        lines = []
        drawn += [_section(part.quote[0]), _context(part.quote[1])]
    return [*drawn, *map(_section, _sections(lines))]


def _size(*texts: str) -> int:
    """Characters of these texts in JSON, each in a block of its own."""
    return sum(len(json.dumps(text, ensure_ascii=False)) + _BLOCK_SIZE for text in texts)


def _headline(message: Message) -> str:
    news = escaped(shape.cut(shape.clean(message.headline), shape.LINE_MOST))
    client, severity = _name(message.client or ""), shape.raised(message)
    sign = _SIGNS[message.kind]
    sign = "🚨" if severity == "severe" and sign == "🔴" else sign  # what ends it stays green
    about = f"*{client}*" + (f" ({severity})" if severity else "")
    return f"{sign} {about}: {news}" if client else f"{sign} {news}"


def _lines(lines: Sequence[str]) -> list[str]:
    return [escaped(shape.cut(shape.clean(line), shape.LINE_MOST)) for line in lines]


def _chart(message: Message) -> list[str]:
    """The counts in signs of one width."""
    if message.chart is None:
        return []
    before, signs, after = shape.chart_line(message.chart)
    return [" ".join(part for part in (before, f"`{signs}`", after) if part)]


def _picture(message: Message) -> list[Block]:
    """The same as our page draws it, where Slack can fetch it: an address of ours, not one of a mention."""
    from slack_sdk.models.blocks import ImageBlock

    link = shape.web_link(message.picture)
    if message.chart is None or link is None or len(link[0]) > shape.URL_MOST:
        return []
    length, _, most = shape.chart_line(message.chart)
    return [ImageBlock(image_url=link[0], alt_text=f"The counts of the last {length} as bars, {most}")]


def _alike(block: Block) -> str:
    return json.dumps(block.to_dict())


def _owner(message: Message) -> list[str]:
    """Rings only for what is on fire, and only for the id that the configuration gives: the owner, or who is asked instead."""
    people = [
        ("Owner", message.owner, message.owner_slack, message.kind == "firing"),
        ("Asked", message.asked, message.asked_slack, message.kind == "escalated"),
    ]
    return [
        f"{role}: {_name(name)} <@{slack}>"
        if rings and _USER.fullmatch(slack or "")
        else f"{role}: {_name(name)}"
        for role, name, slack, rings in people
        if name
    ]


def _links(message: Message) -> list[str]:
    """What can be done, in our own words and at our own address."""
    shown = [f"<{escaped(address)}|{escaped(words)}>" for words, address in shape.ways(message)]
    return [" · ".join(shown)] if shown else []


def _name(text: str) -> str:
    return escaped(shape.cut(shape.clean(text), shape.NAME_MOST))


def _digest(sections: Sequence[Section]) -> list[_Part]:
    """The parts of a digest; a title goes with the first of what it is about."""
    parts: list[_Part] = []
    for section in sections:
        title = f"*{_name(section.title)}*"
        lines = _lines(section.lines)
        parts.append(_Part(lines=(title, *lines[:1]), counts=len(lines[:1])))
        parts += [_Part(lines=(line,)) for line in lines[1:]]
        parts += _quotes(section.quotes, labelled=True)
    return parts


def _quotes(quotes: Sequence[Quote], *, labelled: bool) -> list[_Part]:
    """Each as what was said, and where, when and by whom."""
    return [
        _Part(quote=(">" + escaped(shape.said(quote)), _origin(quote, labelled=labelled))) for quote in quotes
    ]


def _origin(quote: Quote, *, labelled: bool) -> str:
    """Who, where, when, and the link; its host is not said twice."""
    address, host = shape.web_link(quote.url) or ("", "")
    author = shape.clean(quote.author)
    source = shape.clean(quote.source).removesuffix(f" {host}")
    names = [author if author != host else "", source, quote.label if labelled else ""]
    told = [_name(name) for name in names]
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
