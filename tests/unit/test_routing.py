"""Who hears which alert: by list, by client and by severity; and who hears instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kinds import CONNECTORS, NOTIFIERS

from listener.config import plan
from listener.config.load import load
from listener.domain.routing import told

HEAD = """
receivers: {accounts: {webhook: https://a.example/hook}, ops: {webhook: https://o.example/hook}, off: {slack: "${HOOK:-}"}}
"""


@pytest.fixture
def read(tmp_path):
    def load_text(text):
        path = tmp_path / "config.yaml"
        path.write_text(HEAD + text, encoding="utf-8")
        return load(path, environ={}, connectors=CONNECTORS, notifiers=NOTIFIERS)

    return load_text


def mills(config):
    return plan.watched(config)["Mills"]


@pytest.mark.parametrize(
    ("severity", "heard"),
    [
        (None, ("everything",)),
        ("minor", ("everything",)),
        ("major", ("everything", "from_major")),
        ("severe", ("everything", "from_major", "severe")),
    ],
)
def test_a_receiver_hears_what_is_at_least_as_severe_as_it_asks_for(severity, heard):
    least = {"from_major": "major", "severe": "severe"}

    assert told(("everything", "from_major", "severe"), least, severity) == heard


def test_a_list_routes_by_severity_and_a_client_by_its_own_list(read):
    config = read("""
watch_lists:
  - name: shops
    sources: [hackernews]
    notify: [accounts, {receiver: ops, severity: severe}, {receiver: off, severity: major}]
    clients: [Mills, {name: Acme, notify: {receiver: ops, severity: major}}]
""")
    acme = plan.watched(config)["Acme"]

    assert (mills(config).told("minor"), mills(config).told("severe")) == (("accounts",), ("accounts", "ops"))
    assert (acme.told(None), acme.told("minor"), acme.told("major")) == ((), (), ("ops",))
    assert [str(one).partition("config.yaml:")[2] for one in config.warnings][-1] == (
        "8: watch_lists[0].clients[1].notify: alerts below major are told to nobody: give one receiver no severity"
    )


def test_who_is_named_twice_hears_what_either_says(read):
    config = read("""
watch_lists:
  - name: shops
    sources: [hackernews]
    notify: [{receiver: ops, severity: severe}, {receiver: ops, severity: major}]
    clients: [Mills]
""")

    assert (mills(config).told("minor"), mills(config).told("major")) == ((), ("ops",))


@pytest.mark.parametrize(("named", "hears"), [("ops", "ops"), ("off", None)])
def test_the_fallback_is_a_receiver_that_is_on(read, named, hears):
    lists = "watch_lists: [{name: shops, sources: [hackernews], clients: [Mills]}]\n"

    assert read(f"fallback: {named}\n" + lists).fallback == hears
    assert read(lists).fallback is None


def test_every_example_of_the_page_is_read(tmp_path):
    page = (Path(__file__).resolve().parents[2] / "docs" / "receivers.md").read_text(encoding="utf-8")
    lists = "watch_lists: [{name: shops, sources: [hackernews], clients: [Mills]}]\n"
    known = "receivers: {ops: {webhook: https://ops.example/hook}}\n"
    for block in re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        head = "" if "receivers:" in block else known
        (tmp_path / "config.yaml").write_text(head + block + lists, encoding="utf-8")
        assert load(tmp_path / "config.yaml", environ={"SMTP_PASSWORD": "x"}).receivers
