"""Writing the file of marks: one writer at a time, and never half a file."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
import tempfile
from collections.abc import Callable, Iterator

from listener.config.marks import Marks, load, rendered


def change(path: pathlib.Path, how: Callable[[Marks], Marks]) -> Marks:
    """Read the marks, change them and put the file in place. Raises Mistakes where it cannot be read, OSError where it cannot be written.

    Others who change it wait for us; who reads it sees the old file or the new one.
    """
    with _alone(path.parent):
        marks = how(load(path).marks)
        _put(path, rendered(marks))
        return marks


@contextlib.contextmanager
def _alone(folder: pathlib.Path) -> Iterator[None]:
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _put(path: pathlib.Path, text: str) -> None:
    """In one step, and on the disk before it counts; the rights of a file that is there stay."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        pathlib.Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        pathlib.Path(name).replace(path)
    except BaseException:
        pathlib.Path(name).unlink(missing_ok=True)
        raise
