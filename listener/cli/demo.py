"""`listener demo`: the invented world, the real daemon, the one alert and the calm that followed."""

from __future__ import annotations

import argparse
import queue
import re
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from listener.app import Clock
from listener.cli import FAILED, Refusal
from listener.cli.output import printable
from listener.demo.place import World
from listener.demo.stage import Stage
from listener.demo.story import CLIENT, LINES, Line

RATE = 1020.0  # 17 minutes of the invented world in a second
LONGEST_S = 60.0


def demo(_: argparse.Namespace) -> int:
    """Run it; exit 0 when exactly one alert fired and was resolved."""
    clock = Clock.faster(RATE)
    print(f"An invented town on this machine: two feeds and the news page of {CLIENT}.")
    print(f"The daemon watches them; one second here is {RATE / 60:.0f} minutes there.\n")
    with tempfile.TemporaryDirectory(prefix="listener-demo-") as folder:
        world = World(clock=clock.now)
        stage = Stage(Path(folder), host=world.host, clock=clock)
        try:
            kinds = list(_play(world, stage))
            _afterwards(stage)
        finally:
            stage.close()
            world.close()
    return 0 if kinds == ["firing", "resolved"] else FAILED


def _play(world: World, stage: Stage) -> Iterator[str]:
    """Print what is said and what is told as it happens, until the calm; yields the kind of each message."""
    ends_at, heard = time.monotonic() + LONGEST_S, 0
    while time.monotonic() < ends_at:
        if not stage.running:
            raise Refusal(f"the daemon ended:\n{stage.log.read_text(encoding='utf-8')}")
        heard += _print_said(world, LINES[heard:])
        try:
            message = world.received.get(timeout=0.05)
        except queue.Empty:
            continue
        kind = "resolved" if "back to normal" in str(message) else "firing"
        print("\n" + as_shown(message) + "\n", flush=True)
        yield kind
        if kind == "resolved":
            return
    raise Refusal(
        f"no calm within {LONGEST_S:.0f} s; the daemon's log:\n{stage.log.read_text(encoding='utf-8')}"
    )


def _print_said(world: World, coming: Sequence[Line]) -> int:
    """Print what was said by now of what was to come; returns how many lines that were."""
    said = [(at, line) for line in coming if (at := world.said_at(line)) and at <= world.clock()]
    for at, line in said:
        if line.minute >= 0:
            print(f"{at:%H:%M}  {line.who or 'the Gazette'}: {line.text}", flush=True)
    return len(said)


def _afterwards(stage: Stage) -> None:
    print("What stayed: `listener incidents` and `listener sources` of that daemon\n", flush=True)
    for command in ("incidents", "sources"):
        subprocess.run(  # noqa: S603 - this very program
            [sys.executable, "-m", "listener", command, "-c", str(stage.config)],
            env=stage.environment,
            check=True,
        )
        print(flush=True)


def as_shown(message: dict[str, Any]) -> str:
    """A Slack message as Slack would show it, framed for a terminal."""
    lines = [
        line
        for block in message.get("blocks", [])
        for text in _texts(block)
        for line in _plain(text).split("\n")
    ]
    wrapped = [
        part for line in lines or [message.get("text", "")] for part in (textwrap.wrap(line, 92) or [""])
    ]
    bar = "─" * 94
    return "\n".join([f"┌{bar}┐", *(f"│ {line:<92} │" for line in wrapped), f"└{bar}┘"])


def _texts(block: dict[str, Any]) -> Iterator[str]:
    for part in [block.get("text"), *block.get("fields", []), *block.get("elements", [])]:
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            yield part["text"]


def _plain(text: str) -> str:
    """Slack's markup as a reader sees it: links by their label, bold and italics by nothing."""
    shown = re.sub(r"<[^|>]+\|([^>]+)>", r"\1", text)
    shown = re.sub(r"<(https?://[^>]+)>", r"\1", shown)
    shown = re.sub(r"(?<!\w)[*_](\S.*?)[*_](?!\w)", r"\1", shown)
    for sign, name in (("<", "&lt;"), (">", "&gt;"), ("&", "&amp;")):
        shown = shown.replace(name, sign)
    return "\n".join(printable(line) for line in shown.split("\n"))
