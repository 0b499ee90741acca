"""What a scorer of one language declares. docs/add-a-language.md tells how one is added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from listener.domain.about import READ, about
from listener.domain.client import Client
from listener.domain.masking import STAND_IN, Named, cover, names_in
from listener.scoring.earlier import own_words
from listener.scoring.language import Language, tell
from listener.scoring.weighed import Weighed


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is to be weighed: an item's title and text as they came, and what was made of them for one client.

    about     the title and the sentences about the client, a line each, at most 1,500 characters
    masked    `about` with each name of the client replaced by one word that says nothing good or bad
    named     where `about` names the client
    language  what `about` is in, told without the client's names
    quotes    whether the text repeats an earlier one beside its own words; that one is not in `about`
    """

    title: str | None
    text: str
    client: Client
    about: str
    masked: str
    named: tuple[Named, ...]
    language: Language
    quotes: bool = False


def said(*, text: str | None, title: str | None, client: Client, language: str | None) -> Said:
    """The text made ready; `language` is the place's own word for it. None is as good as an empty text."""
    text = text or ""
    own, quotes = own_words(text[:READ], client)
    spoken = about(title, own, client)
    named = names_in(spoken, client)
    told = tell(cover(spoken, named, " "), language)
    return Said(
        title=title,
        text=text,
        client=client,
        about=spoken,
        masked=cover(spoken, named, STAND_IN),
        named=named,
        language=told,
        quotes=quotes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """A scorer of one language.

    code     what the language is called in two or three letters; the file has the same name
    name     what an English sentence calls it ("German")
    version  of all that can change a number: the lexicon, the cues, the rules
    weigh    what a text in this language says toward the client. Never raises on a text, takes less than 50 ms for any,
             keeps the value in [-1, 1] so that `weighed.label_of` tells the label, and is None with the reason where it cannot
             tell. A text too short to tell its language (`language.code` is "") it weighs only on words that are its own.
    """

    code: str
    name: str
    version: str
    weigh: Callable[[Said], Weighed]
