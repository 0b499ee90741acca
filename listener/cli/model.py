"""`listener model`: the files of the bigger scorer's model, fetched by a person and never by the daemon."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from listener.cli import Refusal
from listener.cli.output import printable
from listener.config import load
from listener.config.scoring import Transformers
from listener.scoring.transformer import files
from listener.scoring.transformer.files import Files, NoModel
from listener.scoring.transformer.network import load as loaded

NOT_ASKED = "the configuration asks for no model: name one under scoring.transformers.model"


def model(arguments: argparse.Namespace) -> int:
    """Fetch the model that the configuration names, or say how it stands; it is loaded once to see that it can be."""
    path = Path(arguments.config)
    wanted = load.load(path, environ=os.environ).scoring.transformers
    if wanted is None:
        raise Refusal(NOT_ASKED)
    try:
        found = _found(wanted, path.resolve().parent, fetch=arguments.action == "fetch")
        network = loaded(found, device=wanted.device)
    except NoModel as why:
        raise Refusal(f"{printable(wanted.model)}: {printable(str(why))}") from None
    size = sum(one.stat().st_size for one in found.folder.iterdir() if one.is_file())
    print(f"{printable(found.name)} is here and can be loaded: {size / 1e6:,.1f} MB, {found.fingerprint}")
    print(f"  folder: {printable(str(found.folder))}")
    print(f"  classes: {', '.join(network.classes)}; reads {network.most_tokens} tokens")
    if files.is_name(wanted.model) and wanted.revision != found.folder.name:
        print(f"  to stay with these files: revision: {found.folder.name}")
    return 0


def _found(wanted: Transformers, beside: Path, *, fetch: bool) -> Files:
    if fetch and not (beside / wanted.model).is_dir():
        return files.fetch(wanted.model, wanted.revision)
    return files.find(wanted.model, wanted.revision, beside=beside)
