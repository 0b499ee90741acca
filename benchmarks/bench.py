"""Side by side in one run: the naive stack and ours on the same generated feeds with 1,000 client terms.

python benchmarks/bench.py [FEEDS] [ITEMS] [ROUNDS]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import rest

HERE = Path(__file__).resolve().parent


def run(script: str, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, HERE / script, *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{script} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def main(feeds: int, items: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port_file = folder / "port"
        world = subprocess.Popen([sys.executable, HERE / "world.py", port_file, str(feeds), str(items)])
        try:
            while not port_file.exists() or not port_file.read_text():
                time.sleep(0.05)
            base = f"http://127.0.0.1:{port_file.read_text()}"
            naive = run("naive.py", base, str(feeds), str(rounds), f"sqlite:///{folder}/naive.db")
            ours = run("ours.py", base, str(feeds), str(rounds), f"sqlite:///{folder}/ours.db", name)
        finally:
            world.terminate()
            world.wait()
    show(naive, ours, feeds=feeds, items=items, rounds=rounds)
    rest.main(feeds=200)


def show(naive: dict[str, Any], ours: dict[str, Any], **size: int) -> None:
    print(
        f"{size['feeds']} feeds of {size['items']} items, {size['rounds']} rounds, 1,000 client terms, SQLite"
    )
    print("Each round a third of the items are new. Both stacks are asked for the same bodies.\n")
    print(f"{'':24}{'naive':>12}{'ours':>12}")
    served = size["feeds"] * size["items"] * size["rounds"]
    for one in (naive, ours):
        one["served"] = served
    for label, key, form in (
        ("items served", "served", "{:,}"),
        ("items looked at", "items", "{:,}"),
        ("mentions stored", "stored", "{:,}"),
        ("CPU seconds", "cpu_s", "{:.1f}"),
        ("peak memory, MB", "peak_mb", "{:.0f}"),
    ):
        print(f"{label:24}{form.format(naive[key]):>12}{form.format(ours[key]):>12}")
    rates = [one["served"] / one["cpu_s"] for one in (naive, ours)]
    print(
        f"{'mentions per CPU-second':24}{rates[0]:>12,.0f}{rates[1]:>12,.0f}   {rates[1] / rates[0]:.1f} times"
    )
    print(f"{'a poll without news, ms':24}{'':>12}{ours['quiet_ms']:>12.2f}\n")
    for name, one in (("naive", naive), ("ours", ours)):
        shares = sorted(one["stages"].items(), key=lambda stage: -stage[1])
        rest = one["cpu_s"] - sum(one["stages"].values())
        print(
            f"{name}: "
            + ", ".join(f"{stage} {spent / one['cpu_s']:.0%}" for stage, spent in [*shares, ("rest", rest)])
        )


if __name__ == "__main__":
    main(*(int(word) for word in [*sys.argv[1:], *["60", "30", "8"][len(sys.argv) - 1 :]]))
