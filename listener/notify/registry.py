"""Finds notifiers by name. A file of this folder that declares a NOTIFIER is a kind, and its name is the kind's."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from listener.notify.contract import AnyNotifier


class UnknownKind(LookupError):  # noqa: N818 - a mistake of the configuration, named as such
    """No notifier has this name; the text names those that there are."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"no receiver can be of kind {kind!r}: the kinds are {', '.join(kinds())}")


@cache
def kinds() -> tuple[str, ...]:
    """Every kind there is, in alphabetical order. Nothing is imported for it."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return tuple(file.stem for file in files if "\nNOTIFIER = " in file.read_text(encoding="utf-8"))


def find(kind: str) -> AnyNotifier:
    """The notifier of this kind, imported when first asked for. Raises UnknownKind."""
    if kind not in kinds():
        raise UnknownKind(kind)
    notifier: AnyNotifier = import_module(f"listener.notify.{kind}").NOTIFIER
    return notifier
