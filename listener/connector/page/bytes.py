"""Bytes of a web page → text → tree, whatever they are. Runs in a child: see `Http.apart`."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

Tree = Any  # an lxml.html.HtmlElement: lxml ships no types, and only a child loads it

TAGS_CAP = 100_000
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)  # libxml2 drops what comes after it, browsers do not
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{8000,}+>?")
_FIRST_ATTRIBUTES = re.compile(
    r"""<[\w:-]{1,40}+(?:\s++[\w:-]{1,40}+(?:=(?:"[^"<>]{0,400}"|'[^'<>]{0,400}'|[^\s"'<>]{1,400}+(?=\s)))?+){0,20}+"""
)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Of the encodings that a browser knows those that Python has. Nothing else is decoded: punycode, for one, is quadratic.
_KNOWN = frozenset(
    codecs.lookup(name).name
    for name in (
        *(
            "utf-8",
            "utf-16",
            "utf-16-le",
            "utf-16-be",
            "gbk",
            "gb18030",
            "big5",
            "euc-jp",
            "shift_jis",
            "iso-2022-jp",
        ),
        *(
            "euc-kr",
            "koi8-r",
            "koi8-u",
            "mac-roman",
            "ascii",
            "iso-8859-1",
            "iso-8859-2",
            "iso-8859-5",
            "iso-8859-7",
        ),
        *(
            "iso-8859-9",
            "iso-8859-15",
            "windows-1250",
            "windows-1251",
            "windows-1252",
            "windows-1253",
            "windows-1254",
        ),
        *("windows-1255", "windows-1256", "windows-1257", "windows-1258", "cp874"),
    )
)
_AS_BROWSERS_DO = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gbk"}


def decoded(body: bytes, content_type: str) -> str:
    """The text of a page: by its byte order mark, its header, its meta, else as UTF-8; never an error.

    What is not UTF-8 though nothing names another encoding is read as windows-1252, as browsers do.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    named = _encoding(content_type) or _encoding(body[:4096].decode("latin-1"))
    if named is not None:
        return body.decode(named, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _encoding(declaration: str) -> str | None:
    match = _CHARSET.search(declaration)
    if match is None:
        return None
    try:
        name = codecs.lookup(match[1]).name
    except LookupError:
        return None
    name = _AS_BROWSERS_DO.get(name, name)
    return name if name in _KNOWN else None


def tree_of(text: str) -> Tree | None:
    """The tree of an HTML text, or None where there is none.

    It is cut at TAGS_CAP tags; libxml2 ends at a depth of 2,048 by itself. Of tags that are longer than anybody writes
    only the first attributes are read: libxml2 takes minutes for 200,000 in one tag.
    """
    from lxml import etree, html  # type: ignore[import-untyped]

    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    text = _LONG_TAG.sub(_shortened, text)
    clean = _END.sub("", _cut(text)).replace("\0", " ").encode("utf-8", "replace")
    try:
        return html.document_fromstring(clean, parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _shortened(tag: re.Match[str]) -> str:
    first = _FIRST_ATTRIBUTES.match(tag[0])
    return f"{first[0]}>" if first else ""


def _cut(text: str) -> str:
    if text.count("<") <= TAGS_CAP:
        return text
    place = -1
    for _ in range(TAGS_CAP):
        place = text.index("<", place + 1)
    return text[:place]


def xml_tree_of(body: bytes) -> Tree | None:
    """The tree of an XML document, as far as it can be read; it resolves no entity and asks no network."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        return etree.fromstring(body.lstrip(), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def written(tree: Tree) -> str:
    from lxml import html

    return str(html.tostring(tree, encoding="unicode"))


def walked(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Every element twice, in the order of the text: ("start", element) and ("end", element)."""
    from lxml import etree

    yield from etree.iterwalk(tree, events=("start", "end"))
