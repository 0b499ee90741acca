"""Who says so, where nobody is named: the user of this machine."""

from __future__ import annotations

import getpass


def whoever() -> str:
    """The name of the user, "somebody" where there is none, as in a container."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
