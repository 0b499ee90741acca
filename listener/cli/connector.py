"""`listener connector new KIND`: a connector to begin with, in a checkout or as a package of its own."""

from __future__ import annotations

import argparse
import keyword
import re
import shlex
from pathlib import Path

from listener.cli import WRONG, Refusal, skeleton
from listener.connector import registry


def connector(arguments: argparse.Namespace) -> int:
    """Write it, and say what comes next. Nothing that is there is overwritten."""
    kind = _kind(arguments.kind)
    try:
        if arguments.package is None:
            written = skeleton.in_checkout(_checkout(), kind)
        else:
            written = skeleton.package(Path(arguments.package), kind)
    except OSError as error:
        raise Refusal(f"cannot write {error.filename}: {error.strerror}; nothing was overwritten.") from None
    for path in written:
        print(f"wrote {path}")
    for line in _next(kind, arguments.package):
        print(line)
    return 0


def _kind(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", text) or keyword.iskeyword(text):
        raise Refusal(f"{text!r} is no kind: write small letters, digits and _, as in guestbook", code=WRONG)
    if text in registry.kinds():
        raise Refusal(f"there is a kind {text} already: take another name", code=WRONG)
    return text


def _checkout() -> Path:
    """The checkout that this is the top of."""
    here = Path.cwd()
    if not ((here / "connectors").is_dir() and (here / "tests" / "recorded").is_dir()):
        raise Refusal(
            "this is not the top of a checkout of Listener: go there, or write a package of its own with --package DIR",
            code=WRONG,
        )
    return here


def _next(kind: str, package: str | None) -> tuple[str, ...]:
    if package is not None:
        named = shlex.quote(package)
        return (
            "",
            f"  1. it keeps the contract as it stands:  cd {named} && python -m pytest",
            f"  2. make it speak to the real place:     {Path(package) / f'listener_{kind}.py'}",
            f"  3. install it beside Listener:          pip install -e {named}",
        )
    return (
        "",
        f"  1. it keeps the contract as it stands:  .venv/bin/python -m pytest tests/contract -k {kind}",
        f"  2. make it speak to the real place:     connectors/{kind}.py, with what it answers in tests/recorded/{kind}/",
        "  3. write its chapter:                   docs/configuration.md, and its name into README.md and CHANGELOG.md",
    )
