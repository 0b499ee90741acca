"""Small models of places with a search: whether a place that was asked so would show an item with these words."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from listener.domain.item import Item
from listener.domain.reading import Reading
from listener.domain.urls import host_of
from listener.domain.words import words

_INVISIBLE = re.compile("[\u200b\u00ad]")
_PHRASE = re.compile(r'"([^"]*)"')
_TAG = re.compile(r"[#＃](\w+)")
_PARTS = re.compile(r'(?:url:)?"[^"]+"|#\w+|OR|[() ]')


def shows(kind: str, asked: str, item: Item) -> bool:
    """Whether this kind of place, asked in its own syntax, shows the item."""
    if kind == "bluesky" and asked.startswith("domain:"):
        return _links_to(asked.removeprefix("domain:"), item)
    return _SHOWS[kind](asked, _searched(kind, item))


def seen(kind: str, item: Item) -> Reading:
    """The item as it comes from there: Google News and GDELT bring no links, and what Threads only links to cannot be asked for."""
    return Reading(replace(item, links=()) if kind in {"gdelt", "google_news", "threads"} else item)


def _searched(kind: str, item: Item) -> list[list[str]]:
    """The words that a place searches, field by field; links stand in the texts of all that bring some.

    A place may see two words or one where an invisible character stands between. Tags (on X) and links
    (there and at Reddit) stand in fields of their own.
    """
    apart = kind in {"gdelt", "google_news", "reddit", "threads", "x"}
    fields = [item.title or "", item.text, *(() if apart else item.links)]
    read = [words(read) for field in fields for read in (field, _INVISIBLE.sub(" ", field))]
    if kind == "x":
        read += [["#", *words(tag)] for field in fields for tag in _TAG.findall(field)]
    if kind in {"reddit", "x"}:
        read += [["url", *words(link)] for link in item.links]
    return read


def _algolia(asked: str, fields: list[list[str]]) -> bool:
    """Phrases in quotes, side by side; whatever else stood there would be a word to look for."""
    assert not _PHRASE.sub("", asked).strip(), asked
    return all(_holds(phrase, fields) for phrase in _PHRASE.findall(asked))


def _google(asked: str, fields: list[list[str]]) -> bool:
    """Alternatives, each a phrase or phrases, in parentheses where there are several; it reads 32 words."""
    assert len(words(asked)) <= 30, asked
    ways = asked.split(" OR ")
    assert all(re.fullmatch(r'"[^"]*"( "[^"]*")*|\(("[^"]*" ?)+\)', way) for way in ways), asked
    return any(all(_holds(phrase, fields) for phrase in _PHRASE.findall(way)) for way in ways)


def _mastodon(asked: str, fields: list[list[str]]) -> bool:
    """Words, and phrases in quotes, all of which must be there."""
    bare = _PHRASE.sub(" ", asked).split()
    assert not any(re.search(r"[+:()-]", word) for word in bare), asked
    return all(_holds(phrase, fields) for phrase in [*bare, *_PHRASE.findall(asked)])


def _lemmy(asked: str, fields: list[list[str]]) -> bool:
    """A text with anything between its words, anywhere."""
    parts = ".*".join(map(re.escape, words(asked)))
    return any(re.search(parts, " ".join(field)) for field in fields)


def _discourse(asked: str, fields: list[list[str]]) -> bool:
    """Words, all of which must be there, in a topic's title or the post; a letter by itself would be an order."""
    assert not re.search(r'["+:()@#-]', asked), asked
    assert len(asked.split()) == 1 or all(len(word) > 1 for word in asked.split()), asked
    return all(any(_holds(word, [field]) for field in fields) for word in asked.split())


def _github(asked: str, fields: list[list[str]]) -> bool:
    """Phrases with five ORs at the most, in 256 signs; several phrases together stand alone. A title or a text holds them all."""
    ways = asked.split(" OR ")
    assert len(ways) <= 6, asked
    assert len(asked) <= 256, asked
    assert all(re.fullmatch(r'"[^"]*"', way) for way in ways) or (
        len(ways) == 1 and re.fullmatch(r'"[^"]*"( "[^"]*")+', asked)
    ), asked
    return any(all(_holds(phrase, fields) for phrase in _PHRASE.findall(way)) for way in ways)


def _threads(asked: str, fields: list[list[str]]) -> bool:
    """One keyword or phrase, whose signs mean nothing."""
    assert not re.search(r'["#()]', asked), asked
    return _holds(asked, fields)


