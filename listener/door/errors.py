"""Why no answer came through the door, by what may be done about it.

Every text is a sentence for a person. It names the host and never a path, a query or a header: those hold secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta


class DoorError(Exception):
    """No answer that can be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(DoorError):  # noqa: N818 - the four below are outcomes of a request, named as such
    """The door will not do it, and it will not get better by itself.

    `status` is set where an answer came and only its body was refused (too large, a coding that we did not ask for).
    """

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class Unreachable(DoorError):  # noqa: N818
    """The name, the connection, TLS or the exchange failed. `sent`: the request may have been received."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


class TooSlow(DoorError):  # noqa: N818
    """The total deadline ran out. `sent`: the request may have been received."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


class Busy(DoorError):  # noqa: N818
    """The host's spacing or its Retry-After lets nobody in yet: ask again at `until`, which is `after` from now."""

    def __init__(self, reason: str, *, until: datetime, after: timedelta) -> None:
        super().__init__(reason)
        self.until = until
        self.after = after


class Paced(Busy):
    """No host asks it of us: a budget is spread over its time, and the turn of this source comes at `until`."""


class NotUpgraded(Exception):  # noqa: N818 - an answer more than an error
    """The place answered, but not with the stream that it was asked for. Names of `headers` are in lower case."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.headers = headers
