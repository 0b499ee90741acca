"""Which readers of small JSON answers need no child: handing the bytes over and back costs ten times what reading them does.

Only functions that say so. They do nothing but `json.loads` and what is linear in its input (connector/plain.py), so that an
answer of this size takes milliseconds and a few megabytes, whatever it holds; no parser in C looks at markup.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

SMALL = 32 * 2**10
"""Bytes of an answer that is read at once; a greater one goes to the child."""

F = TypeVar("F", bound=Callable[..., Any])
_JSON: set[Callable[..., Any]] = set()


def reads_json(work: F) -> F:
    """Declare that this function, the body its first argument, reads JSON and nothing else."""
    _JSON.add(work)
    return work


def at_once(work: Callable[..., Any], args: tuple[object, ...]) -> bool:
    """Whether this may be done here and now."""
    return work in _JSON and bool(args) and isinstance(args[0], bytes) and len(args[0]) <= SMALL
