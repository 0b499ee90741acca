"""Scores that wait to be written: in a temporary file, for a long history has more of them than memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import islice
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO

from listener.domain.sentiment import Score
from listener.store.anew import Fresh


class Spool(AbstractContextManager["Spool"]):
    """Put in order, and taken in that order. It leaves nothing behind, however the process ends."""

    def __init__(self) -> None:
        self._file: IO[str] = TemporaryFile("w+", encoding="ascii")  # noqa: SIM115 - closed by __exit__
        self.count = 0

    def put(self, one: Fresh) -> None:
        score = one.score
        row = [one.match_id, one.was, score.label, score.value, score.scorer, score.reasons]
        self._file.write(json.dumps(row) + "\n")
        self.count += 1

    def pages(self, size: int) -> Iterator[list[Fresh]]:
        """All that was put, at most so many at a time."""
        self._file.seek(0)
        while lines := list(islice(self._file, size)):
            yield [_fresh(line) for line in lines]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _fresh(line: str) -> Fresh:
    match_id, was, label, value, scorer, reasons = json.loads(line)
    score = Score(label=label, value=value, scorer=scorer, reasons=tuple(reasons))
    return Fresh(match_id=match_id, was=was, score=score)
