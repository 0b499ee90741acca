"""From a token of a query to the leaf of its tree, or to the sentence that says what is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from listener.domain.tree import Domain, Exact, Fact, Followers, Known, Leaf, Prefix, Term
from listener.domain.unreadable import refused, shown
from listener.domain.urls import host_of
from listener.domain.words import has_substance, normalise

if TYPE_CHECKING:
    from lark import Token

FIELDS = (
    "title", "text", "author", "site", "lang", "source", "kind", "url", "followers", "exact", "domain",
)  # fmt: skip

_FEWEST_LETTERS = 2
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_KIND = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = r"(\d{1,3}(?:,\d{3}){1,6}|\d{1,24})((?:\.\d{1,3}(?=[km]))?)([km]?)"
_COMPARED = re.compile(rf"(>=|<=|>|<|=|){_NUMBER}", re.ASCII | re.IGNORECASE)
_RANGE = re.compile(rf"(?:{_NUMBER})?\.\.(?:{_NUMBER})?", re.ASCII | re.IGNORECASE)
_FIELD = re.compile(rf"({'|'.join(FIELDS)}):", re.IGNORECASE)


def meaningful(token: Token, term: Term) -> Term:
    """The term, if it holds something that can name somebody once it is folded."""
    if has_substance(normalise(str(token))):
        return term
    raise refused(token, f"{shown(token)} holds no letter, digit or emoji, so it can name nobody.")


def prefix(token: Token) -> Prefix:
    text = str(token).removesuffix("*")
    if sum(map(str.isalnum, normalise(text))) >= _FEWEST_LETTERS:
        return Prefix(text)
    raise refused(
        token,
        f"“{shown(token)}” would find nearly everything: at least {_FEWEST_LETTERS} letters stand before the *.",
    )


def leaf(field: Token, value: Token) -> Leaf:
    """`field` is `site:` or its like; `value` what stands behind it, in quotes or not. Raises QueryError."""
    name = field.strip().rstrip(":").lower()
    quoted = value.type == "PHRASE"
    text = " ".join((value[1:-1] if quoted else value).split())
    if not quoted and name not in {"exact", "url"} and (inner := _FIELD.match(text)):
        raise refused(
            value, f"“{inner[0]}” cannot stand inside “{name}:”: write them side by side, joined by AND."
        )
    if name == "followers":
        return _followers(value, text)
    if not has_substance(normalise(text)):
        raise refused(value, f"“{name}:{shown(value)}” holds no letter, digit or emoji: write a value.")
    if name == "exact":
        return Exact(text)
    if name == "domain":
        return Domain(_host(value, "domain", text))
    return Known(cast("Fact", name), _known(name, value, text))


def _known(name: str, value: Token, text: str) -> str:
    if name == "site":
        return _host(value, name, text)
    if name == "lang":
        return _language(value, text)
    if name == "kind" and not _KIND.fullmatch(text.lower()):
        raise refused(
            value,
            f"“{shown(text)}” is no kind: write one such as kind:rss; several as kind:(rss OR hackernews).",
        )
    return text.lower() if name == "kind" else text


def _host(value: Token, name: str, text: str) -> str:
    """The host in its one spelling."""
    address = "://" in text
    host = host_of(text if address else f"https://{text}") or ""
    plain = not address and not set(text) & set("/?#@:*")
    if plain and _HOST.fullmatch(host):
        return host
    if (
        name == "site"
        and _HOST.fullmatch(host)
        and "/" in text.partition("://")[2 if address else 0].rstrip("/")
    ):
        raise refused(
            value,
            f"“{shown(text)}” is more than a host: write site:{host}, or url:{shown(text)} for that part of it.",
        )
    if "*" in text:
        host = host.replace("*", "").strip(".")
    wanted = host if _HOST.fullmatch(host) else "mills.example"
    why = " (subdomains belong to it)" if "*" in text else ""
    raise refused(value, f"“{shown(text)}” is no domain: write the host alone, such as {name}:{wanted}{why}.")


def _language(value: Token, text: str) -> str:
    tag = text.replace("_", "-").lower()
    if not _LANGUAGE.fullmatch(tag):
        raise refused(
            value,
            f"“{shown(text)}” is no language tag: write two letters such as lang:en, with a region lang:en-CA, several as lang:(en OR fr).",
        )
    language, *rest = tag.split("-")
    return "-".join([language, *(part.upper() if len(part) == len("CA") else part for part in rest)])


def _followers(value: Token, text: str) -> Followers:
    if compared := _COMPARED.fullmatch(text):
        number = _number(*compared.groups()[1:])
        found = {
            ">": Followers(least=number + 1),
            ">=": Followers(least=number),
            "<": Followers(most=number - 1),
            "<=": Followers(most=number),
        }.get(compared[1], Followers(least=number, most=number))
    elif (ends := _RANGE.fullmatch(text)) and text != "..":
        least, most = (_number(*end) if end[0] else None for end in (ends.groups()[:3], ends.groups()[3:]))
        found = Followers(least=least, most=most)
    else:
        raise refused(
            value,
            f"“{shown(text)}” is no number of followers: write it without spaces, such as followers:>1000, followers:>=10k or followers:1000..5000.",
        )
    if found.most is not None and found.most < (found.least or 0):
        raise refused(
            value,
            f"“{shown(text)}” is never true: write the smaller number first, such as followers:1000..5000.",
        )
    return found


def _number(digits: str, fraction: str, unit: str) -> int:
    times = {"k": 1_000, "m": 1_000_000}.get(unit.lower(), 1)
    thousandths = int(digits.replace(",", "")) * 1_000 + int(fraction.removeprefix(".").ljust(3, "0") or 0)
    return thousandths * times // 1_000
