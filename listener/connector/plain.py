"""Plain text from what places send: HTML, or text that may hide controls. Every pattern here is linear in its input.

Markup is not parsed into a tree: HTML parsers turn quadratic (and hungry) on nesting that a hostile item can bring.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin, urlsplit

_BLOCKS = (
    "address|article|aside|blockquote|br|caption|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    "|header|hr|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_REST_OF_TAG = r"""(?:(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>|[^<>]*+>)"""
_BLOCK = re.compile(rf"</?(?:{_BLOCKS})(?=[\s/>]){_REST_OF_TAG}")
_CAPITAL_TAG = re.compile(
    r"</?[A-Z][a-zA-Z0-9]*+"
)  # rare: lowering them costs less than patterns that ignore case
_TAG = re.compile(rf"</?[a-zA-Z]{_REST_OF_TAG}|<[!?][^<>]*+>")
_UNSHOWN = re.compile(r"<!--|<(?:script|style|template|head)(?=[\s/>])", re.IGNORECASE)
_ANCHOR = re.compile(rf"<a\s{_REST_OF_TAG}", re.IGNORECASE)
_HREF = re.compile(r"""(?<![\w-])href\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++))""", re.IGNORECASE)
# Controls, invisible joints that split words, and the marks that turn a line round (bidi overrides and isolates).
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
_LONE = re.compile("[\ud800-\udfff]")
_PAIR_OF_REFERENCES = re.compile(
    r"&#(x[dD][89abAB][0-9a-fA-F]{2}|5[56]\d{3});&#(x[dD][c-fC-F][0-9a-fA-F]{2}|5[67]\d{3});"
)
_HUGE_REFERENCE = re.compile(r"&#(?:x[0-9a-fA-F]{7,}|[0-9]{8,});?")
_NO_BREAKS = {ord(char): None for char in "\t\n\r"}  # browsers read `java\\nscript:` as one word; so do we
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{1,8})*")

INERT = frozenset({"http", "https", "ftp", "mailto", "news", "urn", "tag", "at", "magnet", "gemini"})
"""Schemes that a link may have: none of them runs anything or reads a local file."""


def cleaned(text: str) -> str:
    """The text without controls, bidi overrides and lone surrogates; lines kept, blanks run together."""
    if text.isprintable() and "  " not in text:  # one line without any of those: most of what comes
        return text.strip()
    if _HIDDEN.search(text):
        text = _HIDDEN.sub("", text)
    if _LONE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def plain(markup: str) -> str:
    """What a reader would see of HTML: entities resolved, blocks on lines of their own, scripts and comments gone."""
    if "<" in markup:
        markup = _CAPITAL_TAG.sub(lambda tag: tag[0].lower(), " ".join(_shown(markup).split()))
        markup = _TAG.sub("", _BLOCK.sub("\n", markup))
    return cleaned(unescaped(markup))


def one_line(text: str) -> str:
    """`text` as one line, cleaned: for ids, titles and names."""
    return cleaned(text).replace("\n", " ")


def unescaped(text: str) -> str:
    """Character references resolved as browsers do; a pair of UTF-16 halves becomes the one character that was meant."""
    if "&" not in text:
        return text
    if "&#" in text:
        text = _HUGE_REFERENCE.sub("\ufffd", joined_halves(text))
    return html.unescape(text)


def joined_halves(text: str) -> str:
    """`&#xD83D;&#xDE00;` (UTF-16 written as references) as `&#x1f600;`."""
    return _PAIR_OF_REFERENCES.sub(_one_reference, text) if "&#" in text else text


def _one_reference(pair: re.Match[str]) -> str:
    high, low = (int("0" + half, 16) if half[0] in "xX" else int(half) for half in pair.groups())
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return pair[0]
    return f"&#{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):#x};".replace("#0x", "#x")


def _shown(markup: str) -> str:
    """Without comments and the elements whose content nobody sees; an unclosed one hides the rest, as in a browser."""
    markup = markup.replace("<![CDATA[", "").replace("]]>", "")
    kept, at = [], 0
    while opening := _UNSHOWN.search(markup, at):
        kept.append(markup[at : opening.start()])
        end = "-->" if opening[0] == "<!--" else f"</{opening[0][1:]}"
        closing = re.compile(re.escape(end), re.IGNORECASE).search(markup, opening.end())
        at = len(markup) if closing is None else closing.start() + (3 if end == "-->" else 0)
    return "".join(kept) + markup[at:]


def absolute(link: str, base: str) -> str | None:
    """`link` made absolute against `base`; None where it is none or could run something (`javascript:`, `data:`)."""
    link = _HIDDEN.sub("", link).translate(_NO_BREAKS).strip()
    if link.startswith(("https://", "http://")) and link.isascii() and "[" not in link and "]" not in link:
        return link  # nothing that urlsplit could refuse
    try:
        whole = urljoin(base, link) if link else ""
        scheme = urlsplit(whole).scheme
    except ValueError:  # an IPv6 host that is none
        return None
    return whole if scheme in INERT else None


def links_in(markup: str, base: str, *, most: int = 50) -> tuple[str, ...]:
    """Web addresses that the `<a href>`s of HTML point to, absolute, in order, each once, the first `most` of them."""
    if "href" not in markup and "HREF" not in markup:
        return ()
    seen: dict[str, None] = {}
    for anchor in _ANCHOR.finditer(markup):
        if found := _HREF.search(anchor[0]):
            link = absolute(html.unescape(found[1] or found[2] or found[3] or ""), base)
            if link and link.startswith("http"):
                seen.setdefault(link)
        if len(seen) == most:
            break
    return tuple(seen)


_ADDRESS = re.compile(r"https?://[^\s<>()\[\]{}\"'`|\\]++", re.IGNORECASE)


def addresses_in(text: str, *, most: int = 50) -> tuple[str, ...]:
    """Web addresses that stand in plain text or Markdown, in order, each once, the first `most` of them."""
    seen: dict[str, None] = {}
    for found in _ADDRESS.finditer(text):
        if link := absolute(found[0].rstrip(".,;:!?*_~"), ""):
            seen.setdefault(link)
        if len(seen) == most:
            break
    return tuple(seen)


_MARKED = re.compile(r"""(?:class|rel)=["']([^"'<>]*+)""", re.IGNORECASE)
_MARKS = frozenset({"mention", "hashtag", "hashtag-cooked", "tag"})


def unmarked(markup: str) -> str:
    """HTML whose links to hashtags and mentioned people, as places mark them, lead nowhere: they are no pages that a text shares."""
    return _ANCHOR.sub(_bare, markup)


def _bare(anchor: re.Match[str]) -> str:
    marks = {mark for found in _MARKED.findall(anchor[0]) for mark in found.casefold().split()}
    return "<a>" if marks & _MARKS else anchor[0]


def language_tag(value: object) -> str | None:
    """A language as the place names it, as a tag (`en`, `pt-br`), or None where it is none."""
    if isinstance(value, str) and _LANGUAGE.fullmatch(value.strip()):
        return value.strip().replace("_", "-").lower()
    return None