def _x(asked: str, fields: list[list[str]]) -> bool:
    assert asked.endswith(" -is:retweet"), asked
    assert len(asked) <= 512, asked
    return _boolean(asked.removesuffix(" -is:retweet"), fields)


def _reddit(asked: str, fields: list[list[str]]) -> bool:
    assert len(asked) <= 512, asked
    assert "#" not in asked, asked
    return _boolean(asked, fields)


def _boolean(asked: str, fields: list[list[str]]) -> bool:
    """OR binds weaker than side by side; phrases, tags, and where links lead to."""
    read = _PARTS.findall(asked)
    assert "".join(read) == asked, asked
    left = [part for part in read if part != " "]
    shown = _either(left, fields)
    assert not left, asked
    return shown


def _either(left: list[str], fields: list[list[str]]) -> bool:
    shown = _together(left, fields)
    while left[:1] == ["OR"]:
        left.pop(0)
        shown = _together(left, fields) or shown
    return shown


def _together(left: list[str], fields: list[list[str]]) -> bool:
    shown = True
    assert left[:1] not in ([], ["OR"], [")"]), left
    while left and left[0] not in {"OR", ")"}:
        part = left.pop(0)
        if part == "(":
            shown = _either(left, fields) and shown
            assert left.pop(0) == ")"
        else:
            shown = _part(part, fields) and shown
    return shown


def _part(part: str, fields: list[list[str]]) -> bool:
    if part.startswith("#"):
        return ["#", *words(part)] in fields
    if part.startswith("url:"):
        return _holds(part.removeprefix("url:"), [field[1:] for field in fields if field[:1] == ["url"]])
    return _holds(part, [field for field in fields if field[:1] not in (["#"], ["url"])])


def _gdelt(asked: str, fields: list[list[str]]) -> bool:
    """Words or phrases that must all be there, or alternatives in parentheses, which stand around nothing else."""
    assert len(asked) <= 250, asked
    either = re.fullmatch(r"\((.+ OR .+)\)", asked)
    ways = either[1].split(" OR ") if either else [asked]
    assert not either or all(re.fullmatch(r'"[^"()]*"|[^\s"()]+', way) for way in ways), asked
    assert either or not re.search(r"[():]| OR ", asked), asked
    return any(
        all(_holds(phrase, fields) for phrase in [*_PHRASE.sub(" ", way).split(), *_PHRASE.findall(way)])
        for way in ways
    )


def _bluesky(asked: str, fields: list[list[str]]) -> bool:
    """Words and phrases in quotes, all of which must be there; no word may be read as an operator."""
    bare = _PHRASE.sub(" ", asked).split()
    assert all(word.isalnum() and word not in {"and", "or", "not"} for word in bare), asked
    return all(_holds(phrase, fields) for phrase in [*_PHRASE.findall(asked), *bare])


def _links_to(host: str, item: Item) -> bool:
    """Links to a host and to what lies below it."""
    return any(
        found == host or found.endswith(f".{host}")
        for link in item.links
        if (found := host_of(link) or urlsplit(link).hostname)
    )


def _youtube(asked: str, fields: list[list[str]]) -> bool:
    """Phrases with `|` between them, or phrases that must all be there and stand alone: between the two no order is told."""
    assert len(asked) <= 400, asked
    ways = asked.split("|")
    assert all(re.fullmatch(r'"[^"]*"', way) for way in ways) or (
        len(ways) == 1 and re.fullmatch(r'"[^"]*"( "[^"]*")+', asked)
    ), asked
    return any(all(_holds(phrase, fields) for phrase in _PHRASE.findall(way)) for way in ways)


def _holds(phrase: str, fields: list[list[str]]) -> bool:
    wanted = words(phrase)
    assert wanted, "an empty phrase finds nothing"
    return any(
        wanted == field[at : at + len(wanted)]
        for field in fields
        for at in range(len(field) - len(wanted) + 1)
    )


_SHOWS = {
    "bluesky": _bluesky,
    "hackernews": _algolia,
    "google_news": _google,
    "mastodon": _mastodon,
    "gdelt": _gdelt,
    "github": _github,
    "discourse": _discourse,
    "lemmy": _lemmy,
    "reddit": _reddit,
    "stackexchange": _algolia,
    "threads": _threads,
    "x": _x,
    "youtube": _youtube,
}
