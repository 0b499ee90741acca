"""`listener connector new` writes a connector that keeps the contract as it stands, in a checkout and as a package."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from saying import saying

from listener.cli import skeleton
from listener.connector.testing import suite

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "add-a-connector.md").read_text(encoding="utf-8")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """What the contract suite of a checkout needs, without any connector."""
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "__init__.py").write_text("")
    (tmp_path / "tests" / "recorded").mkdir(parents=True)
    shutil.copytree(ROOT / "tests" / "contract", tmp_path / "tests" / "contract")
    for path in (ROOT / "tests").glob("*.py"):
        shutil.copy(path, tmp_path / "tests")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "listener").symlink_to(ROOT / "listener")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_tests(folder, *words, path=()):
    """pytest in a program of its own, there."""
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *words],
        cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_in_a_checkout_it_is_found_by_the_contract_suite_and_keeps_it(checkout):
    said = saying("connector", "new", "fan_board")
    assert (said.code, said.err) == (0, "")
    assert "wrote connectors/fan_board.py" in said.out.replace(f"{checkout}/", "")
    code, out = run_tests(
        checkout,
        "tests/contract/test_connectors.py",
        "tests/contract/test_connectors_hostile.py",
        "-k",
        "fan_board",
    )
    assert code == 0, out
    assert int(re.search(r"(\d+) passed", out)[1]) > 80


def test_as_a_package_it_is_found_by_its_entry_point_and_brings_the_suite_along(tmp_path):
    folder = tmp_path / "mine"
    said = saying("connector", "new", "fan_board", "--package", folder)
    assert (said.code, said.err) == (0, "")
    assert 'fan_board = "listener_fan_board:CONNECTOR"' in (folder / "pyproject.toml").read_text()
    code, out = run_tests(folder, path=[ROOT])
    assert code == 0, out
    assert int(re.search(r"(\d+) passed", out)[1]) > 80


@pytest.mark.parametrize(
    ("spoil", "check", "said"),
    [
        (('one_line(str(entry.get("by") or ""))', 'str(entry.get("by") or "")'), "halves of characters", "a text holds control characters"),
        (('raise TryLater("__host__ answered without', 'return print("__host__ answered without'), "garbage", "Garbage was taken for an answer without items"),
        (('cursor={"after": after}', 'cursor={"after": after, "seen": ("1",)}'), "survives", None),
    ],
    ids=["characters", "silence", "cursor"],
)  # fmt: skip
def test_the_suite_sees_what_is_wrong_with_it(tmp_path, monkeypatch, spoil, check, said):
    assert spoil[0] in skeleton.CODE
    monkeypatch.setattr(skeleton, "CODE", skeleton.CODE.replace(*spoil))
    skeleton.package(tmp_path, "fan_board")
    cases = [
        case
        for case in suite.cases(loaded(tmp_path, monkeypatch), tmp_path / "tests" / "recorded")
        if check in case.name
    ]
    assert cases
    with pytest.raises(AssertionError, match=said):
        [case.run() for case in cases]


def loaded(folder, monkeypatch):
    """The connector of the package that was written there."""
    module = ModuleType("listener_fan_board")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec((folder / "listener_fan_board.py").read_text(), module.__dict__)
    return module.CONNECTOR


def test_a_package_without_recordings_is_red(tmp_path, monkeypatch):
    skeleton.package(tmp_path, "fan_board")
    first, *_ = suite.cases(loaded(tmp_path, monkeypatch), tmp_path / "nothing")
    with pytest.raises(AssertionError, match="Put recorded exchanges of fan_board into"):
        first.run()


@pytest.mark.parametrize("kind", ["Forum", "1st", "../rss", "a", "class", "for-um", "x" * 60, ""])
def test_what_is_no_kind_is_refused_with_what_one_is(checkout, kind):
    said = saying("connector", "new", kind)
    assert said.code == 2
    assert "is no kind: write small letters, digits and _, as in guestbook" in said.err


def test_a_kind_that_there_is_and_files_that_there_are_stay_as_they_are(checkout):
    assert "there is a kind rss already" in saying("connector", "new", "rss").err
    (checkout / "connectors" / "fan_board.py").write_text("mine")
    said = saying("connector", "new", "fan_board")
    assert said.code == 1
    assert "it is there already; nothing was overwritten" in said.err
    assert (checkout / "connectors" / "fan_board.py").read_text() == "mine"
    assert not (checkout / "tests" / "recorded" / "fan_board").exists()


def test_outside_of_a_checkout_it_says_where_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = saying("connector", "new", "fan_board")
    assert said.code == 2
    assert "write a package of its own with --package DIR" in said.err


def test_the_page_shows_what_is_written():
    code = "".join(f"{block}\n" for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[:2])
    assert code.split() == skeleton.filled(skeleton.CODE, "guestbook").split()
    assert re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0] == skeleton.filled(
        skeleton.RECORDING, "guestbook"
    )
