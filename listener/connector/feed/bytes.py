"""From the bytes of an answer to one well-behaved text, so that the parsers meet no encoding and no trap of size."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
_OPENINGS = (
    (b"\x4c\x6f\xa7\x94", "cp037"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
"""How `<` opens a document in encodings that ASCII cannot read (XML 1.0, appendix F)."""

_DECLARED = re.compile(rb"""<\?[^>]{0,200}?encoding\s{0,9}=\s{0,9}['"]([^'">]{1,40})['"]""")
_DECLARATION = re.compile(r"^(<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}['\"])[^'\">]*(['\"])")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']{1,40})", re.IGNORECASE)
_WIDE = ("u16", "utf16", "u32", "utf32", "ucs", "iso10646", "csucs4", "csunicode")
_NO_TEXT = frozenset({"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape"})
"""Codecs of Python that no feed means, and that raise or change what they should only decode."""

LONGEST_AUTHOR = 2000  # characters
_AUTHOR = re.compile(
    r"<(?:[\w.-]{1,30}:)?(?:author|creator|managingeditor|webmaster|publisher|owner)(?=[\s>])[^<>]*(?<!/)>\s*(<!\[CDATA\[)?",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&#(x[0-9a-fA-F]+|[0-9]+);")


def as_text(body: bytes, content_type: str = "") -> str:
    """The body decoded by what the server says, else what it declares itself, else its first bytes, else what fits.

    The order is feedparser's, so that both read the same letters. A declaration inside is changed to say UTF-8.
    """
    body, sign = _without_bom(body)
    said = _CHARSET.search(content_type)
    for name in (said[1] if said else "", _declared(body, sign), sign, "utf-8", "windows-1252", "iso-8859-2"):
        if (codec := _sound(name)) is None:
            continue
        try:
            text = body.decode(codec)
        except UnicodeError:
            continue
        return _DECLARATION.sub(r"\1utf-8\2", text, count=1)
    return body.decode("utf-8", "replace")


def _without_bom(body: bytes) -> tuple[bytes, str]:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :], name
    return body, next((name for opening, name in _OPENINGS if body.startswith(opening)), "")


def _declared(body: bytes, sign: str) -> str:
    head = body[:1600]
    if sign:
        head = head.decode(sign, "ignore").encode("ascii", "ignore")
    if (match := _DECLARED.match(head)) is None:
        return ""
    name = match[1].decode("latin-1")
    wide = re.sub(r"[-_]", "", name.lower()).startswith(_WIDE)
    return sign if sign and wide else name


def _sound(name: str) -> str | None:
    """The codec's own name if it turns bytes into text and nothing else."""
    name = "gb18030" if name.lower() == "gb2312" else name
    try:
        codec = codecs.lookup(name) if name else None
    except (LookupError, ValueError):
        return None
    if codec is None or codec.name in _NO_TEXT or not getattr(codec, "_is_text_encoding", True):
        return None
    return codec.name


def without_endless_authors(text: str) -> str:
    """Authors longer than anybody's name are emptied: searching one of 32 KB for an address takes ten seconds."""
    kept, at = [], 0
    for opening in _AUTHOR.finditer(text):
        start = opening.end()
        end = text.find("]]>" if opening[1] else "<", start)
        if end - start > LONGEST_AUTHOR and start >= at:
            kept.append(text[at:start])
            at = end
    return "".join(kept) + text[at:]


def with_sound_references(text: str) -> str:
    """Character references that name no character (halves of UTF-16, numbers past the last) become one that may be read."""
    return _REFERENCE.sub(_sound_reference, text)


def _sound_reference(reference: re.Match[str]) -> str:
    digits = reference[1]
    if len(digits) > 8:
        return "&#xfffd;"
    number = int(digits[1:], 16) if digits[0] == "x" else int(digits)
    allowed = number in {9, 10, 13} or 0x20 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF
    return reference[0] if allowed and number not in {0xFFFE, 0xFFFF} else "&#xfffd;"
