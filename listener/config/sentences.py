"""What pydantic found, in our own words. None of its sentences reaches a person, and no value that came from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from listener.config.mistakes import Path, Unfit, Whole, plain
from listener.config.references import Taken

SAID = "said"

_A_LIST = "write a list here: each item on a line of its own that begins with a dash, or [one, two]"
_SETTINGS = "write settings here: a key, a colon and a value"
_A_TEXT = "write one text here"

_WANTED: Mapping[str, str] = {
    "string": _A_TEXT,
    "list": _A_LIST,
    "tuple": _A_LIST,
    "set": _A_LIST,
    "frozen_set": _A_LIST,
    "iterable": _A_LIST,
    "dict": _SETTINGS,
    "model": _SETTINGS,
    "model_attributes": _SETTINGS,
    "mapping": _SETTINGS,
    "is_instance_of": _A_TEXT,
    "int": "is not a whole number",
    "float": "is not a number",
    "decimal": "is not a number",
    "bool": "is neither true nor false",
    "url": "is no web address: write https:// and the whole address",
    "date": "is no date: write it as 2026-12-31",
    "datetime": "is no time: write it as 2026-12-31T09:00:00+00:00",
    "time_delta": "is no length of time: write such as PT15M",
}

_LIMITS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than": lambda limit: f"is too small: write more than {limit['gt']}",
    "greater_than_equal": lambda limit: f"is too small: write {limit['ge']} or more",
    "less_than": lambda limit: f"is too large: write less than {limit['lt']}",
    "less_than_equal": lambda limit: f"is too large: write {limit['le']} or less",
    "string_too_short": lambda limit: f"is too short: write {limit['min_length']} characters or more",
    "string_too_long": lambda limit: f"is too long: write {limit['max_length']} characters or less",
    "too_short": lambda limit: f"write {limit['min_length']} or more here",
    "too_long": lambda limit: f"write {limit['max_length']} or less here",
    "literal_error": lambda limit: f"is not known here: write {_unquoted(limit['expected'])}",
    "enum": lambda limit: f"is not known here: write {_unquoted(limit['expected'])}",
}


def retold(
    error: ValidationError, fields: Mapping[str, FieldInfo], *, known: Iterable[str] = ()
) -> ValidationError:
    """The same error in our words. `fields` are those of the model that was read, `known` the keys it takes besides."""
    keys = (*fields, *known)
    return rejection((one["loc"], _sentence(one, keys, fields)) for one in error.errors(include_url=False))


def rejection(faults: Iterable[tuple[Path, str]]) -> ValidationError:
    """An error to raise inside a validator: each path, relative to the value that is read, with its sentence."""
    return ValidationError.from_exception_data(
        "configuration",
        [
            InitErrorDetails(type=PydanticCustomError(SAID, "{said}", {"said": said}), loc=path, input=None)
            for path, said in faults
        ],
    )


def faults_of(error: ValidationError) -> list[tuple[Path, str]]:
    """Each path with its sentence."""
    return [(one["loc"], _sentence(one, (), {})) for one in error.errors(include_url=False)]


def quoted(value: object) -> str:
    """The value as the file spells it; "this" where it is no text."""
    if isinstance(value, Taken):
        return f"“{plain(value.written)}”"
    return f"“{plain(value)}”" if isinstance(value, str) else "this"


def complaint(unfit: Unfit, value: object) -> str:
    """The sentence about a value that a reader did not take."""
    return str(unfit) if isinstance(unfit, Whole) else f"{quoted(value)} {unfit}"


def unknown(key: str, known: Iterable[str], *, what: str = "key") -> str:
    """The sentence about a name that means nothing here."""
    names = tuple(dict.fromkeys(known))
    if guess := nearest(key, names):
        return f"unknown {what} “{plain(key)}”: did you mean {guess}?"
    return f"unknown {what} “{plain(key)}”: {_choice(names, what)}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    by_folded = {one.casefold().replace("-", "_"): one for one in known}
    close = get_close_matches(word.casefold().replace("-", "_"), by_folded, n=1, cutoff=0.7)
    return by_folded[close[0]] if close else None


def _choice(names: tuple[str, ...], what: str) -> str:
    if not names:
        return f"there is no {what} that could stand here"
    return (
        f"remove it, or use {names[0]}" if len(names) == 1 else f"remove it, or use one of {', '.join(names)}"
    )


def _sentence(one: ErrorDetails, keys: tuple[str, ...], fields: Mapping[str, FieldInfo]) -> str:
    kind, context = one["type"], one.get("ctx", {})
    last = str(one["loc"][-1]) if one["loc"] else ""
    if kind == SAID:
        return str(context["said"])
    if kind == "missing":
        return f"this is missing{_meaning(fields.get(last), ': write ')}"
    if kind == "extra_forbidden":
        return unknown(last, keys if len(one["loc"]) == 1 else ())
    if kind in {"value_error", "assertion_error"}:
        return _own(context.get("error"), one["input"])
    if kind in _LIMITS:
        return _after(_LIMITS[kind](context), one["input"])
    stem = re.sub(
        r"_(type|parsing|scheme|from_float|parsing_size|exact|syntax_violation|too_long)$", "", kind
    )
    meaning = _meaning(fields.get(str(one["loc"][0])) if one["loc"] else None, "; it is ")
    return _after(_WANTED.get(stem, "does not fit here" + meaning), one["input"])


def _own(error: object, value: object) -> str:
    """The sentence of a validator: ours go on after the value, those of connectors and notifiers stand alone."""
    if isinstance(error, Unfit):
        return complaint(error, value)
    said = plain(str(error), most=300)
    return f"this {said}" if re.match(r"(is|has|holds|needs|must|does)\b", said) else said


def _after(text: str, value: object) -> str:
    return text if text.startswith("write ") else f"{quoted(value)} {text}"


def _meaning(field: FieldInfo | None, lead: str) -> str:
    if field is None or not field.description:
        return ""
    text = field.description.strip().rstrip(".").replace("\n", " ")
    return lead + text[:1].lower() + text[1:]


def _unquoted(expected: object) -> str:
    return str(expected).replace("'", "")
