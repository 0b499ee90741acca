"""`listener digest`: what was heard, alarmed, hidden and deaf until now, on the terminal; nothing is sent."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from listener.alerting.digest import now_told
from listener.app import Clock
from listener.cli import WRONG, Refusal
from listener.cli.output import printable
from listener.cli.show import reading
from listener.config import load, plan
from listener.config.sentences import nearest
from listener.domain.message import Message
from listener.notify import shape


def digest_now(arguments: argparse.Namespace) -> int:
    """Print the digest of the last day or week."""
    config = load.load(Path(arguments.config), environ=os.environ)
    names = [one.name for one in config.watch_lists]
    for one in arguments.list or ():
        if one not in names:
            guess = nearest(one, names)
            hint = f"did you mean {guess}?" if guess else f"there are {', '.join(names)}"
            raise Refusal(f"there is no watch list {one!r}: {hint}", code=WRONG)
    with reading(config) as connection:
        message = now_told(
            connection,
            plan.watched(config),
            "weekly" if arguments.weekly else "daily",
            watch_lists=tuple(dict.fromkeys(arguments.list or ())),
            zone=config.timezone,
            now=Clock.from_environment().now(),
        )
    _print(message)
    return 0


def _print(message: Message) -> None:
    print(printable(message.headline))
    for line in message.lines:
        print(printable(line))
    for section in message.sections:
        print(f"\n{printable(section.title)}")
        for line in section.lines:
            print(f"  {printable(line)}")
        for quote in section.quotes:
            print(f"  {printable(shape.mention(quote))}")
