"""A mention that was posted to the daemon and answered with 202 is heard, even where the daemon is killed at that moment."""

from __future__ import annotations

import http.client
import json
import time
from contextlib import closing
from urllib.parse import urlsplit

from running import Running, until
from saying import heard
from world import listener

from listener.domain.signing import signed

SECRET = "of-nobody-0123456789"
CONFIG = """\
database: sqlite:///listener.db
web: {listen: "127.0.0.1:0"}
watch_lists:
  - name: shops
    clients:
      - name: Mills
        sources: [{webhook: {path: helpdesk, secret_file: hook.secret}}]
"""


def post(daemon, number):
    body = json.dumps(
        {"id": f"t-{number}", "text": f"It never came ({number})", "author": "ann@mail.example"}
    )
    connection = http.client.HTTPConnection(urlsplit(daemon.url).netloc, timeout=20)
    with closing(connection):
        sign = signed(body.encode(), secret=SECRET, seconds=int(time.time()))
        headers = {"Content-Type": "application/json", "Listener-Signature": sign, "Host": "listener.example"}
        connection.request("POST", "/in/helpdesk", body=body, headers=headers)
        return connection.getresponse().status


def test_what_was_answered_is_heard_after_a_kill(tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    (tmp_path / "hook.secret").write_text(f"{SECRET}\n", encoding="utf-8")
    with Running(config) as daemon:
        daemon.said("listening")
        until(lambda: post(daemon, 1) == 202, within_s=20)
        daemon.kill()
    listener("run", "-c", str(config), "--once", "--all")
    listener("run", "-c", str(config), "--once", "--all")
    assert [(one["text"], one["client"]) for one in heard(config)] == [("It never came (1)", "Mills")]
