"""One news page → one article. Runs in a child: see `Http.apart`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from listener.connector.page.blocks import blocks_of, main_text
from listener.connector.page.bytes import Tree, decoded, tree_of
from listener.connector.page.data import TEXT_CAP, structured
from listener.connector.plain import cleaned, language_tag, one_line
from listener.domain.found import Found

ENOUGH_TEXT = 60


def read_article(body: bytes, url: str, content_type: str, now: datetime) -> Found | None:
    """The article that a page holds, or None where it holds no text. Its address is its identity.

    Headline, author and date from its structured data; the text from there if it is whole, else the main text.
    """
    tree = tree_of(decoded(body, content_type))
    if tree is None:
        return None
    named = _about_itself(structured(tree, url=url, now=now).items, url)
    text = _text(tree, url, named)
    if not text:
        return None
    title = one_line(tree.findtext(".//title") or "")[:500] or None
    found = named or Found(external_id=url, text=text, title=title, form="article")
    return replace(
        found,
        external_id=url,
        url=url,
        text=text[:TEXT_CAP],
        title=found.title or title,
        language=found.language or language_tag(tree.get("lang")),
    )


def _about_itself(items: Iterable[Found], url: str) -> Found | None:
    """Of the articles that a page describes the one that it is; others are teasers."""
    articles = [item for item in items if item.form == "article"]
    own = [
        item
        for item in articles
        if (item.url or "").partition("#")[0].rstrip("/") == url.partition("#")[0].rstrip("/")
    ]
    return own[0] if own else articles[0] if len(articles) == 1 else None


def _text(tree: Tree, url: str, named: Found | None) -> str:
    main = cleaned(main_text(tree))
    if len(main) < ENOUGH_TEXT:
        main = "\n".join(block.text for block in blocks_of(tree, url=url) if block.main)
    described = named.text if named is not None else ""
    return main if len(main) > len(described) else described
