"""What the daemon weighs at rest: the proportional set size of its process tree, once 200 feeds are polled and nothing is due.

python benchmarks/rest.py [FEEDS]
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REST_S = 75.0  # the parser's child is let go after a minute without work


def tree(pid: int) -> list[int]:
    """This process and all below it."""
    children = " ".join(one.read_text() for one in Path(f"/proc/{pid}/task").glob("*/children")).split()
    return [pid, *(one for child in children for one in tree(int(child)))]


def pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main(feeds: int = 200) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, port_file = Path(name), Path(name) / "port"
        world = subprocess.Popen([sys.executable, HERE / "world.py", port_file, str(feeds), "30"])
        while not port_file.exists() or not port_file.read_text():
            time.sleep(0.05)
        host = f"127.0.0.1:{port_file.read_text()}"
        sources = "\n".join(
            f"      - rss: {{url: 'http://{host}/{feed}.xml', every: 12h}}" for feed in range(feeds)
        )
        config = folder / "config.yaml"
        config.write_text(
            f"web: {{listen: '127.0.0.1:0'}}\nnetwork: {{allow_private: ['{host}']}}\n"
            f"watch_lists:\n  - name: rest\n    sources:\n{sources}\n    clients: [Acme, Mills]\n"
        )
        log = (folder / "log").open("wb")
        daemon = subprocess.Popen(
            [sys.executable, "-m", "listener", "run", "-c", config], stdout=log, stderr=log
        )
        try:
            time.sleep(15)
            busy = {pid: pss_mb(pid) for pid in tree(daemon.pid)}
            time.sleep(REST_S)
            calm = {pid: pss_mb(pid) for pid in tree(daemon.pid)}
            ticks = cpu_s(daemon.pid)
            time.sleep(10)
            idle = (cpu_s(daemon.pid) - ticks) / 10
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(timeout=30)
            world.terminate()
            world.wait()
    print(
        f"\nthe daemon with {feeds} feeds: {sum(busy.values()):.0f} MB (PSS) in {len(busy)} processes after polling, ",
        end="",
    )
    print(f"{sum(calm.values()):.0f} MB in {len(calm)} at rest, {idle:.1%} of one core")


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
