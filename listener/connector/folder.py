"""Files of a folder, read by whole lines. Nothing outside the folder is opened, whatever a link in it says."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from listener.connector.contract import NeedsAttention, TryLater
from listener.connector.inbox import FileSeen, LinesRead, NoPosts, Posted, Posts

HEAD = 512
MOST_FILES = 10_000
BLOCK = 2**20


class InboxHere:
    """contract of inbox.Inbox over the folders beside `base` (the configuration's) and what was posted; shared by all polls."""

    def __init__(self, base: Path | None = None, posts: Posts | None = None) -> None:
        self._base = base or Path()
        self._posts = posts or NoPosts()
        self._known: set[str] = set()

    def files(self, folder: str, endings: Sequence[str]) -> Sequence[FileSeen]:
        found = seen(self._base, folder, endings)
        self._known.add(str((self._base / folder).resolve()))
        return found

    def lines(self, path: str, *, after: int, most: int) -> LinesRead:
        if str(Path(path).parent) not in self._known:
            raise ValueError("only what `files` has named is read")
        return lines(path, after=after, most=most)

    def posted(self, name: str, *, after: int, most: int) -> Sequence[Posted]:
        return self._posts.posted(name, after=after, most=most)


def seen(base: Path, folder: str, endings: Sequence[str]) -> list[FileSeen]:
    """As inbox.Inbox.files has it."""
    where = base / folder
    try:
        with os.scandir(where) as entries:
            names = sorted(entry.name for entry in entries if entry.name.casefold().endswith(tuple(endings)))
    except FileNotFoundError:
        raise NeedsAttention(
            f"The folder {folder} is not there: make it beside the configuration, or check the option folder."
        ) from None
    except OSError as error:
        raise NeedsAttention(
            f"The folder {folder} cannot be read ({error.strerror}): check the path and its permissions."
        ) from None
    if len(names) > MOST_FILES:
        raise NeedsAttention(f"The folder {folder} holds more than {MOST_FILES:,} files: move old ones away.")
    return [one for name in names if not name.startswith(".") and (one := _seen(where, name)) is not None]


def _seen(where: Path, name: str) -> FileSeen | None:
    path = where / name
    try:
        if path.is_symlink() and path.resolve(strict=True).parent != where.resolve(strict=True):
            return None
        with _opened(str(path.resolve(strict=True))) as file:
            known = os.fstat(file.fileno())
            head = file.read(HEAD)
    except (OSError, RuntimeError):  # gone meanwhile, a folder, a pipe, a circle of links, not ours to read
        return None
    return FileSeen(
        path=str(path.resolve()),
        name=name,
        key=f"{known.st_dev}:{known.st_ino}",
        size=known.st_size,
        head=head,
    )


def lines(path: str, *, after: int, most: int) -> LinesRead:
    """As inbox.Inbox.lines has it."""
    try:
        with _opened(path) as file:
            file.seek(after)
            return read_lines(file, after, most)
    except OSError as error:
        name = Path(path).name
        raise TryLater(f"{name} cannot be read ({error.strerror}): it is tried again later.") from None


def read_lines(file: BinaryIO, after: int, most: int) -> LinesRead:
    """As `lines`, of a file that is open and stands at `after`."""
    block = file.read(most + 1)
    at_end = len(block) <= most
    cut = block[:most].rfind(b"\n") + 1
    if cut:
        rest = block[cut:] if at_end else b""
        return LinesRead(body=block[:cut], end=after + cut, ended=at_end, rest=rest)
    if at_end:
        return LinesRead(body=b"", end=after, ended=True, rest=block)
    behind = _behind(file, after + len(block), ended=block.endswith(b"\n"))
    if behind is None:
        return LinesRead(body=b"", end=after, ended=True)
    return LinesRead(body=block[:HEAD], end=behind, ended=False, too_long=True)


def _behind(file: BinaryIO, at: int, *, ended: bool) -> int | None:
    """Where the line after this endless one begins; None where it is still going on."""
    while not ended:
        block = file.read(BLOCK)
        if not block:
            return None
        found = block.find(b"\n")
        ended = found >= 0
        at += found + 1 if ended else len(block)
    return at


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """A plain file; a link that took its place, a pipe or a device is none. Raises OSError."""
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise OSError(0, "it is no file")
        yield file
