"""`${NAME}` and `${NAME:-default}`: values of the environment inside the file, which no message ever shows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from listener.config.mistakes import Unfit

_REFERENCE = re.compile(r"\$\$\{|\$\{([^{}]*)(\}?)")
_BODY = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:(:-)(.*))?", re.DOTALL)


class Taken(str):
    """A text that came from outside the file: from the environment, or from the file that a `*_file` key names.

    `written` is what the file says in its place, to be shown instead; `inline` is True where the file itself spells
    (part of) the value out, in a default. `values` are the parts that came from the environment.
    """

    __slots__ = ("inline", "values", "written")

    written: str
    inline: bool
    values: tuple[str, ...]

    @classmethod
    def make(cls, text: str, *, written: str, inline: bool = False, values: tuple[str, ...] = ()) -> Taken:
        taken = cls(text)
        taken.written, taken.inline, taken.values = written, inline, values
        return taken


def is_absent(value: object) -> bool:
    """Whether a key with this value is as good as none: no value, or a reference to an empty one."""
    return value is None or (isinstance(value, Taken) and not value)


def filled(text: str, environ: Mapping[str, str]) -> str:
    """The text with its references replaced; a `Taken` where there were any. `$${` stands for `${` itself.

    Raises Unfit, naming every variable that is neither set nor has a default.
    """
    if "${" not in text:
        return text
    unset: list[str] = []
    taken: list[str] = []
    inline = seen = False

    def value(match: re.Match[str]) -> str:
        nonlocal inline, seen
        if match[0] == "$${":
            return "${"
        seen = True
        name, has_default, default = _parts(match)
        inline = inline or bool(default)
        if environ.get(name) or (name in environ and not has_default):
            taken.append(environ[name])
            return environ[name]
        if not has_default:
            unset.append(name)
        return default

    whole = _REFERENCE.sub(value, text)
    if unset:
        raise Unfit(_unset(tuple(dict.fromkeys(unset))))
    return Taken.make(whole, written=text, inline=inline, values=tuple(taken)) if seen else whole


def _parts(match: re.Match[str]) -> tuple[str, bool, str]:
    body = _BODY.fullmatch(match[1])
    if not match[2] or body is None:
        raise Unfit(
            "holds a reference that cannot be read: write ${NAME} or ${NAME:-default} ($${ means ${ itself)"
        )
    return body[1], body[2] is not None, body[3] or ""


def _unset(names: tuple[str, ...]) -> str:
    which, are, them = (
        " and ".join(names),
        "is" if len(names) == 1 else "are",
        "it" if len(names) == 1 else "them",
    )
    return (
        f"needs {which} from the environment, which {are} not set: set {them}, "
        f"or give a default as in ${{{names[0]}:-…}} (an empty one is fine)"
    )
