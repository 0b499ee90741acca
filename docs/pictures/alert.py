# ruff: noqa: INP001 - a script beside the picture that it makes
"""Make alert.png: what Slack shows of the alert that the demo's daemon really sends.

    .venv/bin/python docs/pictures/alert.py            needs chromium (or CHROMIUM=/path/to/it) and the fonts Lato and Noto Color Emoji

The message is not written here: the demo's world is opened, the daemon watches it, and the first thing that the
receiver got is drawn in Slack's manner.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from listener.app import Clock
from listener.cli.demo import RATE
from listener.demo.place import World
from listener.demo.stage import Stage

HERE = Path(__file__).parent
WIDTH, HEIGHT = 760, 450
CHROMIUM = os.environ.get("CHROMIUM", "chromium")


def main() -> None:
    """Play the demo up to its alert and draw that."""
    drawn = HERE / "alert.png"
    with tempfile.TemporaryDirectory(prefix="listener-picture-") as folder:
        page = Path(folder, "alert.html")
        page.write_text(as_page(first_message(Path(folder))), encoding="utf-8")
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        command += [
            "--hide-scrollbars",
            "--force-device-scale-factor=1.75",
            f"--window-size={WIDTH},{HEIGHT}",
        ]
        subprocess.run(  # noqa: S603 - a browser that the caller names, on a page of our own
            [*command, f"--user-data-dir={folder}/profile", f"--screenshot={drawn}", page.as_uri()],
            check=True,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )
    sys.stdout.write(f"{drawn} ({drawn.stat().st_size // 1000} kB)\n")


def first_message(folder: Path) -> dict[str, Any]:
    """The body of the first request that the demo's receiver gets."""
    clock = Clock.faster(RATE)
    world = World(clock=clock.now)
    stage = Stage(folder, host=world.host, clock=clock)
    try:
        return world.received.get(timeout=60)
    finally:
        stage.close()
        world.close()


def as_page(message: dict[str, Any]) -> str:
    """The message as a page. Sections and contexts are all that our messages are made of."""
    blocks = "".join(f'<div class="{block["type"]}">{_block(block)}</div>' for block in message["blocks"])
    last = max(re.findall(r"Today at [\d:]+", blocks))
    page = (HERE / "slack.html").read_text(encoding="utf-8")
    return page.replace("{{blocks}}", blocks).replace("{{time}}", last.removeprefix("Today at "))


def _block(block: dict[str, Any]) -> str:
    texts = [block["text"]] if "text" in block else block["elements"]
    return " ".join(_mrkdwn(text["text"]) for text in texts)


def _mrkdwn(text: str) -> str:
    """Slack's markup as HTML; the text comes with `& < >` escaped already."""
    lines = []
    for line in text.split("\n"):
        quoted = line.startswith(">")
        shown = (
            escape(line.removeprefix(">"), quote=True).replace("&amp;lt;", "&lt;").replace("&amp;gt;", "&gt;")
        )
        shown = shown.replace("&amp;amp;", "&amp;")
        shown = re.sub(r"&lt;!date\^(\d+)\^.*?&gt;", _date, shown)
        shown = re.sub(r"&lt;(https?://[^|]+?)\|(.+?)&gt;", r"<a>\2</a>", shown)
        shown = re.sub(r"`([^`]+)`", r"<code>\1</code>", shown)
        shown = re.sub(r"(?<!\w)\*(\S.*?)\*(?!\w)", r"<b>\1</b>", shown)
        lines.append(f"<blockquote>{shown}</blockquote>" if quoted else f"<p>{shown}</p>")
    return "".join(lines)


def _date(found: re.Match[str]) -> str:
    return f"{datetime.fromtimestamp(int(found[1]), UTC):Today at %H:%M}"


if __name__ == "__main__":
    main()
