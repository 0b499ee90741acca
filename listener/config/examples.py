"""The tests inside a watch list: texts, or items with their facts, that a client's query must match or must not."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from listener.config import values
from listener.config.mistakes import Unfit, Whole, plain
from listener.config.part import Part
from listener.config.sentences import rejection
from listener.domain.item import Item
from listener.domain.urls import host_of

_SCALES = {"": 1, "k": 1_000, "m": 1_000_000}


def _one(raw: object) -> object:
    return [raw] if isinstance(raw, str) else raw


def _some(raw: object) -> object:
    """One example may stand without its brackets: texts hold commas, so those mean nothing here."""
    if raw == []:
        raise Whole("there is no example here: write one or more, or leave the key out")
    return [raw] if isinstance(raw, str | dict) else raw


def _address(raw: object) -> str:
    if not isinstance(raw, str):
        raise Whole("write one text here")
    if host_of(raw) is None:
        raise Unfit("is no web address: write https:// and the whole address")
    return raw.strip()


def _reach(raw: object) -> int:
    written = raw.strip().lower() if isinstance(raw, str) else ""
    match = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,3})?)([km]?)", written)
    if match is None:
        raise Unfit("is no number of followers: write such as 1200 or 12k")
    return round(float(match[1]) * _SCALES[match[2]])


Address = Annotated[str, PlainValidator(_address)]
Reach = Annotated[int, PlainValidator(_reach)]


class Example(Part):
    """One item as a place could bring it. A text alone will do; the rest is for queries that ask for more than words."""

    text: str = Field("", description="What it says.")
    title: str | None = Field(None, description="Its title.")
    author: str | None = Field(None, description="The name of who wrote it.")
    handle: str | None = Field(None, description="The handle of who wrote it.")
    site: Annotated[str, PlainValidator(values.site)] | None = Field(
        None, description="The host that published it; without it, that of `url`."
    )
    lang: str | None = Field(None, description="The language it is written in.")
    source: str = Field("", description="What the source that brings it is called.")
    kind: str = Field("", description="The kind of that source.")
    url: Address | None = Field(None, description="Its address.")
    links: Annotated[tuple[Address, ...], BeforeValidator(_one)] = Field(
        (), description="The addresses it links to."
    )
    followers: Reach | None = Field(None, description="How many followers its author has.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:  # noqa: ANN401 - as YAML has it
        return {"text": raw} if isinstance(raw, str) else raw

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip() and not (self.title or "").strip():
            raise rejection([((), "this example says nothing: write a text or a title")])
        return self

    @property
    def shown(self) -> str:
        """Its beginning, for a line of a terminal."""
        words = " ".join(f"{self.title or ''} {self.text}".split())
        return plain(words, most=100)

    def to_item(self) -> Item:
        """The item that the query is asked of."""
        handle = "@" + self.handle.removeprefix("@") if self.handle else ""
        return Item(
            text=self.text,
            title=self.title,
            author=tuple(dict.fromkeys(name for name in (self.author, handle) if name)),
            site=host_of(f"https://{self.site}") if self.site else host_of(self.url),
            language=self.lang,
            source=self.source,
            kind=self.kind,
            url=self.url,
            links=self.links,
            reach=self.followers,
        )


class Examples(Part):
    """What the client's query must say of some texts; `listener check` holds it to them."""

    match: Annotated[tuple[Example, ...], BeforeValidator(_some)] = Field(
        (), description="Texts or items that are about the client."
    )
    not_match: Annotated[tuple[Example, ...], BeforeValidator(_some)] = Field(
        (), description="Texts or items that are not about the client."
    )

    @model_validator(mode="after")
    def _on_one_side(self) -> Self:
        wanted = {one.to_item() for one in self.match}
        clashes = [at for at, one in enumerate(self.not_match) if one.to_item() in wanted]
        if clashes:
            raise rejection(
                (("not_match", at), "this example stands under match as well: keep it in one of them")
                for at in clashes
            )
        return self
