"""Apprise, in a process of its own that has no network: every request that it would make is handed to the parent.

Line by line as JSON: the parent's order; then requests of ours, each with the parent's reply; at the end what became of it.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from base64 import b64decode, b64encode
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import PreparedRequest, Response  # noqa: TID251 - types alone

_CLOSED = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostby",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.spawn",
    "os.posix_spawn",
    "os.fork",
    "syslog.",
)


def serve(line: Connection) -> None:
    """Notify as the order says, and tell how it ended; the process is for one order."""
    logging.disable(logging.CRITICAL)  # what Apprise logs holds addresses, which are secrets
    order = json.loads(line.recv_bytes())
    told = _notified(order, line)
    line.send_bytes(json.dumps(told).encode())


def _notified(order: dict[str, Any], line: Connection) -> dict[str, Any]:
    import apprise

    sys.addaudithook(_shut)
    _divert(line)
    asset = apprise.AppriseAsset(
        storage_mode=apprise.PersistentStoreMode.MEMORY, http_redirects=False, async_mode=False
    )
    apobj = apprise.Apprise(asset=asset)
    if not apobj.add(order["service"]):
        return {"unknown": True}
    taken = apobj.notify(
        body=order["body"],
        title=order["title"],
        body_format=apprise.NotifyFormat.TEXT,
        interpret_escapes=False,
    )
    return {"taken": bool(taken)}


def _shut(event: str, _: tuple[object, ...]) -> None:
    """An audit hook: it cannot be taken off again."""
    if event.startswith(_CLOSED):
        raise PermissionError(f"{event} is not for this process")


def _divert(line: Connection) -> None:
    """Whatever asks through `requests` asks the parent; no redirect is followed, for none is told."""
    import requests  # noqa: TID251 - to take Apprise's requests away from the network and to the door
    from requests import exceptions  # noqa: TID251 - as above
    from requests.adapters import BaseAdapter  # noqa: TID251 - as above

    class Handed(BaseAdapter):
        def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
            line.send_bytes(_asked(request))
            told = json.loads(line.recv_bytes())
            if "status" not in told:
                raise exceptions.ConnectionError("no answer")
            answer = requests.Response()
            answer.status_code = told["status"]
            answer.headers.update(
                {name: text for name, text in told["headers"].items() if name != "location"}
            )
            answer.raw = io.BytesIO(b64decode(told["body"]))
            answer.url, answer.request, answer.encoding = str(request.url), request, "utf-8"
            return answer

        def close(self) -> None:
            """Nothing is held open."""

    requests.Session.get_adapter = lambda *_, **__: Handed()  # type: ignore[method-assign]  # the point of it


def _asked(request: PreparedRequest) -> bytes:
    body = request.body or b""
    content = body.encode() if isinstance(body, str) else body
    if not isinstance(content, bytes):
        raise PermissionError("nothing is streamed")
    headers = {_text(name): _text(value) for name, value in request.headers.items()}
    asked = {"method": request.method, "url": request.url, "headers": headers}
    return json.dumps({**asked, "content": b64encode(content).decode()}).encode()


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
