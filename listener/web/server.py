"""The daemon's own port: /healthz, /metrics, a short status and the links of messages, served by uvicorn in a thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from listener.web.answers import application

if TYPE_CHECKING:
    from listener.jobs.status import Status
    from listener.web.desk import Desk
    from listener.web.posting import Letterbox


class Server:
    """Serves until `stop()`. Never answers from a thread that polls."""

    def __init__(
        self,
        listening: socket.socket,
        status: Callable[[], Status],
        desk: Desk | None = None,
        letterbox: Letterbox | None = None,
    ) -> None:
        import uvicorn

        config = uvicorn.Config(
            application(status, desk, letterbox),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            timeout_keep_alive=5,
            limit_concurrency=64,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, name="web", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
