"""Who says so: a person of the file, anybody by name, or the user of this machine."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from listener.cli import WRONG, Refusal

if TYPE_CHECKING:
    from listener.config.config import Config


def whoever() -> str:
    """The name of the user, "somebody" where there is none, as in a container."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"


def speaks(config: Config, who: str | None) -> str:
    """The name of the person whose key this is, or the name as it is given; of the user where none is."""
    said = " ".join((whoever() if who is None else who).split())
    if not said or not said.isprintable():
        raise Refusal("--who: say who you are, a name on one line", code=WRONG)
    return config.people[said].name if said in config.people else said
