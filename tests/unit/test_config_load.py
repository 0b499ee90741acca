"""From a whole file to a Config."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from kinds import CONNECTORS, NOTIFIERS

from listener.config.load import load
from listener.config.mistakes import Mistakes
from listener.config.values import Listen
from listener.domain.rules import GatherRule, GoodNewsRule, Rules, SpikeRule

SMALLEST = "watch_lists: [{name: shops, sources: [hackernews], clients: [Mills]}]\n"

WHOLE = """
database: sqlite:///data/listener.db
timezone: America/Halifax
web: {listen: 127.0.0.1:9090}
network: {contact: ops@agency.example, per_host_every: 2s, allow_private: ["127.0.0.1:8900"]}
health: {notify: [ops]}

people:
  dana: {name: Dana Lee, email: dana@agency.example, slack: U123, timezone: America/Toronto}

receivers:
  accounts: {slack: {webhook_url: "${SLACK_WEBHOOK_URL:-}"}}
  ops: {webhook: {url: https://ops.example/hook, secret_file: hook.secret}}

watch_lists:
  - name: key-accounts
    owner: dana
    notify: [accounts]
    sources:
      - rss: {url: https://example.com/business.xml, every: 30m, name: Business}
      - hackernews: {}
    clients:
      - name: Mills
        aliases: [Mills Supply, Mills Hardware]
        query: '("Mills Supply" OR "Mills Hardware" OR @millssupply) NOT "Hayley Mills"'
        own: {sites: [mills.example], x: millssupply, bluesky: mills.example}
        sources:
          - company_page: https://mills.example/news
    rules:
      negative_spike: {false_alarms: 2 per week, at_least: 4 people}
      each_negative: {}
"""


@pytest.fixture
def loaded(tmp_path):
    (tmp_path / "hook.secret").write_text("a-secret-of-ours\n")

    def load_text(text, **environ):
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, environ=environ, connectors=CONNECTORS, notifiers=NOTIFIERS)

    return load_text


@pytest.fixture
def refused(loaded):
    def load_text(text, **environ):
        with pytest.raises(Mistakes) as caught:
            loaded(text, **environ)
        return str(caught.value)

    return load_text


def test_it_reads_the_configuration_of_the_handbook(loaded, tmp_path):
    config = loaded(WHOLE)

    assert config.database == f"sqlite:///{tmp_path}/data/listener.db"
    assert config.timezone == ZoneInfo("America/Halifax")
    assert config.web == Listen("127.0.0.1", 9090)
    assert config.network.contact == "ops@agency.example"
    assert config.network.per_host_every == timedelta(seconds=2)
    assert config.network.allow_private == ("127.0.0.1:8900",)
    assert config.health == ("ops",)
    assert config.people["dana"].timezone == ZoneInfo("America/Toronto")
    assert config.receivers["accounts"].off == "its webhook_url is empty"
    assert config.receivers["ops"].off is None
    assert config.receivers["ops"].options.secret.get_secret_value() == "a-secret-of-ours"
    one = config.watch_lists[0]
    assert [(source.connector.kind, source.every, source.name) for source in one.sources] == [
        ("rss", timedelta(minutes=30), "Business"),
        ("hackernews", timedelta(minutes=15), None),
    ]
    assert one.clients[0].sources[0].options.url == "https://mills.example/news"
    assert one.rules.to_domain() == Rules(
        negative_spike=SpikeRule(false_alarms=2, per=timedelta(days=7), at_least=4),
        each_negative=GatherRule(),
    )


def test_it_needs_no_more_than_a_list_with_a_client_and_a_source(loaded, tmp_path):
    config = loaded(SMALLEST)

    assert config.database == f"sqlite:///{tmp_path}/listener.db"
    assert config.timezone == ZoneInfo("UTC")
    assert config.web == Listen("127.0.0.1", 8080)
    assert config.network.per_host_every == timedelta(seconds=1)
    assert config.watch_lists[0].rules.to_domain() == Rules()


@pytest.mark.parametrize(
    ("written", "rules"),
    [
        ("", Rules()),
        ("negative_spike:", Rules()),
        ("negative_spike: off", Rules(negative_spike=None)),
        ("good_news: off", Rules(good_news=None)),
        ("good_news: {at_least: 5 people}", Rules(good_news=GoodNewsRule(at_least=5))),
        ("each_negative:", Rules(each_negative=GatherRule())),
        ("each_negative: on", Rules(each_negative=GatherRule())),
        ("each_mention: {}", Rules(each_mention=GatherRule())),
        (
            "each_mention: {gather_for: 1h, at_most: 5 a day}",
            Rules(each_mention=GatherRule(gather_for=timedelta(hours=1), at_most=5)),
        ),
    ],
)
def test_it_keeps_the_spike_rule_on_until_it_is_switched_off(loaded, written, rules):
    text = SMALLEST.replace("}]", f", rules: {{{written} }}}}]")

    assert loaded(text).watch_lists[0].rules.to_domain() == rules


@pytest.mark.parametrize(
    "source",
    [
        "rss: https://mills.example/feed",
        "rss: {url: https://mills.example/feed}",
        "rss: {url: '${FEED}'}",
        "rss: '${FEED}'",
        "rss: {url: https://mills.example/feed, language: , every: '${NOTHING:-}', name: }",
    ],
)
def test_it_takes_a_source_in_its_short_and_its_long_form(loaded, source):
    config = loaded(SMALLEST.replace("hackernews", f"{{{source}}}"), FEED="https://mills.example/feed")

    read = config.watch_lists[0].sources[0]
    assert (read.options.url, read.every, read.name) == (
        "https://mills.example/feed",
        timedelta(minutes=15),
        None,
    )


@pytest.mark.parametrize("source", ["hackernews", "{hackernews: {}}", "{hackernews: }", "'${KIND}'"])
def test_a_kind_alone_is_a_source(loaded, source):
    config = loaded(SMALLEST.replace("hackernews", source), KIND="hackernews")

    assert config.watch_lists[0].sources[0].connector.kind == "hackernews"


def test_one_item_may_stand_for_a_list(loaded):
    text = """
    receivers: {ops: {webhook: https://ops.example/hook}}
    health: {notify: ops}
    watch_lists:
      - name: shops
        notify: ops
        sources: hackernews
        clients:
          - {name: Mills, aliases: Mills Supply, own: {sites: mills.example}, notify: ops}
    """
    config = loaded(text)

    client = config.watch_lists[0].clients[0]
    assert config.health == ("ops",)
    assert client.notify == config.watch_lists[0].notify
    assert [(route.receiver, route.severity) for route in client.notify] == [("ops", "minor")]
    assert client.aliases == ("Mills Supply",)
    assert client.own.to_domain().sites == ("mills.example",)


def test_a_reference_to_an_empty_value_is_as_good_as_no_key(loaded):
    text = (
        'timezone: ${ZONE:-}\nnetwork: {contact: "${CONTACT}", per_host_every: "${SPACING:-}"}\n' + SMALLEST
    )

    config = loaded(text, CONTACT="")

    assert (config.timezone, config.network.contact) == (ZoneInfo("UTC"), None)


def test_a_secret_may_come_from_the_environment_or_from_a_file(loaded, tmp_path):
    text = "receivers:\n  a: {slack: '${HOOK}'}\n  b: {slack: {webhook_url_file: hook.url}}\n" + SMALLEST
    (tmp_path / "hook.url").write_text("https://hooks.example/b\n")

    config = loaded(text, HOOK="https://hooks.example/a")

    values = [config.receivers[name].options.webhook_url.get_secret_value() for name in ("a", "b")]
    assert values == ["https://hooks.example/a", "https://hooks.example/b"]


def test_a_secret_may_stand_in_the_file_where_that_is_allowed(loaded):
    text = "allow_inline_secrets: true\nreceivers: {a: {slack: https://hooks.example/a}}\n" + SMALLEST

    assert loaded(text).receivers["a"].off is None


def test_the_database_may_be_named_by_a_file(loaded, tmp_path):
    (tmp_path / "url").write_text("postgresql://dana:verysecret@db/listener\n")

    config = loaded("database_file: url\n" + SMALLEST)

    assert config.database == "postgresql+psycopg://dana:verysecret@db/listener"
    assert config.database_shown == "postgresql+psycopg://dana:***@db/listener"


def test_no_secret_is_in_what_a_config_shows_of_itself(loaded, tmp_path):
    text = (
        "database: ${DATABASE_URL}\nreceivers:\n  a: {slack: '${HOOK}'}\n"
        "  b: {webhook: {url: https://ops.example/hidden, secret_file: hook.secret}}\n"
        "watch_lists: [{name: shops, clients: [Mills], sources: [{forum: {channel: all, token: '${TOKEN}'}}]}]\n"
    )

    config = loaded(
        text,
        DATABASE_URL="postgresql://dana:verysecret@db/x",
        HOOK="https://hooks.example/a/b",
        TOKEN="t0k3n-t0k3n",
    )

    shown = f"{config!r} {config} {config.receivers} {config.watch_lists}"
    for secret in ("verysecret", "hooks.example", "t0k3n", "a-secret-of-ours", "hidden"):
        assert secret not in shown
    assert config.secrets == {
        "postgresql+psycopg://dana:verysecret@db/x",
        "https://hooks.example/a/b",
        "https://ops.example/hidden",
        "a-secret-of-ours",
        "t0k3n-t0k3n",
    }


def test_what_a_watch_list_takes_from_the_environment_is_nobody_elses_to_see(loaded):
    text = "{name: shops, clients: [Mills], sources: [{rss: 'https://x.example/?t=${TOKEN}&s=${SORT:-newest-first}'}]}"

    config = loaded(f"watch_lists: [{text}]\n", TOKEN="t0k3n-t0k3n")

    assert config.secrets == {"t0k3n-t0k3n"}


def test_no_mistake_shows_a_secret_of_a_file(refused, tmp_path):
    (tmp_path / "no.token").write_text("nowhere-t0k3n\n")
    text = SMALLEST.replace("hackernews", "{forum: {channel: 'nowhere-t0k3n', token_file: no.token}}")

    told = refused(text)

    assert "there is no channel" in told
    assert "t0k3n" not in told


def test_a_reference_without_value_is_told_once(refused):
    told = refused(SMALLEST.replace("hackernews", "{rss: '${FEED}'}, '${KIND}'"))

    assert [line.split(": ")[1] for line in told.splitlines()] == [
        "watch_lists[0].sources[0].rss",
        "watch_lists[0].sources[1]",
    ]


def test_hostile_keys_stay_on_their_line(refused):
    told = refused('"a\\nconfig.yaml:1: ok\\u001b[31m\\u202e": 1\n' + SMALLEST)

    assert len(told.splitlines()) == 1
    assert told.isprintable()


def test_it_warns_of_what_is_probably_not_meant(loaded):
    text = """
    people: {dana: {name: Dana Lee}}
    receivers: {team: {slack: "${HOOK:-}"}}
    watch_lists:
      - name: shops
        owner: Dana
        sources: [hackernews]
        clients: [{name: Mills, owner: Somebody Else}]
    """
    warnings = [str(one).partition("config.yaml:")[2] for one in loaded(text).warnings]

    assert warnings == [
        "3: receivers.team: this receiver is off: its webhook_url is empty",
        "2: health.notify: nobody is told when a source breaks: name receivers here, or look at `listener sources`",
        "5: watch_lists[0].notify: its alerts go to the log only: name receivers here, or look at `listener incidents`",
        "6: watch_lists[0].owner: “Dana” is taken as a name: did you mean dana of people?",
    ]


def test_it_reads_a_thousand_clients_in_about_a_second(loaded):
    clients = "".join(
        f"    - name: Client {n}\n      aliases: [Alias {n}, Other {n}]\n"
        f'      query: \'("Client {n} Supply" OR "Client {n}" OR @client{n}) NOT "Hayley {n}"\'\n'
        f"      own: {{sites: [client{n}.example], x: client{n}}}\n"
        f"      sources:\n        - rss: https://client{n}.example/feed\n"
        for n in range(1000)
    )
    text = f"watch_lists:\n- name: many\n  sources: [hackernews]\n  clients:\n{clients}"
    loaded(SMALLEST)
    began = time.process_time()

    config = loaded(text)

    assert time.process_time() - began < 3  # about one, and room for a slow machine
    assert len(config.watch_lists[0].clients) == 1000


def test_importing_the_room_imports_nothing_heavy():
    code = "import sys, listener.config; print([n for n in ('pydantic', 'yaml', 'httpx', 'lark') if n in sys.modules])"

    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )

    assert shown.stdout.strip() == "[]"
