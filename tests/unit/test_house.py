"""What the house asks of its own files and no tool checks."""

import re
import subprocess
from pathlib import Path

import pytest
from playing import KINDS

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 400
# Addresses, not names: prose may say where a library is found.
INDEX = re.compile(
    r"https?://[\w.-]*"
    "py"
    r"pi\b|py"
    r"pi\.org|python"
    r"hosted|--(extra-)?index"
    r"-url\b|/simp"
    r"le/"
)


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: which files are ours is not known")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_source_file_is_longer_than_a_person_reads():
    sources = [path for path in tracked() if path.suffix == ".py"]
    assert len(sources) > 50
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_file_names_a_package_index():
    texts = {
        path: path.read_bytes().decode("utf-8", "replace")
        for path in tracked()
        if "recorded" not in path.parts
    }
    named = {
        str(path.relative_to(ROOT)): found.group()
        for path, text in texts.items()
        if (found := INDEX.search(text))
    }
    assert named == {}


def test_every_requirement_of_the_locks_is_pinned_with_its_hashes():
    for name in ("requirements.lock", "requirements-dev.lock"):
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
        assert len(entries) > 50
        assert [
            entry for entry in entries if not re.match(r"[\w.-]+==\S+.*\\\n +--hash=sha256:", entry)
        ] == []


def test_the_locks_agree_on_every_version():
    run, dev = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


def test_no_package_stands_under_tests():
    """One there would shadow the real package of its name."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_ci_runs_what_a_person_runs():
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec make test"


@pytest.mark.parametrize("kind", KINDS)
def test_every_connector_is_held_against_a_place_that_lives(kind):
    """Things appear late and out of order, are edited and deleted, and the reader dies between pages (tests/simulated.py)."""
    if kind in INWARD:
        pytest.skip(INWARD[kind])
    tests = [
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "unit").glob("test_*simulated.py")
    ]
    assert any(f'"{kind}"' in test for test in tests), f"Write tests/unit/test_{kind}_simulated.py."


INWARD = {
    "files": "a folder of this machine: appended, replaced and killed in test_files.py and test_import.py",
    "imap": "a mailbox: a server that speaks IMAP stands in test_imap.py",
    "webhook": "what others post is numbered by us: test_webhook_in.py",
}
