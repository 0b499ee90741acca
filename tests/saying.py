"""Commands of the program run in this process, where what they print is all that matters: no start of 1.5 s for each.

said = saying("check", "-c", path)
assert (said.code, said.out) == (0, "…")
"""

import io
import json
import logging
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass

from listener.cli import main
from listener.telemetry import LOG


@dataclass(frozen=True, kw_only=True)
class Said:
    code: int
    out: str
    err: str


def saying(*words):
    """What `listener WORDS…` prints and its exit code."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), _logging_as_it_was():
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:  # argparse: --help, and words that it does not know
            code = int(ended.code or 0)
    return Said(code=code, out=out.getvalue(), err=err.getvalue())


@contextmanager
def _logging_as_it_was():
    """A command sets up the log of its process, and here the process is not its own."""
    root = logging.getLogger()
    handlers, level, ours = root.handlers[:], root.level, LOG.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        LOG.setLevel(ours)


def in_a_sentence(done):
    """What a person reads of a command that ended: no traceback, whatever happened."""
    assert "Traceback" not in done.err, done.err
    return done.err


def heard(config, *more):
    """What `listener mentions --format jsonl` prints, parsed."""
    done = saying("mentions", "-c", config, "--format", "jsonl", *more)
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]
