"""The tree of a page → its blocks of text: one a paragraph, list item, heading, cell. Runs in a child: see `Http.apart`."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from listener.connector.page.bytes import Tree, walked
from listener.connector.plain import absolute, one_line

BLOCKS_CAP = 4_000
BLOCK_TEXT_CAP = 4_000
MAIN_TEXT_CAP = 400_000
# What trafilatura is spared: it took 12 s for 100,000 paragraphs and 10 s for tables 2,000 deep.
HEAVY_ELEMENTS = 15_000
HEAVY_DEPTH = 250

_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark picture q rb rp rt ruby s samp"
    " small source span strike strong sub sup svg time tt u var wbr"
)
_UNSEEN_TAGS = (
    "button canvas dialog iframe noscript object option script select style svg template textarea title"
)
_AROUND_ROLE_NAMES = "alertdialog banner complementary contentinfo dialog menu menubar navigation search"
_INLINE = frozenset(_INLINE_TAGS.split())
_UNSEEN = frozenset(_UNSEEN_TAGS.split())
_AROUND = frozenset({"aside", "footer", "menu", "nav"})
_AROUND_ROLES = frozenset(_AROUND_ROLE_NAMES.split())
_AROUND_NAMES = ("cookie", "consent", "gdpr", "breadcrumb", "navbar", "sidebar")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph or its like. `main` tells what the page is about from what stands around it."""

    text: str
    main: bool
    links: tuple[str, ...] = ()


def key_of(text: str) -> str:
    """What two texts have in common that a reader would call the same: NFKC, small letters, single spaces."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def blocks_of(tree: Tree, *, url: str, whole: bool = False) -> tuple[Block, ...]:
    """All blocks that a reader sees, in order, each text once.

    `main` are those inside <main> or <article>; on a page that has neither, those that trafilatura calls the main
    text; where that is next to nothing (it drops lists of headlines), all that is not navigation and the like.
    `whole` makes all of them main: the part was chosen by hand.
    """
    seen: dict[str, Block] = {}
    for block in _walk(tree, url):
        old = seen.get(block.text)
        if old is None or (block.main and not old.main):
            seen[block.text] = block
    blocks = tuple(seen.values())
    if whole:
        return tuple(Block(text=block.text, main=True, links=block.links) for block in blocks)
    return blocks if _has_landmark(tree) else _judged(blocks, tree)


def size_of(tree: Tree) -> int:
    """Characters of all text that a reader sees, navigation included."""
    return sum(len(block.text) for block in _walk(tree, ""))


@dataclass(slots=True)
class _Reader:
    """Where the walk stands: the text gathered so far and how deep it is in what matters or does not."""

    url: str
    pieces: list[str] = field(default_factory=list)
    links: dict[str, None] = field(default_factory=dict)
    open_links: list[str | None] = field(default_factory=list)
    unseen: int = 0
    around: int = 0
    landmark: int = 0
    landmarked: bool = False

    def add(self, text: str | None) -> None:
        if text and not self.unseen:
            self.pieces.append(text)
            link = self.open_links[-1] if self.open_links else None
            if link and link.startswith("http") and not text.isspace():
                self.links[link] = None

    def taken(self) -> Iterator[Block]:
        text = one_line("".join(self.pieces))[:BLOCK_TEXT_CAP]
        main = not self.around and (bool(self.landmark) or not self.landmarked)
        links = tuple(self.links)[:20]
        self.pieces, self.links = [], {}
        if sum(character.isalpha() for character in text[:200]) > 1:
            yield Block(text=text, main=main, links=links)


def _walk(tree: Tree, url: str) -> Iterator[Block]:
    reader = _Reader(url=url, landmarked=_has_landmark(tree))
    for event, element in walked(tree):
        if event == "start":
            if element.tag not in _INLINE:
                yield from reader.taken()
            _enter(reader, element, 1)
            reader.add(element.text)
        else:
            if element.tag not in _INLINE:
                yield from reader.taken()
            _enter(reader, element, -1)
            reader.add(element.tail)
    yield from reader.taken()


def _enter(reader: _Reader, element: Tree, step: int) -> None:
    reader.unseen += step * _is_unseen(element)
    reader.around += step * (_is_around(element) or (element.tag == "header" and not reader.landmark))
    reader.landmark += step * _is_landmark(element)
    if element.tag == "a" and step > 0:
        reader.open_links.append(absolute(element.get("href") or "", reader.url))
    elif element.tag == "a":
        reader.open_links.pop()


def _is_unseen(element: Tree) -> bool:
    return (
        element.tag in _UNSEEN
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(element.get("style") or ""))
    )


def _is_around(element: Tree) -> bool:
    if element.tag in _AROUND or (element.get("role") or "") in _AROUND_ROLES:
        return True
    if element.tag in {"html", "body", "main"}:  # <body class="cookie-free"> is the whole page
        return False
    names = f"{element.get('id') or ''} {element.get('class') or ''}".casefold().split()
    return any(name.startswith(_AROUND_NAMES) for name in names)


def _is_landmark(element: Tree) -> bool:
    return element.tag in {"main", "article"} or element.get("role") == "main"


def _has_landmark(tree: Tree) -> bool:
    return bool(tree.xpath("boolean(//main | //article | //*[@role='main'])"))


def _judged(blocks: Sequence[Block], tree: Tree) -> tuple[Block, ...]:
    main = key_of(main_text(tree))
    chosen = [block.main and key_of(block.text) in main for block in blocks]
    possible = sum(len(block.text) for block in blocks if block.main)
    if sum(len(block.text) for block, good in zip(blocks, chosen, strict=True) if good) * 4 < possible:
        return tuple(blocks)
    return tuple(
        Block(text=block.text, main=good, links=block.links)
        for block, good in zip(blocks, chosen, strict=True)
    )


def main_text(tree: Tree) -> str:
    if _is_heavy(tree):
        return ""
    import trafilatura

    document = trafilatura.bare_extraction(copy.deepcopy(tree), include_comments=False, deduplicate=False)
    return str(getattr(document, "text", "") or "")[:MAIN_TEXT_CAP]


def _is_heavy(tree: Tree) -> bool:
    depth = 0
    for count, (event, _) in enumerate(walked(tree)):
        depth += 1 if event == "start" else -1
        if depth > HEAVY_DEPTH or count > 2 * HEAVY_ELEMENTS:
            return True
    return False
