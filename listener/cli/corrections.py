"""`listener score --jsonl --corrections FILE`: corrections as JSON lines, learned from before anything is scored."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from listener.app import make_scorer
from listener.cli import WRONG, Refusal
from listener.cli.items import LONGEST
from listener.cli.output import printable
from listener.cli.texts import LIST, client_named
from listener.domain.sentiment import LABELS, Scorer
from listener.jobs.learning import HOW_TO_INSTALL, able_to_learn
from listener.scoring.taught import Version

if TYPE_CHECKING:
    from listener.scoring.training import Taught


def taught_scorer(path: Path) -> Scorer:
    """The scorer that has learned from the file; wrong lines are told with their number and cost only themselves."""
    if not able_to_learn():
        raise Refusal(f"learning from corrections needs scikit-learn: {HOW_TO_INSTALL}")
    from listener.scoring.training import train

    try:
        with path.open("rb") as lines:
            taught = list(_read(iter(lambda: lines.readline(LONGEST), b"")))
    except OSError as error:
        raise Refusal(f"cannot read the corrections in {path}: {error.strerror}", code=WRONG) from None
    trained = train(taught)
    print(printable(trained.figures.sentence), file=sys.stderr)
    if trained.model is None:
        return make_scorer()
    version = Version(number=1, corrections=trained.figures.corrections, model=trained.model)
    return make_scorer({LIST: version})


def _read(lines: Iterator[bytes]) -> Iterator[Taught]:
    from listener.scoring.training import Taught

    for number, raw in enumerate(lines, start=1):
        if raw.isspace():
            continue
        data = _object(raw)
        reason = _unfit(data)
        if reason:
            print(printable(f"corrections line {number} {reason}"), file=sys.stderr)
            continue
        name = data.get("client") or ""
        yield Taught(
            text=data["text"],
            title=data.get("title"),
            client=client_named(name),
            language=data.get("lang"),
            label=data["label"],
        )


def _object(raw: bytes) -> Any:  # noqa: ANN401 - as JSON has it
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _unfit(data: Any) -> str:  # noqa: ANN401 - as JSON has it
    """What is wrong with a line; "" if nothing is."""
    if not isinstance(data, dict):
        return 'is no JSON object: write {"text": …, "client": …, "label": …}'
    if not isinstance(data.get("text"), str):
        return "has no text"
    for key in ("client", "title", "lang"):
        if not isinstance(data.get(key), str | None):
            return f"has a {key} that is no text"
    if data.get("label") not in LABELS:
        return f"has no label of {', '.join(LABELS)}"
    return ""
