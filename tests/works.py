"""Work for killable children: each must be importable by name in another process."""

from __future__ import annotations

import os
import re
import threading
import time
from datetime import timedelta
from pathlib import Path

from listener.connector import TryLater


class OddError(Exception):
    """Can be pickled and not rebuilt."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def echo(value):
    return value


def pid(_=None):
    return os.getpid()


def open_files():
    folder = Path("/proc/self/fd")
    return [str(fd.readlink()) for fd in folder.iterdir() if fd.exists()] if folder.exists() else []


def spin():
    while True:
        pass


def backtrack(note=None):
    """C code that never lets go of the interpreter: no thread and no signal handler of the child gets a turn."""
    if note is not None:
        Path(note).write_text(str(os.getpid()))
    return re.match(r"(a+)+$", "a" * 60 + "b")


def hog():
    hoard = []
    while True:
        hoard.append(bytearray(50 * 2**20))


def crash():
    os.abort()


def leave():
    os._exit(0)


def wrong():
    raise ValueError("the third byte is odd")


def later():
    raise TryLater("not now", after=timedelta(minutes=5))


def odd():
    raise OddError(1, 2)


def deep(depth=100_000):
    return 0 if depth == 0 else 1 + deep(depth - 1)


def unpicklable():
    return lambda: None


def with_its_cpu(work, *arguments):
    """What the work returns, and the CPU seconds that it took: those are no other process's fault."""
    began = time.process_time()
    result = work(*arguments)
    return result, time.process_time() - began


def starved(for_s):
    """Does nothing for so long, as where a busy machine gives it no turn."""
    return threading.Event().wait(for_s)
