"""`listener import`: a file of items stored as backfill, which wakes nobody. Safe beside a running daemon, and again after a crash."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from listener.app import Clock, make_intake
from listener.cli import FAILED, WRONG, Refusal
from listener.cli.counting import models_in
from listener.cli.named import client_of, clients_of
from listener.cli.opened import opened_input
from listener.cli.output import printable
from listener.config import load
from listener.config.config import Config
from listener.connector import rows, table
from listener.connector.rows import Unfit
from listener.connector.target import Target
from listener.domain.client import Client
from listener.domain.found import Form, Found
from listener.jobs.importing import PAGE, Import, brought
from listener.store.engine import open_database
from listener.telemetry import REDACTION

MOST_NAMED = 20
BOM = b"\xef\xbb\xbf"


def import_now(arguments: argparse.Namespace) -> int:
    """Store what the file holds; what came of it goes to standard output, wrong rows to the other. Exit 1 where a row was wrong."""
    config = load.load(Path(arguments.config), environ=os.environ)
    REDACTION.learn(config.secrets)
    clients, target = _for_whom(config, arguments)
    now = Clock.from_environment().now()
    with opened_input(arguments.file) as file, closing(open_database(config.database)) as database:
        intake = make_intake(clients, models_in(database, config), config)
        coming = Import(database=database, intake=intake, target=target)
        reading = Reading(file=file, name=arguments.file, form=arguments.form, now=now)
        found = reading.items()
        while page := list(islice(found, PAGE)):
            coming.keep(page, now=now)
    _report(coming, reading, clients)
    return FAILED if reading.wrong else 0


def _for_whom(config: Config, arguments: argparse.Namespace) -> tuple[tuple[Client, ...], Target]:
    """All rows are about the client that is named; else the queries decide: of a list, or of all."""
    kind = arguments.kind_name
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", kind):
        raise Refusal(
            f"{kind!r} is no kind: write small letters and underscores, such as trustpilot", code=WRONG
        )
    if arguments.client:
        client = client_of(config, arguments.client)
        return (client,), brought(kind, direct=[client.id])
    clients = clients_of(config, None)
    if arguments.list:
        clients = tuple(one for one in clients if one.watch_list == arguments.list)
        if not clients:
            there = ", ".join(dict.fromkeys(one.name for one in config.watch_lists))
            raise Refusal(
                f"there is no watch list {arguments.list!r} in {config.path}: it has {there}", code=WRONG
            )
    return clients, brought(kind, matched=[one.id for one in clients])


@dataclass(slots=True, kw_only=True)
class Reading:
    """A file that is read row by row, and how many rows were wrong."""

    file: BinaryIO
    name: str
    form: Form | None
    now: datetime
    wrong: int = 0

    def items(self) -> Iterator[Found]:
        """The items, without holding more than one row; wrong ones are told as they come."""
        first = self.file.readline(table.LONGEST + 1)
        lines = self._lines(first)
        header, number = None, 1
        if not self._is_json(first):
            next(lines, None)
            try:
                header, number = table.Header.read(first.rstrip(b"\r\n")), 2
            except Unfit as unfit:
                raise Refusal(f"{_called(self.name)} line 1 {unfit}", code=WRONG) from None
        for record in table.records(lines, header, first=number):
            if record.reason:
                self._tell(record.line, record.reason)
            elif record.data is not None:
                try:
                    yield rows.item(record.data, form=self.form, now=self.now)
                except Unfit as unfit:
                    self._tell(record.line, str(unfit))

    def _is_json(self, first: bytes) -> bool:
        """By what it is called, else by how it begins."""
        ending = Path(self.name).suffix.casefold()
        if ending in {".csv", ".tsv"}:
            return False
        return ending in {".jsonl", ".ndjson"} or first.removeprefix(BOM).lstrip().startswith((b"{", b"["))

    def _lines(self, first: bytes) -> Iterator[bytes]:
        """Lines of a bounded length; the rest of a longer one is passed over."""
        raw = first
        while raw:
            yield raw
            while len(raw) >= table.LONGEST and not raw.endswith(b"\n"):
                raw = self.file.readline(table.LONGEST)
            raw = self.file.readline(table.LONGEST + 1)

    def _tell(self, line: int, reason: str) -> None:
        self.wrong += 1
        if self.wrong <= MOST_NAMED:
            print(printable(f"line {line} {reason}"), file=sys.stderr)


def _called(name: str) -> str:
    return "standard input" if name == "-" else name


def _report(coming: Import, reading: Reading, clients: tuple[Client, ...]) -> None:
    print(f"read {_several(coming.items + reading.wrong, 'row')} from {_called(reading.name)}")
    print(
        f"stored {_several(coming.stored, 'new mention')} as backfill: they wake nobody and count in no alert"
    )
    for client in clients:
        if count := coming.by_client.get(client.id):
            print(f"  {printable(client.name)}: {_several(count, 'new match', 'new matches')}")
    if coming.again:
        print(f"{_several(coming.again, 'row')} stored before")
    if coming.nobody:
        print(
            f"{_several(coming.nobody, 'row')} about nobody here: with --client NAME all rows are about that client"
        )
    if reading.wrong:
        more = f", the first {MOST_NAMED} of them told above" if reading.wrong > MOST_NAMED else ""
        print(f"{_several(reading.wrong, 'wrong row')} left out{more}: mend them and import the file again")


def _several(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
