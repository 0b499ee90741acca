"""The program without the rights of root, for tests of what may not be read or written: there modes of files count."""

import os
import shutil
import subprocess

import pytest
from world import LISTENER, ROOT

SETPRIV = shutil.which("setpriv")
STRIPPED = [SETPRIV, "--bounding-set", "-dac_override,-dac_read_search,-fowner"] if os.geteuid() == 0 else []

needs_modes = pytest.mark.skipif(
    bool(STRIPPED) and SETPRIV is None, reason="root reads everything, and there is no `setpriv` to stop it"
)


def held_to_modes(*words):
    """One command of the program that may read and write only what the modes of the files allow."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HOOK": ""}
    return subprocess.run(
        [*STRIPPED, *LISTENER, *words], env=env, capture_output=True, text=True, timeout=60, check=False
    )
