r"""Files, what was posted and mails of a recording, as a poll finds them.

`"files"`, `"posted"` and `"mails"` are lists with one entry for each poll, of which the last one repeats:

    "files": [{"inbox/reviews.csv": "id,text\n1,Mills lost my order\n"}]      (or {"key": …, "body": …}: another file of that name)
    "posted": [[{"number": 1, "name": "desk", "body": [{"text": "Mills lost my order"}]}]]
    "mails": [{"validity": 1, "folders": ["INBOX"], "mails": [{"number": 4, "body": ["From: …", "", "…"]}]}]
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.folder import HEAD, read_lines
from listener.connector.inbox import FileSeen, LinesRead, Mail, Mailbox, MailsRead, Posted
from listener.door.door import Door
from listener.door.errors import Refused

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def bytes_of(body: object) -> bytes:
    """A body written as text, as lines, or as the JSON that it is."""
    if isinstance(body, list) and all(isinstance(line, str) for line in body):
        body = "\n".join(body)
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file at one poll."""

    key: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A mailbox at one poll."""

    validity: int
    folders: tuple[str, ...]
    mails: tuple[Mail, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inward:
    """What comes by itself, one entry for each poll."""

    files: tuple[Mapping[str, File], ...] = ()
    posts: tuple[tuple[tuple[str, Posted], ...], ...] = ()
    mails: tuple[Box, ...] = ()

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Inward:
        """From a recording."""
        return cls(
            files=tuple(
                {path: _file(path, one) for path, one in there.items()} for there in data.get("files", ())
            ),
            posts=tuple(tuple(map(_post, there)) for there in data.get("posted", ())),
            mails=tuple(map(_box, data.get("mails", ()))),
        )

    @property
    def is_used(self) -> bool:
        return bool(self.files or self.posts or self.mails)

    def spoiled(self, spoil: Callable[[bytes], bytes]) -> Inward:
        """The same with every body through `spoil`."""
        return Inward(
            files=tuple(
                {path: replace(one, body=spoil(one.body)) for path, one in there.items()}
                for there in self.files
            ),
            posts=tuple(
                tuple((name, replace(one, body=spoil(one.body))) for name, one in there)
                for there in self.posts
            ),
            mails=tuple(
                replace(box, mails=tuple(replace(one, body=spoil(one.body)) for one in box.mails))
                for box in self.mails
            ),
        )

    def inbox(self, poll: int) -> InboxPlayed:
        return InboxPlayed(files=_at(self.files, poll) or {}, posts=_at(self.posts, poll) or ())

    def mailbox(self, poll: int) -> Box | None:
        return self.mails[min(poll, len(self.mails) - 1)] if self.mails else None


NONE = Inward()


def _at(entries: Sequence[Any], poll: int) -> Any:  # noqa: ANN401 - whichever entry
    return entries[min(poll, len(entries) - 1)] if entries else None


def _body(data: Mapping[str, Any]) -> bytes:
    encoded = data.get("body_base64")
    return base64.b64decode(encoded) if encoded is not None else bytes_of(data.get("body", ""))


def _file(path: str, data: object) -> File:
    told: Mapping[str, Any] = data if isinstance(data, Mapping) else {"body": data}
    return File(key=told.get("key", path), body=_body(told))


def _post(data: Mapping[str, Any]) -> tuple[str, Posted]:
    at = datetime.fromisoformat(data["at"]).astimezone(UTC) if "at" in data else EPOCH
    return data["name"], Posted(number=data["number"], body=_body(data), at=at)


def _box(data: Mapping[str, Any]) -> Box:
    return Box(
        validity=data.get("validity", 1),
        folders=tuple(data.get("folders", ["INBOX"])),
        mails=tuple(
            Mail(number=one["number"], body=_body(one), cut=one.get("cut", False)) for one in data["mails"]
        ),
    )


class InboxPlayed:
    """contract of inbox.Inbox over what a recording has."""

    def __init__(self, *, files: Mapping[str, File], posts: Sequence[tuple[str, Posted]]) -> None:
        self._files = files
        self._posts = posts

    def files(self, folder: str, endings: Sequence[str]) -> Sequence[FileSeen]:
        found = {
            path.rpartition("/")[2]: (path, one)
            for path, one in self._files.items()
            if path.rpartition("/")[0] == folder
        }
        if not found:
            raise NeedsAttention(f"The folder {folder} is not there: make it.")
        return [
            FileSeen(path=path, name=name, key=one.key, size=len(one.body), head=one.body[:HEAD])
            for name, (path, one) in sorted(found.items())
            if name.casefold().endswith(tuple(endings))
        ]

    def lines(self, path: str, *, after: int, most: int) -> LinesRead:
        if path not in self._files:
            raise TryLater("The file is gone: it is tried again later.")
        file = io.BytesIO(self._files[path].body)
        file.seek(after)
        return read_lines(file, after, most)

    def posted(self, name: str, *, after: int, most: int) -> Sequence[Posted]:
        return [one for whose, one in self._posts if whose == name and one.number > after][:most]


class PlayedDoor(Door):
    """A door behind which a recorded mailbox is."""

    mailbox: Box | None = None

    def mails(
        self,
        mailbox: Mailbox,
        *,
        after: int,
        most: int,
        since: date | None = None,  # noqa: ARG002 - the door's interface
        deadline_s: float = 60.0,  # noqa: ARG002 - as above
        patience_s: float = 10.0,  # noqa: ARG002 - as above
    ) -> MailsRead:
        box = self.mailbox
        if box is None or mailbox.folder not in box.folders:
            there = ", ".join(box.folders if box else ())
            raise Refused(
                f"There is no folder {mailbox.folder!r} for {mailbox.user}: there are {there or 'none'}."
            )
        new = [one for one in box.mails if one.number > after]
        some = new[:most]
        last = max((one.number for one in box.mails), default=after)
        more = len(new) > most
        reached = some[-1].number if more else max(last, after)
        return MailsRead(validity=box.validity, mails=tuple(some), reached=reached, more=more)
