"""Small models of places with a search: whether a place that was asked so would show an item with these words."""

from __future__ import annotations

import re
from dataclasses import replace

from listener.domain.item import Item
from listener.domain.reading import Reading
from listener.domain.words import words

_INVISIBLE = re.compile("[\u200b\u00ad]")
_PHRASE = re.compile(r'"([^"]*)"')


def shows(kind: str, asked: str, item: Item) -> bool:
    """Whether this kind of place, asked in its own syntax, shows the item."""
    return _SHOWS[kind](asked, _searched(kind, item))


def seen(kind: str, item: Item) -> Reading:
    """The item as it comes from there: Google News brings no links."""
    return Reading(replace(item, links=()) if kind == "google_news" else item)


def _searched(kind: str, item: Item) -> list[list[str]]:
    """The words that a place searches, field by field; links stand in the texts of all that bring some.

    A place may see two words or one where an invisible character stands between.
    """
    fields = [item.title or "", item.text, *(item.links if kind != "google_news" else ())]
    return [words(read) for field in fields for read in (field, _INVISIBLE.sub(" ", field))]


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


def _holds(phrase: str, fields: list[list[str]]) -> bool:
    wanted = words(phrase)
    assert wanted, "an empty phrase finds nothing"
    return any(
        wanted == field[at : at + len(wanted)]
        for field in fields
        for at in range(len(field) - len(wanted) + 1)
    )


_SHOWS = {
    "hackernews": _algolia,
    "google_news": _google,
    "mastodon": _mastodon,
    "github": _github,
    "discourse": _discourse,
    "lemmy": _lemmy,
}
