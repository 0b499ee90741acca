"""The options of one source or receiver: secrets by reference, addresses that may be asked, then the declared model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from listener.config import weblinks
from listener.config.context import Context, Declared
from listener.config.mistakes import Path, Unfit
from listener.config.references import Taken, is_absent
from listener.config.secretfiles import is_secret, secret_text
from listener.config.sentences import faults_of, quoted, rejection, retold
from listener.door.address import Private
from listener.door.url import as_web

Faults = list[tuple[Path, str]]


def validated(
    given: dict[str, Any],
    declared: Declared,
    context: Context,
    faults: Faults,
    *,
    known: tuple[str, ...] = (),
) -> BaseModel:
    """The options as their model; raises everything that is wrong with them, `faults` so far included.

    `known` are keys that somebody else has taken out of `given`.
    """
    fields = declared.options.model_fields
    given = {key: value for key, value in given.items() if not _falls_back(value, fields.get(key))}
    own = [*_take_secrets(given, fields, context), *_bad_links(given, fields, context.private)]
    faults += [((declared.kind, *path), said) for path, said in own]
    told = {path[0].removesuffix("_file") for path, _ in own if isinstance(path[0], str)}
    twins = tuple(f"{name}_file" for name, field in fields.items() if is_secret(field))
    try:
        options = declared.options.model_validate(given)
    except ValidationError as error:
        hidden = dict(_hidden(given, fields))
        for path, said in faults_of(retold(error, fields, known=(*twins, *known))):
            if not (path and path[0] in told):
                faults.append(((declared.kind, *_within(path, given)), _masked(said, hidden)))
    else:
        if not faults:
            return options
    raise rejection(faults)


def _within(path: Path, given: Any) -> Path:  # noqa: ANN401 - as YAML has it
    """The path without the parts that pydantic adds below an option (the branches of a union)."""
    kept: list[str | int] = list(path[:1])
    for at, part in enumerate(path):
        try:
            given = given[part]
        except (LookupError, TypeError):
            continue
        kept += [part] if at else []
    return tuple(kept)


def _falls_back(value: object, field: FieldInfo | None) -> bool:
    """An empty reference gives way to the option's default; a secret or an address that is empty means something."""
    return field is not None and not field.is_required() and not is_secret(field) and is_absent(value)


def _take_secrets(given: dict[str, Any], fields: Mapping[str, FieldInfo], context: Context) -> Faults:
    """Replaces each `*_file` by what the file holds, and refuses secrets that the configuration spells out."""
    faults: Faults = []
    for name, field in fields.items():
        if not is_secret(field):
            continue
        twin = f"{name}_file"
        if twin in given and twin not in fields:
            try:
                text = secret_text(given.pop(twin), folder=context.folder, beside=given.get(name))
            except Unfit as unfit:
                faults.append(((twin,), str(unfit)))
                text = Taken.make("", written="")
            given[name] = text
        elif _spelled_out(name, given.get(name)) and not context.inline_secrets:
            faults.append(((name,), _INLINE.format(twin=twin)))
    return faults


_INLINE = (
    "a secret stands in the file: write ${{NAME}} and set NAME in the environment, or name a file in {twin} "
    "(or set allow_inline_secrets: true)"
)


def _spelled_out(name: str, value: object) -> bool:
    """Whether the file itself holds the secret. An option called just `url` is kept out of logs but is written in the file."""
    if name == "url" or not isinstance(value, str) or not value:
        return False
    return value.inline if isinstance(value, Taken) else True


def _bad_links(given: Mapping[str, Any], fields: Mapping[str, FieldInfo], private: Private) -> Faults:
    """Addresses that nothing can be asked at: no URL, or on a private address that the file does not let in."""
    faults: Faults = []
    for name, value in given.items():
        field = fields.get(name)
        if field is None:
            continue
        items = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for at, text in items:
            if isinstance(text, str) and (text or not is_secret(field)) and _is_link(name, text):
                hide = is_secret(field) or isinstance(text, Taken)
                asked = text if _is_web_address(name) else as_web(text)
                said = weblinks.why_not(asked, private, hide=hide)
                subject = "this" if is_secret(field) else quoted(text)
                faults += [((name,) if at is None else (name, at), f"{subject} {said}")] if said else []
    return faults


def _is_link(name: str, text: str) -> bool:
    return _is_web_address(name) or text.lower().startswith(("http://", "https://", "ws://", "wss://"))


def _is_web_address(name: str) -> bool:
    return name == "url" or name.endswith("_url")


def _hidden(given: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> Iterator[tuple[str, str]]:
    """Values that no sentence may repeat, with what is shown in their place."""
    for name, value in given.items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, Taken):
                yield str(text), text.written
            elif isinstance(text, str) and name in fields and is_secret(fields[name]):
                yield text, "***"


def _masked(said: str, hidden: Mapping[str, str]) -> str:
    """The last guard: the validator of a connector or notifier may repeat what it was given."""
    for value, shown in hidden.items():
        if len(value) > 3:
            said = said.replace(value, shown)
        elif value:
            said = shown.join(re.split(rf"\b{re.escape(value)}\b", said))
    return said
