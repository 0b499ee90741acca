"""Where a model's files lie. Nothing here asks the network but `fetch`, which only a person's command calls."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

EXTRA = "pip install 'client-listener[transformers]'"
WEIGHTS = "*.safetensors"
WANTED = (WEIGHTS, "*.json", "*.txt", "*.model", "*.bpe")
"""What is fetched: weights as plain data, settings and vocabulary; never code nor pickles."""

_PRINTED = 12


class NoModel(ValueError):  # noqa: N818 - named for what it says
    """The model cannot be used; the message says why and names the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """A model's folder, the name it goes by, and the print that changes with its contents."""

    folder: Path
    name: str
    fingerprint: str


def installed() -> bool:
    """Whether the extra is there; costs next to nothing."""
    return all(map(importlib.util.find_spec, ("torch", "transformers", "huggingface_hub")))


def find(model: str, revision: str | None, *, beside: Path) -> Files:
    """The files of a model: a folder (relative to `beside`), or a name whose files `fetch` brought. Raises NoModel."""
    if not installed():
        raise NoModel(f"the extra transformers is not installed: {EXTRA}")
    folder = beside / Path(model).expanduser()
    if folder.is_dir():
        return _checked(Files(folder=folder, name=folder.resolve().name, fingerprint=_hashed(folder)))
    if not is_name(model):
        raise NoModel("there is no such folder: write the folder of a model, or its name (OWNER/NAME)")
    return _checked(_of_snapshot(model, _snapshot(model, revision, here=True)))


def fetch(model: str, revision: str | None) -> Files:
    """Bring the files of a model by its name from the Hugging Face Hub. Raises NoModel. For a person's command only."""
    if not installed():
        raise NoModel(f"the extra transformers is not installed: {EXTRA}")
    return _checked(_of_snapshot(model, _snapshot(model, revision, here=False)))


def is_name(model: str) -> bool:
    """Whether it is written like a name at the Hub, OWNER/NAME."""
    parts = model.split("/")
    return len(parts) == 2 and all(part and part[0] not in ".~" for part in parts)


def _snapshot(model: str, revision: str | None, *, here: bool) -> Path:
    """The folder with the files of the revision; `here` looks only at what has been fetched."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, HTTPError, LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(model, revision=revision, local_files_only=here, allow_patterns=list(WANTED))
        )
    except HFValidationError:
        raise NoModel("this is no name of a model: write OWNER/NAME, or a folder") from None
    except LocalEntryNotFoundError:
        remedy = "run `listener model fetch`" if here else "the Hub cannot be reached: try again later"
        raise NoModel(f"its files are not here: {remedy}") from None
    except (HTTPError, OSError) as error:
        raise NoModel(f"its files cannot be fetched: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _of_snapshot(model: str, folder: Path) -> Files:
    """A snapshot's folder is named by the commit that it holds."""
    return Files(folder=folder, name=model, fingerprint=folder.name[:_PRINTED])


def _checked(files: Files) -> Files:
    if not any(files.folder.glob(WEIGHTS)):
        raise NoModel(
            f"{files.name} has no {WEIGHTS}: other weights may hold code and are not read; "
            "name a revision that has them (often refs/pr/…), or save it again with save_pretrained"
        )
    return files


def _hashed(folder: Path) -> str:
    """Of all files that count, by name and contents."""
    whole = hashlib.sha256()
    for path in sorted({path for pattern in WANTED for path in folder.glob(pattern)}):
        whole.update(f"{path.name} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                whole.update(block)
    return whole.hexdigest()[:_PRINTED]
