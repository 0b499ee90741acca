"""The steps of the image, run in an empty folder: no engine for containers is needed to know that they work."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def source(tmp_path):
    """What the image is given: the files that .dockerignore lets through, and no others."""
    folder = tmp_path / "source"
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            given = ROOT / line[1:].rstrip("/")
            wanted = folder / given.name
            folder.mkdir(exist_ok=True)
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(given, wanted, ignore=ignored) if given.is_dir() else shutil.copy(given, wanted)
    return folder


@pytest.mark.slow  # a minute of pip; every run of CI makes an environment from the same lock, by make
def test_they_make_an_environment_from_the_lock_whose_command_starts(source, tmp_path):
    installed = tmp_path / "opt"
    for step in ("dependencies", "project"):
        done = subprocess.run(
            [source / "docker" / "build.sh", step, source, installed],
            cwd=tmp_path,
            env={**os.environ, "PYTHON": sys.executable, "PIP_NO_COMPILE": "1"},  # half of the time
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("listener ")
    started = subprocess.run(
        ["/bin/sh", source / "docker" / "start.sh", "check"],
        env={
            "PATH": f"{installed}/bin:{os.environ['PATH']}",
            "LISTENER_CONFIG": str(tmp_path / "data" / "config.yaml"),
            "LISTENER_LISTEN": "0.0.0.0:8080",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "config.yaml" in started.stderr, "only `run` writes a first configuration"


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last = lines[max(at for at, line in enumerate(lines) if line.startswith("FROM")) :]
    said = {line.partition(" ")[0]: line.partition(" ")[2] for line in last}
    assert said["USER"] == "listener"
    assert said["VOLUME"] == "/data"
    assert '"listener", "health"' in said["HEALTHCHECK"]
    assert "LISTENER_LISTEN=0.0.0.0:8080" in "\n".join(last)
