"""Secrets by reference: which options are secrets, and reading the file that a `*_file` key names."""

from __future__ import annotations

import pathlib
from typing import Any, get_args

from pydantic import SecretBytes, SecretStr
from pydantic.fields import FieldInfo

from listener.config.mistakes import Whole, plain
from listener.config.references import Taken
from listener.config.sentences import quoted

MOST_BYTES = 64_000


def is_secret(field: FieldInfo) -> bool:
    """Whether the option's type hides its value."""
    return _holds_secret(field.annotation)


def _holds_secret(kind: Any) -> bool:  # noqa: ANN401 - any annotation there is
    return kind in {SecretStr, SecretBytes} or any(_holds_secret(part) for part in get_args(kind))


def secret_text(name: object, *, folder: pathlib.Path, beside: object = None) -> Taken:
    """What the file holds, without the line end at its end. Raises Whole."""
    if beside is not None:
        raise Whole("the secret and its file are both given: keep one of them")
    if not isinstance(name, str) or not name:
        raise Whole("write the path of a file here")
    body = _bytes(folder / name, quoted(name))
    try:
        text = body.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise Whole(f"{quoted(name)} is not UTF-8: write the secret into it as plain text") from None
    if not text.strip():
        raise Whole(f"{quoted(name)} is empty: write the secret into it")
    written = name.written if isinstance(name, Taken) else name
    return Taken.make(text, written=f"the content of {plain(written)}")


def _bytes(path: pathlib.Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise Whole(
            f"{shown} is not there: make the file, relative to the folder of the configuration"
        ) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no path"
        raise Whole(f"{shown} cannot be read ({why}): check the path and its permissions") from None
    if len(body) > MOST_BYTES:
        raise Whole(f"{shown} is too large for a secret: check the path")
    return body
