"""What the pages say is so: their commands parse, their links lead somewhere, their examples load, their tests exist."""

from __future__ import annotations

import argparse
import io
import re
import shlex
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from listener.cli.parser import build
from listener.config.load import load
from listener.connector import registry as connectors
from listener.notify import registry as notifiers
from listener.notify.webhook import signature

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]

each_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)


def code(text):
    """What stands as code: fenced or indented lines, and spans between backticks."""
    fenced = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
    lines = [line for block in fenced.findall(text) for line in block.splitlines()]
    prose = fenced.sub("", text)
    lines += [line.strip() for line in prose.splitlines() if line.startswith("    ")]
    return lines + [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]


def told(name, text):
    """The commands of this name that the code tells, comments aside, each as its words."""
    parts = (part for line in code(text) for part in re.split(r"&&|\|(?= )|;", line))
    split = (
        shlex.split(part, comments=True) for part in parts if re.match(rf" *(\S*/)?{name}\b(?![./@-])", part)
    )
    return [words[1:] for words in split if words and Path(words[0]).name == name]


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    named = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    again = {f"{name}-{number}" for name in named for number in range(1, named.count(name))}
    return {*named, *again}


def refusal(words):
    """What the parser says against a command; empty where it takes it."""
    said = io.StringIO()
    with redirect_stderr(said), redirect_stdout(io.StringIO()):
        try:
            build().parse_args(words)
        except SystemExit as left:
            return said.getvalue().splitlines()[-1] if left.code else ""
    return ""


@each_page
def test_every_command_of_a_page_is_one(page):
    for words in told("listener", page.read_text(encoding="utf-8")):
        says = refusal(words)
        only_named = len(words) <= 1 and "the following arguments are required" in says
        assert only_named or not says, f"listener {shlex.join(words)}: {says}"


@pytest.mark.parametrize("line", ["listener listen", "listener run --twice", "listener mentions --label bad"])
def test_a_command_that_is_none_would_be_seen(line):
    assert [refusal(words) != "" for words in told("listener", f"    {line}")] == [True]


@each_page
def test_every_target_of_make_in_a_page_is_there(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {words[0] for words in told("make", page.read_text(encoding="utf-8")) if words}
    assert {name for name in named if "=" not in name} <= targets


@each_page
def test_every_link_of_a_page_leads_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    for link in links:
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), link
        assert not anchor or anchor in anchors(there), link


@each_page
def test_every_test_that_a_page_names_is_there(page):
    tests = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    there = set(re.findall(r"^def (test_\w+)", tests, re.MULTILINE))
    named = set(re.findall(r"`(test_\w+)`", page.read_text(encoding="utf-8")))
    assert named - there == set()


@each_page
def test_every_file_of_ours_that_a_page_names_is_there(page):
    files = re.findall(
        r"`((?:listener|connectors|tests|docs|contrib|benchmarks|docker)/[\w/.-]+)`",
        page.read_text(encoding="utf-8"),
    )
    assert {name for name in files if not (ROOT / name).exists()} == set()


def test_the_readme_tells_every_command():
    commands = next(
        action.choices for action in build()._actions if isinstance(action, argparse._SubParsersAction)
    )
    assert {words[0] for words in told("listener", README) if words} == set(commands)


def test_the_readme_tells_every_kind_of_source_and_receiver():
    (told_sources,) = re.findall(r"\*\*Sources\*\*: (.*?)\*\*Receivers\*\*", README, re.DOTALL)
    (told_receivers,) = re.findall(r"\*\*Receivers\*\*: (.*?)\n\n", README, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", told_sources)) == set(connectors.kinds())
    assert set(re.findall(r"`(\w+)`", told_receivers)) == set(notifiers.kinds())


@pytest.mark.parametrize(
    ("row", "needs"),
    [("nothing", "nothing"), ("a key of yours", "a key"), ("your client's consent", "the client's consent")],
)
def test_the_readme_tells_what_each_kind_of_source_needs(row, needs):
    (told,) = re.findall(rf"^\| {row} \| (.*) \|$", README, re.MULTILINE)
    wanted = {kind for kind in connectors.kinds() if connectors.find(kind).needs == needs}
    assert set(re.findall(r"`(\w+)`", told)) == wanted


def test_the_configuration_of_the_readme_loads_without_a_mistake(tmp_path):
    (example,) = re.findall(r"^```yaml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    (tmp_path / "config.yaml").write_text(example, encoding="utf-8")

    set_up = load(
        tmp_path / "config.yaml", environ={"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/x"}
    )

    assert set_up.warnings == ()
    assert [one.name for one in set_up.watch_lists] == ["key-accounts"]


def test_the_picture_is_small_enough_to_be_looked_at():
    picture = (ROOT / "docs" / "pictures" / "alert.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 150_000


def test_the_house_tells_who_may_import_whom_as_the_contract_has_it():
    house = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    (layers,) = re.findall(r"^```layers\n(.*?)^```", house, re.MULTILINE | re.DOTALL)
    (contract,) = (one for one in SETTINGS["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    assert layers.splitlines() == contract["layers"]


def test_the_house_has_a_line_for_every_room():
    house = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    rooms = {f"listener/{path.parent.name}/" for path in ROOT.glob("listener/*/__init__.py")}
    assert rooms <= set(re.findall(r"`(listener/\w+/)`", house))


def test_every_direct_dependency_has_its_reason():
    page = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    extras = SETTINGS["project"]["optional-dependencies"]
    wanted = {_package(one) for one in SETTINGS["project"]["dependencies"]}
    assert set(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)) - set(extras) == wanted
    added = {(extra, _package(one)) for extra, those in extras.items() for one in those}
    assert set(re.findall(r"^\| `([\w-]+)` \| `([\w-]+)` \|", page, re.MULTILINE)) == added


def _package(wanted):
    return re.match(r"[\w-]+", wanted)[0]


def test_decisions_are_numbered_without_a_gap_and_say_what_they_cost():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    assert [page.name for page in pages if "**Cost.**" not in page.read_text(encoding="utf-8")] == []


def test_the_check_of_a_signature_in_the_page_of_the_webhook_works():
    page = (ROOT / "docs" / "webhook.md").read_text(encoding="utf-8")
    names = {}
    exec(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], names)
    header = signature(b'{"kind":"test"}', secret="s3cret", at="2026-11-22T08:51:00+00:00")

    assert names["is_ours"](header, b'{"kind":"test"}', "s3cret")
    assert not names["is_ours"](header, b'{"kind":"fire"}', "s3cret")
    assert not names["is_ours"](header, b'{"kind":"test"}', "other")
