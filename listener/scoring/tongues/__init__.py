"""Scorers found by the name of their file: `tongues/en.py` is the one for English. None is imported before such a text is met."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from listener.scoring.tongue import Tongue


class BadTongue(TypeError):  # noqa: N818 - named for what it says
    """A file of the collection that does not declare its language; the message says what is missing."""


@cache
def codes() -> tuple[str, ...]:
    """Every language with a scorer, in alphabetical order of its letters."""
    return tuple(sorted(one.name for one in pkgutil.iter_modules(__path__) if not one.name.startswith("_")))


@cache
def find(code: str) -> Tongue | None:
    """The scorer of the language, None where no file has its name. Raises BadTongue where the file is wrong."""
    if code not in codes():
        return None
    declared = getattr(importlib.import_module(f"{__name__}.{code}"), "TONGUE", None)
    if not isinstance(declared, Tongue):
        raise BadTongue(
            f"listener/scoring/tongues/{code}.py has no TONGUE: end it with TONGUE = Tongue(code='{code}', …)."
        )
    if declared.code != code:
        raise BadTongue(
            f"listener/scoring/tongues/{code}.py declares the language '{declared.code}': a file's name is its language, so rename one of them."
        )
    return declared
