"""Targets as a configuration would name them, and a process that can be killed."""

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from listener.connector import Connector, OptionsModel, Page
from listener.connector.target import Target

ROOT = Path(__file__).resolve().parents[1]


def _fetch_nothing(http, options, cursor):
    yield Page(cursor=cursor)


class PlaceOptions(OptionsModel):
    url: str


def target(
    scope="https://feeds.example/",
    *,
    kind="rss",
    every=900,
    clients=("mills",),
    version=1,
    credential="",
    best_effort=False,
):
    return Target(
        connector=Connector(
            kind=kind,
            summary="a place of the tests",
            options=PlaceOptions,
            scope=lambda options: options.url,
            fetch=_fetch_nothing,
            cursor_version=version,
            best_effort=best_effort,
        ),
        options=PlaceOptions(url=scope),
        scope=scope,
        every=timedelta(seconds=every),
        credential=credential,
        matched=frozenset(clients),
        audiences=frozenset(f"client:{name}" for name in clients),
    )


def run_python(code, *arguments, **environment):
    """Run a few lines in a process of their own and wait; gives what subprocess gives, a dead child's signal too."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def running_python(code, *arguments):
    """The same beside us: yields the process once it has printed its first line, and kills it at the end."""
    command = [sys.executable, "-c", code, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            assert process.stdout.readline()
            yield process
        finally:
            process.kill()


@contextmanager
def nobody_in_particular():
    """Root may write everything, so that what must fail for others is tried as somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
