"""What a run must have stored, worked out without our pipeline: feedparser with its defaults, and a slow, obvious matcher."""

import json
import re
import unicodedata
import warnings
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser

import feedparser

BLOCKS = re.compile(
    "address|article|aside|blockquote|br|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    "|header|hr|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
UNSEEN = {"script", "style", "template", "head"}


@dataclass(frozen=True, kw_only=True)
class Client:
    """An invented client, and what a text must hold to be about it: words or phrases, in small ASCII letters."""

    name: str
    any_of: tuple[str, ...]
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    @property
    def query(self):
        """The same in the product's language."""
        either = " OR ".join(f'"{term}"' for term in self.any_of)
        parts = [
            f"({either})",
            *(f'"{term}"' for term in self.all_of),
            *(f'NOT "{term}"' for term in self.none_of),
        ]
        return " AND ".join(parts)

    def is_meant(self, said):
        return (
            any(said.holds(term) for term in self.any_of)
            and all(said.holds(term) for term in self.all_of)
            and not any(said.holds(term) for term in self.none_of)
        )


@dataclass(frozen=True)
class Said:
    """A title and a text as runs of folded words; nothing reaches from one into the other."""

    title: str
    text: str

    def holds(self, term):
        return any(re.search(rf"(?<!\w){re.escape(term)}(?!\w)", part) for part in (self.title, self.text))


@dataclass(frozen=True, kw_only=True)
class Item:
    """An entry that somebody is meant in. `id` is None where the feed gives it neither an id nor a link."""

    path: str
    id: str | None
    shared: bool
    words: str
    clients: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What feedparser makes of one body."""

    items: tuple[Item, ...]
    entries: int
    is_feed: bool
    opens_as_one: bool

    @property
    def can_be_heard(self):
        """An empty feed is one; what neither is read as a feed nor opens as one is none."""
        return self.is_feed or self.entries > 0 or self.opens_as_one


def read(path, body, clients):
    """Every entry of this body that a client is meant in."""
    entries, is_feed = json_feed(body) or by_feedparser(body)
    ids = [entry_id(entry) for entry in entries]
    shared = Counter(ids)
    items = {}
    for entry, own in zip(entries, ids, strict=True):
        said = Said(folded(title_of(entry)), folded(text_of(entry)))
        meant = frozenset(client.name for client in clients if client.is_meant(said))
        if meant:
            item = Item(
                path=path, id=own, shared=own is None or shared[own] > 1, words=words(said), clients=meant
            )
            items[own, repr(entry)] = item
    opens_as_one = (
        re.search(rb"<(\w+:)?(rss|rdf|feed|channel)[\s>]", body.replace(b"\0", b""), re.IGNORECASE)
        is not None
    )
    return Reading(
        items=tuple(items.values()), entries=len(entries), is_feed=is_feed, opens_as_one=opens_as_one
    )


def by_feedparser(body):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = feedparser.parse(body)
    return parsed.entries, bool(parsed.version)


def json_feed(body):
    """The items of a JSON Feed (jsonfeed.org), named as feedparser would; None where it is something else."""
    try:
        feed = json.loads(body)
    except ValueError:
        return None
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        return None
    return [json_entry(item) for item in feed.get("items") or ()], True


def json_entry(item):
    html, text = item.get("content_html"), item.get("content_text")
    said = {"value": html or text or item.get("summary") or "", "type": "text/html" if html else "text/plain"}
    title = {"value": item.get("title") or "", "type": "text/plain"}
    return {"id": item.get("id"), "link": item.get("url"), "title_detail": title, "summary_detail": said}


def entry_id(entry):
    own = " ".join(str(entry.get("id") or "").split())
    return own or " ".join(str(entry.get("link") or "").split()) or None


def title_of(entry):
    return plain(entry.get("title_detail") or {"value": entry.get("title", "")})


def text_of(entry):
    """The content where there is one, else the summary."""
    content = [part for part in entry.get("content", ()) if is_text(part)]
    return "\n".join(
        map(plain, content or [entry.get("summary_detail") or {"value": entry.get("summary", "")}])
    )


def is_text(part):
    return str(part.get("type") or "text/html").startswith(("text/", "application/xhtml"))


def plain(detail):
    value = detail.get("value") or ""
    if detail.get("type") == "text/plain":
        return value
    shown = Shown()
    shown.feed(value)
    shown.close()
    return "".join(shown.parts)


class Shown(HTMLParser):
    """The text of HTML, blocks apart from each other."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts = []
        self._unseen = 0

    def handle_starttag(self, tag, attrs):  # noqa: ARG002 - the parser's own signature
        self._unseen += tag in UNSEEN
        self.parts.append("\n" if BLOCKS.fullmatch(tag) else "")

    def handle_endtag(self, tag):
        self._unseen -= tag in UNSEEN and self._unseen > 0
        self.parts.append("\n" if BLOCKS.fullmatch(tag) else "")

    def handle_data(self, data):
        if not self._unseen:
            self.parts.append(data)


def folded(text):
    """Small letters without accents, blanks run together."""
    spread = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(
        sign for sign in spread if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf"
    )
    return " ".join(kept.split())


def words(said):
    return " ".join(re.findall(r"\w+", f"{said.title} {said.text}"))
