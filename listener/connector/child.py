"""The child's side of `apart`: its limits, and how it answers."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import pickle
import resource
import signal
import sys
import threading
from math import ceil
from multiprocessing.connection import wait

from listener.connector.contract import TryLater

DEAF_TO = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What asks the daemon to stop or reload, sent to every process of its group: the parent drains, so its children work on."""


def settle(memory: int) -> None:
    """In the child, before its first task: limits, deaf to the signals that ask the daemon to stop, dying with its parent."""
    for asked in DEAF_TO:
        signal.signal(asked, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent.sentinel,), daemon=True).start()
        _be_killed_with(parent.sentinel)


def _die_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _be_killed_with(sentinel: int) -> None:
    """Have the kernel send SIGIO, which ends us, when the parent's end of the pipe closes.

    The thread alone is not enough: C code that holds the interpreter (a regex gone astray) gives it no turn. And the
    parent-death signal of Linux would come when the thread that started us ends, not the process.
    """
    if sys.platform == "linux":
        fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(sentinel, fcntl.F_SETFL, fcntl.fcntl(sentinel, fcntl.F_GETFL) | os.O_ASYNC)


def perform(payload: bytes, limit_s: float) -> bytes:
    """In the child: the work, its result or what it raised as bytes, so that no result can break the pool's own channel.

    The kernel ends a child that works for longer, by SIGXCPU.
    """
    used_s = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = ceil(used_s.ru_utime + used_s.ru_stime + limit_s)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    try:
        work, args = pickle.loads(payload)  # noqa: S301 - written by our own parent
        return pickle.dumps((work(*args), None), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return _raised(
            TryLater("What came needs more memory than its parser is given: it is read again later.")
        )
    except Exception as error:  # noqa: BLE001 - whatever the work raised is told to the one who asked for it
        return _raised(error)


def _raised(error: Exception) -> bytes:
    error.__traceback__ = None
    try:
        told = pickle.dumps((None, error), pickle.HIGHEST_PROTOCOL)
        pickle.loads(told)  # noqa: S301 - an exception that cannot be rebuilt must not fail in the parent
    except Exception:  # noqa: BLE001 - any class may fail here in any way
        told = pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {str(error)[:500]}")))
    return told
