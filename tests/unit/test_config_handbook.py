"""The example runs as it stands, and docs/configuration.md explains every key that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from listener.config import (
    cues,
    digests,
    events,
    examples,
    marks,
    model,
    plan,
    rules,
    scoring,
    tellings,
    terms,
)
from listener.config.load import load
from listener.config.part import Part
from listener.config.places import ENGINE_KEYS
from listener.config.values import spoken
from listener.connector import registry as connectors
from listener.notify import registry as notifiers

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "config.example.yaml"
HANDBOOK = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def below(part):
    for one in part.__subclasses__():
        yield one
        yield from below(one)


PARTS = [
    one
    for one in below(Part)
    if one.__module__
    in {
        part.__name__
        for part in (model, rules, events, cues, digests, terms, examples, marks, scoring, tellings)
    }
]


def chapter(title, part="", text=HANDBOOK):
    """The text under a heading, up to the next heading of any depth; of that part of the handbook, where it is named."""
    if part:
        text = re.search(rf"^## {part}\n(.*?)(?=^## |\Z)", HANDBOOK, re.MULTILINE | re.DOTALL)[1]
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/configuration.md has no chapter “{title}”"
    return found[1]


def rows(text):
    """The first cells of its tables."""
    return set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


def test_the_example_loads_without_any_variable():
    config = load(EXAMPLE, environ={})

    assert [receiver.off for receiver in config.receivers.values()] == ["its webhook_url is empty"]
    assert len(plan.clients(config)) >= 2
    assert {target.kind for target in plan.targets(config)} == {
        "rss",
        "hackernews",
        "google_news",
        "gdelt",
        "app_store",
        "company_page",
    }
    assert {target.connector.needs for target in plan.targets(config)} == {"nothing"}
    assert [one.path for one in config.warnings] == ["receivers.team"]


def test_the_example_tells_to_slack_once_its_variable_is_set():
    config = load(EXAMPLE, environ={"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/x"})

    assert all(one.receivers == ("team",) for one in plan.watched(config).values())
    assert config.warnings == ()


def test_the_example_is_short_enough_to_be_read():
    assert 40 <= len(EXAMPLE.read_text(encoding="utf-8").splitlines()) <= 70


KEYS = {
    "BLUESKY_APP_PASSWORD": "abcd-efgh-2345-wxyz",
    "MILLS_PAGE_TOKEN": "of-nobody",
    "YOUTUBE_KEY": "of-nobody",
}
"""What the examples of the handbook name, in the shape that it has at its place."""


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_key_has_a_description_and_a_row_in_the_handbook(part):
    known = rows(HANDBOOK)

    for field_name, field in part.model_fields.items():
        name = field.alias or field_name
        assert field.description, f"{part.__name__}.{name} has no description"
        assert name in known, f"docs/configuration.md has no row for {part.__name__}.{name}"


@pytest.mark.parametrize("kind", connectors.kinds())
def test_every_kind_of_source_has_a_chapter_with_its_options(kind):
    connector = connectors.find(kind)
    text = chapter(kind, "Sources")

    assert rows(text) == set(connector.options.model_fields)
    assert all(field.description for field in connector.options.model_fields.values())
    assert re.search(rf"\b{minutes(connector.default_every)}\b", text)
    assert re.search(rf"\b{minutes(connector.least_interval)}\b", text)


@pytest.mark.parametrize("kind", notifiers.kinds())
def test_every_kind_of_receiver_has_a_chapter_with_its_options(kind):
    options = notifiers.find(kind).options

    assert rows(chapter(kind, "The file")) == set(options.model_fields)
    assert all(field.description for field in options.model_fields.values())


def test_the_keys_of_any_source_are_explained():
    assert set(ENGINE_KEYS) <= rows(chapter("Sources"))


def test_the_handbook_explains_no_key_that_is_not_there():
    parts = {field.alias or name for part in PARTS for name, field in part.model_fields.items()}
    options = {
        name
        for registry in (connectors, notifiers)
        for kind in registry.kinds()
        for name in registry.find(kind).options.model_fields
    }

    assert rows(HANDBOOK) <= parts | options | set(ENGINE_KEYS)


def test_the_defaults_of_the_handbook_are_those_of_the_model():
    told = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", HANDBOOK, re.MULTILINE))

    assert told["per_host_every"] == spoken(default(model.Network, "per_host_every"))
    assert told["gather_for"] == spoken(default(rules.Gather, "gather_for"))
    assert told["at_most"] == f"{default(rules.Gather, 'at_most')} a day"
    assert told["at_least"] == f"{default(rules.Spike, 'at_least')} people"
    assert told["database"] == default(model.File, "database")
    assert told["listen"] == "{0.host}:{0.port}".format(default(model.Web, "listen"))
    assert told["timezone"] == str(default(model.File, "timezone"))


def test_every_example_in_the_handbook_is_read(tmp_path):
    blocks = re.findall(r"^```yaml\n(.*?)^```", HANDBOOK, re.MULTILINE | re.DOTALL)
    (tmp_path / "hook.secret").write_text("x" * 20)

    for block in blocks:
        if block.startswith("clients:"):
            (tmp_path / "marks.yaml").write_text(block)
            assert marks.load(tmp_path / "marks.yaml").marks.of("Mills").examples.not_match
            continue
        lists = "" if "watch_lists:" in block else "watch_lists:\n- name: shops\n  clients: [Mills]\n"
        tail = "" if not lists or block.startswith("sources:") else "  sources: [hackernews]\n"
        body = (
            lists + tail + re.sub("^", "  ", block, flags=re.MULTILINE)
            if block.startswith("sources:")
            else block + lists + tail
        )
        (tmp_path / "config.yaml").write_text(body)
        assert load(tmp_path / "config.yaml", environ=KEYS).watch_lists


def default(part: type[BaseModel], name: str) -> object:
    return part.model_fields[name].default


def minutes(length) -> str:
    return f"{length.total_seconds() / 60:g}"
