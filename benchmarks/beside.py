"""Scripts that stand beside the evaluation data: several are called score.py, so each is loaded under a name of its own."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType


@cache
def script(path: Path) -> ModuleType:
    """The functions of a script; it must not do anything when it is loaded."""
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no script")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
