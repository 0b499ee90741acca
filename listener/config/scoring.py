"""What labels texts besides the base that is built in."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from listener.config.mistakes import Unfit, Whole
from listener.config.part import Part


def _model(text: str) -> str:
    name = text.strip()
    if not name or not name.isprintable() or "://" in name:
        raise Unfit("is no model: write OWNER/NAME as the Hugging Face Hub has it, or a folder")
    return name


def _revision(text: str) -> str:
    if not re.fullmatch(r"[\w./-]{1,100}", text) or ".." in text:
        raise Unfit("is no revision: write a commit, a tag or a branch")
    return text


def _device(text: str) -> str:
    if not re.fullmatch(r"cpu|mps|cuda(:\d{1,2})?", text):
        raise Unfit("is no device: write cpu, cuda, cuda:1 or mps")
    return text


def _batch(raw: object) -> int:
    if isinstance(raw, str) and re.fullmatch(r"\d{1,4}", raw) and 1 <= int(raw) <= 512:
        return int(raw)
    raise Unfit("is no number of texts: write 1 to 512, such as 16")


def _chance(raw: object) -> float:
    if isinstance(raw, str) and re.fullmatch(r"0?\.\d{1,4}", raw):
        return float(raw)
    raise Unfit("is no chance: write a number below 1, such as 0.5")


def _language(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise Unfit("is no language: write its two letters, such as en, or any for all")
    return text


def _languages(raw: object) -> object:
    if raw == []:
        raise Whole("it would read nothing: write one or more languages, or any")
    return [raw] if isinstance(raw, str) else raw


class Transformers(Part):
    """A classifier of the extra `transformers`."""

    model: Annotated[str, BeforeValidator(_model)] = Field(
        description="A name at the Hugging Face Hub whose files were fetched, or a folder with them."
    )
    revision: Annotated[str, BeforeValidator(_revision)] | None = Field(
        None, description="Which commit, tag or branch of the name; without it, main."
    )
    languages: Annotated[
        tuple[Annotated[str, BeforeValidator(_language)], ...], BeforeValidator(_languages)
    ] = Field(("en",), description="The languages that it reads, or any; others are left to the base.")
    pair: bool = Field(
        False, description="Whether it takes the client as a second text; otherwise its names are masked."
    )
    tweets: bool = Field(
        False, description="Whether it was trained on posts with @user and http for handles and links."
    )
    sure_from: Annotated[float, PlainValidator(_chance)] = Field(
        0.5, description="The chance below which its label is unknown."
    )
    device: Annotated[str, BeforeValidator(_device)] = Field("cpu", description="Where it runs.")
    batch: Annotated[int, PlainValidator(_batch)] = Field(
        16, description="How many texts it reads at a time."
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:  # noqa: ANN401 - as YAML has it
        return {"model": raw} if isinstance(raw, str) else raw


class Scoring(Part):
    """What labels texts besides the base that is built in."""

    transformers: Transformers | None = Field(
        None, description="A bigger model that labels what is in its languages."
    )
