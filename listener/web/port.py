"""The port of the daemon, taken before anything else starts."""

from __future__ import annotations

import socket


class PortTaken(Exception):  # noqa: N818 - its text is the sentence that is shown
    """Another program listens there already."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything else starts; PortTaken with the remedy where that fails."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(64)
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"cannot listen on {host}:{port} ({error.strerror or error}): stop the program that does, "
            "or set `web: {listen: 127.0.0.1:PORT}` in the configuration"
        ) from error
    return listening
