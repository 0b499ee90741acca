"""What the cursor of a watched page holds: where its news comes from, and what is remembered of that place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from listener.connector.contract import JSON
from listener.connector.page import news, watch
from listener.connector.page.news import News
from listener.connector.page.watch import Watch

Place = Literal["feed", "sitemap", "page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a page is read from: one of `feed` (an address), `news` (its sitemap) and `watch` (itself) is there.

    look_at      when it is looked for a better place again
    part         the options that the memory was made with
    feed_memory  what the feed machinery remembers
    """

    look_at: datetime
    part: str
    feed: str = ""
    feed_memory: JSON = None
    news: News | None = None
    watch: Watch | None = None

    @property
    def place(self) -> Place:
        if self.feed:
            return "feed"
        return "sitemap" if self.news is not None else "page"


def to_json(state: State) -> JSON:
    """The cursor."""
    return {
        "look_at": state.look_at.isoformat(),
        "part": state.part,
        "feed": state.feed,
        "feed_memory": state.feed_memory,
        "news": news.to_json(state.news) if state.news else None,
        "watch": watch.to_json(state.watch) if state.watch else None,
    }


def from_json(cursor: JSON, *, part: str) -> State | None:
    """The inverse of `to_json`; None at the first poll, and where the options changed what is read."""
    if not isinstance(cursor, dict) or cursor["part"] != part:
        return None
    return State(
        look_at=datetime.fromisoformat(cursor["look_at"]),
        part=part,
        feed=cursor["feed"],
        feed_memory=cursor["feed_memory"],
        news=news.from_json(cursor["news"]) if cursor["news"] else None,
        watch=watch.from_json(cursor["watch"]) if cursor["watch"] else None,
    )
