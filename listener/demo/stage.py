"""The real daemon in a process of its own, watching the invented world on a clock that runs faster."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from listener.app import Clock
from listener.demo.story import CLIENT

CONFIG = """\
database: sqlite:///demo.db
web: {{listen: "127.0.0.1:0"}}
network: {{allow_private: ["{host}"]}}
people:
  dana: {{name: Dana Lee}}
receivers:
  accounts: {{slack: {{webhook_url: "${{DEMO_HOOK}}"}}}}
watch_lists:
  - name: key-accounts
    owner: dana
    notify: [accounts]
    sources:
      - rss: {{url: "http://{host}/town-talk.xml", every: 5m, name: Town Talk}}
      - rss: {{url: "http://{host}/gazette.xml", every: 5m, name: the Gazette}}
    clients:
      - name: {client}
        own: {{sites: [harborlane.example]}}
        sources:
          - company_page: {{url: "http://{host}/company/news", every: 15m, name: their news page}}
"""


class Stage:
    """The daemon's process. Its log is in `folder/daemon.log`."""

    def __init__(self, folder: Path, *, host: str, clock: Clock) -> None:
        self.config = folder / "config.yaml"
        self.config.write_text(CONFIG.format(host=host, client=CLIENT), encoding="utf-8")
        self.log = folder / "daemon.log"
        self.environment = {
            **os.environ,
            "DEMO_HOOK": f"http://{host}/hook",
            "LISTENER_CLOCK": f"{clock.rate}@{clock.origin_s}",
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-m", "listener", "run", "-c", str(self.config)],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """Ask it to end as a service manager would, and insist after a while."""
        if self.running:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=25)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
