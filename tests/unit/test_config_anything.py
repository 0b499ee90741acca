"""Whatever stands in the file, the answer is a Config or sentences: never a traceback, never a secret."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import CONNECTORS, NOTIFIERS

from listener.config import plan
from listener.config.load import load
from listener.config.mistakes import Mistakes

SECRET = "kept-outside-7391"
GOOD = yaml.safe_load("""
network: {contact: ops@agency.example, per_host_every: 2s, allow_private: ["127.0.0.1:8900"]}
web: {listen: "127.0.0.1:8080"}
health: {notify: [ops]}
people: {dana: {name: Dana, email: d@agency.example, slack: U123}}
receivers: {ops: {webhook: {url: https://ops.example/hook, secret: "${SET}"}}}
watch_lists:
  - name: shops
    owner: dana
    notify: [ops]
    sources: [{rss: {url: https://example.com/feed, every: 15m}}, hackernews, {forum: {channel: all, token: "${SET}"}}]
    clients:
      - {name: Mills, id: m, aliases: [Mills Supply], query: Mills NOT Hayley, own: {sites: [mills.example], x: mills}}
    rules: {negative_spike: {false_alarms: 1 per month, at_least: 3 people}, each_negative: {}}
""")
TEXTS = st.sampled_from(
    [
        "", "x", "${SET}", "${UNSET}", "${SET:-}", "https://${SET}/", "http://[::1", "http://10.0.0.1/", "@x", "a, b",
        "5m", "1 per day", "rss", "webhook", "off", "no ${SET}", "\u202e\x1b", "sqlite:///x", "postgresql://[",
    ]
)  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | st.text(max_size=8),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(TEXTS | st.text(max_size=8), below, max_size=3)
    ),
    max_leaves=6,
)


def places(data, path=()):
    """The path of everything in the data."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(path, value):
    data = copy.deepcopy(GOOD)
    holder = data
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    return yaml.safe_dump(data, allow_unicode=True)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("anything") / "config.yaml"


def outcome(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    try:
        config = load(path, environ={"SET": SECRET}, connectors=CONNECTORS, notifiers=NOTIFIERS)
    except Mistakes as mistakes:
        told = str(mistakes)
        assert all(
            re.fullmatch(r"config\.yaml:\d+: .+: .+", line.removeprefix(f"{path.parent}/"))
            for line in told.split("\n")
        )
        assert not re.search(r"pydantic|input should|type=|value error", told, re.IGNORECASE)
        return told
    return f"{config!r} {len(plan.targets(config))} {len(plan.watched(config))}"


@given(place=st.sampled_from(list(places(GOOD))), value=ANYTHING)
@settings(max_examples=200, deadline=None)
def test_any_value_anywhere_is_taken_or_told(path, place, value):
    told = outcome(path, changed(place, value))

    assert told.startswith("Config(") or SECRET not in told


@given(text=st.text(st.characters(codec="utf-8") | st.sampled_from("{}[]:-&*!|>'\"%@\t\n "), max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_refused_in_sentences(path, text):
    assert outcome(path, text).startswith(str(path))
