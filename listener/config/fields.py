"""The types of single keys: each annotated with how it is read."""

from __future__ import annotations

import re
from datetime import time, timedelta
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, PlainValidator, ValidationInfo

from listener.config import values
from listener.config.context import Context
from listener.config.mistakes import Unfit, Whole, plain
from listener.config.places import Source, read_source
from listener.config.queries import read_query
from listener.config.secretfiles import secret_text
from listener.config.sentences import nearest
from listener.domain.digest import Weekly
from listener.domain.quiet import QuietHours

LONGEST_NAME = 200


def _tidy(text: str) -> str:
    name = " ".join(text.split())
    if not name or not name.isprintable():
        raise Unfit("is no name: write one or more visible characters on one line")
    if len(name) > LONGEST_NAME:
        raise Unfit(f"is too long: write {LONGEST_NAME} characters or less")
    return name


def known_receiver(name: str, info: ValidationInfo) -> str:
    """The name, where the file has a receiver of it; else Unfit."""
    context = Context.of(info)
    if name in context.receivers:
        return name
    if not context.receivers:
        raise Unfit("is no receiver: there are none yet; describe it under receivers")
    guess = nearest(name, context.receivers)
    there = ", ".join(plain(one) for one in sorted(context.receivers))
    hint = f"did you mean {plain(guess)}?" if guess else f"write one of {there}"
    raise Unfit(f"is no receiver: {hint}")


def listed(raw: object) -> object:
    """One item may stand without its brackets; with commas it was meant as several."""
    if not isinstance(raw, str):
        return raw
    if "," in raw:
        raise Unfit(f"is one text and not a list: write [{raw.partition(',')[0].strip()}, …]")
    return [raw]


def _some(raw: object, *, what: str) -> object:
    if raw == []:
        raise Whole(f"this watches nobody: write {what} here")
    return raw


def _switch(raw: object) -> object:
    """`off` and `on` for a rule, besides its settings."""
    if raw is None or (isinstance(raw, str) and raw.lower() in {"on", "true", "yes"}):
        return {}
    return None if isinstance(raw, str) and raw.lower() in {"off", "false", "no"} else raw


def _timezone(raw: object) -> ZoneInfo:
    from zoneinfo import available_timezones

    try:
        return values.timezone(raw)
    except Whole:
        raise
    except Unfit as unfit:
        guess = nearest(str(raw), available_timezones())
        raise Unfit(f"is no time zone: did you mean {guess}?" if guess else str(unfit)) from None


def _contact(text: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]{3,200}", text):
        raise Unfit("is no contact: write a mail address or a web address, such as ops@agency.example")
    return text


def _mail(text: str) -> str:
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", text):
        raise Unfit("is no mail address: write such as dana@agency.example")
    return text


def _member(text: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]{2,20}", text):
        raise Unfit(
            "is no member id of Slack: copy it from the profile (⋮, Copy member ID), such as U012AB3CD"
        )
    return text


def _handle(text: str) -> str:
    handle = text.strip().removeprefix("@")
    if not re.fullmatch(r"\S{1,200}", handle) or "://" in handle:
        raise Unfit(
            "is no handle: write it as people type it, without @ and without the address of the place"
        )
    return handle


def _database(raw: object, info: ValidationInfo) -> str:
    context = Context.of(info)
    return values.database(raw, folder=context.folder, inline_secrets=context.inline_secrets)


def _database_file(raw: object, info: ValidationInfo) -> str:
    context = Context.of(info)
    text = secret_text(raw, folder=context.folder)
    return values.database(text, folder=context.folder, inline_secrets=True)


Name = Annotated[str, AfterValidator(_tidy)]
ReceiverName = Annotated[str, AfterValidator(known_receiver)]
Length = Annotated[timedelta, PlainValidator(values.duration)]
Wait = Annotated[timedelta, PlainValidator(values.wait)]
PublicUrl = Annotated[str, PlainValidator(values.public_url)]
Timezone = Annotated[ZoneInfo, PlainValidator(_timezone)]
SourceItem = Annotated[Source, PlainValidator(read_source)]
Sources = Annotated[
    tuple[SourceItem, ...], BeforeValidator(lambda raw: [raw] if isinstance(raw, str) else raw)
]
Notified = Annotated[tuple[ReceiverName, ...], BeforeValidator(listed)]


Contact = Annotated[str, AfterValidator(_contact)]
Mail = Annotated[str, AfterValidator(_mail)]
SlackMember = Annotated[str, AfterValidator(_member)]
Handle = Annotated[str, AfterValidator(_handle)]
QueryText = Annotated[str, BeforeValidator(read_query)]
Database = Annotated[str, PlainValidator(_database)]
DatabaseFile = Annotated[str, PlainValidator(_database_file)]
ListenOn = Annotated[values.Listen, PlainValidator(values.listen)]
Names = Annotated[tuple[Name, ...], BeforeValidator(listed)]
Sites = Annotated[tuple[Annotated[str, PlainValidator(values.site)], ...], BeforeValidator(listed)]
LetIn = Annotated[tuple[Annotated[str, PlainValidator(values.let_in)], ...], BeforeValidator(listed)]
Budget = Annotated[values.Rate, PlainValidator(values.rate)]
People = Annotated[int, PlainValidator(values.people)]
ADay = Annotated[int, PlainValidator(values.a_day)]
TimeOfDay = Annotated[time, PlainValidator(values.time_of_day)]
WeeklyTime = Annotated[Weekly, PlainValidator(values.weekly)]
Hours = Annotated[QuietHours, PlainValidator(values.quiet_hours)]
Switch = BeforeValidator(_switch)
SomeClients = BeforeValidator(partial(_some, what="one or more clients"))
SomeLists = BeforeValidator(partial(_some, what="one or more watch lists"))
