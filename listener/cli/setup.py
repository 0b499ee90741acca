"""Commands around the running: init, test-alert, health, db."""

from __future__ import annotations

import argparse
import json
import os
import shlex
from pathlib import Path
from typing import Any

from listener.app import Clock, make_door
from listener.cli import FAILED, Refusal
from listener.cli.output import printable
from listener.config import load
from listener.config.config import Config
from listener.domain.message import Message
from listener.notify.contract import Undelivered
from listener.notify.post import poster
from listener.store import audit, migrate, receivers
from listener.store.engine import open_database
from listener.store.errors import NoDatabase
from listener.store.migrate import Status

EXAMPLES = (
    Path(__file__).resolve().parents[1] / "config.example.yaml",  # in a wheel
    Path(__file__).resolve().parents[2] / "config.example.yaml",  # in a checkout
)


def init(arguments: argparse.Namespace) -> int:
    """Write the example configuration into a folder; what is there already stays."""
    folder = Path(arguments.directory)
    wanted = folder / "config.yaml"
    if wanted.exists():
        raise Refusal(f"{wanted} is there already; it is left as it is. Try `listener check -c {wanted}`.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with wanted.open("x", encoding="utf-8") as file:
            file.write(next(path for path in EXAMPLES if path.exists()).read_text(encoding="utf-8"))
    except OSError as error:
        raise Refusal(f"cannot write {wanted}: {error.strerror}") from error
    named = shlex.quote(str(wanted))
    print(f"wrote {wanted}\n")
    print(f"  1. put your clients into it, then: listener check -c {named}")
    print(
        f"  2. see what it hears:              listener run -c {named} --once --all && listener mentions -c {named}"
    )
    print(f"  3. keep it running:                listener run -c {named}")
    return 0


def test_alert(arguments: argparse.Namespace) -> int:
    """Send one test message now, past the outbox, and say what the receiver answered."""
    config = load.load(Path(arguments.config), environ=os.environ)
    receiver = config.receivers.get(arguments.receiver)
    if receiver is None:
        names = ", ".join(config.receivers) or "none"
        raise Refusal(f"there is no receiver {arguments.receiver!r} in {config.path}: it has {names}", code=2)
    if receiver.off:
        raise Refusal(f"receiver {receiver.name} is off: {receiver.off}")
    clock = Clock.from_environment()
    message = Message(
        id=f"test/{clock.now().isoformat()}",
        kind="test",
        headline="Listener can reach you here. This is what an alert will look like.",
        at=clock.now().isoformat(),
    )
    door = make_door(config, clock)
    try:
        receiver.notifier.deliver(poster(door), message, receiver.options)
    except Undelivered as error:
        raise Refusal(f"receiver {receiver.name}: {error.reason}") from error
    finally:
        door.close()
    print(f"receiver {receiver.name} took the test message")
    _revive(config, receiver.name)
    return 0


def _revive(config: Config, name: str) -> None:
    """A receiver that was shut takes messages again; what waited for it goes out with the next round."""
    try:
        opened = open_database(config.database, create=False)
    except NoDatabase:
        return  # nothing was ever sent, so nothing is shut
    try:
        with opened.write() as connection:
            shut = receivers.standings(connection).get(name)
            if shut is not None and shut.dead_reason is not None:
                receivers.revive(connection, name)
                audit.add(
                    connection,
                    who="test-alert",
                    what="revived receiver",
                    detail={"receiver": name, "was": shut.dead_reason},
                    now=Clock.from_environment().now(),
                )
                print(f"it had been shut ({shut.dead_reason}); it is written to again")
    finally:
        opened.close()


def health(arguments: argparse.Namespace) -> int:
    """Ask /healthz of the running daemon."""
    url = arguments.url or _own_url(load.load(Path(arguments.config), environ=os.environ))
    status, body = _asked(url.rstrip("/") + "/healthz")
    told = _told(body)
    if told is None:
        raise Refusal(f"{url} answers {status}, but not as Listener does: is another program on that port?")
    for trouble in told["troubles"]:
        print(printable(str(trouble)))
    if status == 200:
        print(f"healthy; last poll {printable(str(told.get('last_poll_at') or 'not yet'))}")
    return 0 if status == 200 else FAILED


def _told(body: bytes) -> dict[str, Any] | None:
    """The body of /healthz; None for any other's."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    return told if isinstance(told, dict) and isinstance(told.get("troubles"), list) else None


def database(arguments: argparse.Namespace) -> int:
    """Upgrade the tables, or say how they stand."""
    config = load.load(Path(arguments.config), environ=os.environ)
    upgrading = arguments.action == "upgrade"
    opened = open_database(config.database, create=upgrading, current=False)
    try:
        before = migrate.upgrade(opened) if upgrading else migrate.status(opened)
        print(f"{config.database_shown}: {_schema(before, upgraded=upgrading)}")
    finally:
        opened.close()
    return 0


def _schema(before: Status, *, upgraded: bool) -> str:
    if before.is_current:
        return f"the schema is {before.found}, as this version needs it"
    if upgraded:
        return f"the schema was {before.found or 'not there'} and is now {before.newest}"
    return f"the schema is {before.found} and this version needs {before.newest}: run `listener db upgrade`"


def _asked(url: str) -> tuple[int, bytes]:
    """A plain request to our own port, which is private by design and so not for the door."""
    from http.client import HTTPConnection, HTTPException

    host, port, path = _address(url)
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(65536)
    except (OSError, HTTPException) as error:
        raise Refusal(f"nothing answers at {url} ({error}): is `listener run` running?") from error
    finally:
        connection.close()


def _address(url: str) -> tuple[str, int, str]:
    from urllib.parse import quote, urlsplit

    try:
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname:
            return parts.hostname, parts.port or 80, quote(parts.path, safe="/%")
    except ValueError:  # brackets that do not close, a port that is no number
        pass
    raise Refusal(f"--url {url!r}: write it as http://127.0.0.1:8080", code=2)


def _own_url(config: Config) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.web.host, config.web.host)  # noqa: S104 - translated away
    return f"http://{host}:{config.web.port}"
