"""Is what came the page that was meant? Pure decisions, each with the sentence that a person reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from listener.connector.page.address import is_login
from listener.connector.page.read import Reading

LITTLE_TEXT = 60
LOGIN_TEXT = 600
COLLAPSED = 0.3
SIZES_KEPT = 9
SIZES_NEEDED = 3
_NOT_FOUND = re.compile(r"^\W*(?:error\s*)?404\b|\bpage not found\b|\bnot found\W*$", re.IGNORECASE)
_WALL = re.compile(
    r"^\W*(?:just a moment|one moment,? please|attention required|access denied|are you a robot|verify(?:ing)? (?:that )?you are)"
    r"|\bsecurity check\W*$",
    re.IGNORECASE,
)
_TEXTS = (
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "text/xml",
    "application/xml",
    "application/rss+xml",
    "application/atom+xml",
)


def not_a_page(content_type: str, url: str) -> str | None:
    """Why these bytes are not even read, judged by what the server calls them."""
    kind = content_type.partition(";")[0].strip().casefold()
    if not kind or kind in _TEXTS:
        return None
    return f"{url} is {kind[:60]}, not a page of text: give the address of the page that people read."


def not_the_page(reading: Reading, *, asked: str, came: str) -> str | None:
    """Why this reading is not what people see at `asked`, or None where it is."""
    if (is_login(came) and not is_login(asked)) or (reading.password and reading.size < LOGIN_TEXT):
        return f"{asked} asks for a login: give an address that everybody can read."
    if _WALL.search(reading.title):
        return f"{asked} shows us {reading.title[:80]!r} instead of itself: ask its owner to let programs in, or give a feed."
    if reading.missing:
        return f"The selector finds nothing on {asked} any more: look at the page's source and correct it."
    if not reading.items and reading.size < (LITTLE_TEXT if reading.scripts else 1):
        return _empty(reading, asked)
    if _NOT_FOUND.search(reading.title):
        return f"{asked} says that there is no such page ({reading.title[:80]!r}): look where it moved and correct the URL."
    return None


def _empty(reading: Reading, asked: str) -> str:
    if reading.scripts:
        return (
            f"{asked} is an empty shell: its text is made by scripts in the browser, which are not run here."
            " Give a feed of the site, or another page."
        )
    return f"{asked} holds no text that could be watched: check the URL."


def collapse(size: int, sizes: Sequence[int]) -> str | None:
    """How far the text shrank, where it is under 30 % of what is usual; None while too little is known."""
    if len(sizes) < SIZES_NEEDED:
        return None
    usual = median(sizes)
    if usual < LITTLE_TEXT or size >= COLLAPSED * usual:
        return None
    return f"{round(100 * size / usual)} % of its usual {round(usual)} characters"
