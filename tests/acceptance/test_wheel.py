"""The wheel, installed where no checkout is, has all it needs."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
_OPEN = """
from pathlib import Path
from listener.store import schema
from listener.store.engine import open_database
database = open_database("sqlite:///listener.db")
print(schema.migrations_folder(), schema.status(database).is_current)
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """A folder with an environment that has the wheel, and of our own environment the libraries only."""
    folder = tmp_path_factory.mktemp("elsewhere")
    built = subprocess.run(
        [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    [wheel] = folder.glob("client_listener-*.whl")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    [packages] = (folder / "venv").glob("lib/python*/site-packages")
    subprocess.run([*PIP, "install", "--no-deps", "--target", packages, wheel], check=True)
    # A path in a .pth is searched, but the .pth files that stand there (an editable install) are not read.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def run(folder, *command):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [folder / "venv" / "bin" / "python", "-W", "error::ImportWarning", *command],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_finds_its_migrations_inside_itself(elsewhere):
    done = run(elsewhere, "-c", _OPEN)
    assert done.returncode == 0, done.stderr
    folder, current = done.stdout.split()
    assert (Path(folder).parent.name, current) == ("listener", "True")
    assert Path(folder).is_relative_to(elsewhere / "venv")


def test_its_command_writes_a_configuration_that_it_accepts(elsewhere):
    for words in (["init", "."], ["check", "-c", "config.yaml"], ["db", "upgrade", "-c", "config.yaml"]):
        done = run(elsewhere, "-m", "listener", *words)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (elsewhere / "listener.db").exists()
