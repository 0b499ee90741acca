"""What a configuration comes down to."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from kinds import CONNECTORS, NOTIFIERS

from listener.config import plan
from listener.config.load import load
from listener.domain.client import Client, Own
from listener.domain.digest import Weekly
from listener.domain.planned import Event
from listener.domain.quiet import QuietHours
from listener.domain.rules import GatherRule, Rules, SpikeRule, Watched, budget


@pytest.fixture
def config(tmp_path):
    def load_text(text, **environ):
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, environ=environ, connectors=CONNECTORS, notifiers=NOTIFIERS)

    return load_text


def heard(config):
    return {
        (target.kind, target.scope): (sorted(target.matched), sorted(target.direct), target.every)
        for target in plan.targets(config)
    }


MINUTE = timedelta(minutes=1)


def test_a_place_of_the_list_is_matched_and_a_place_of_the_client_is_taken_whole(config):
    text = """
    watch_lists:
      - name: shops
        sources: [{rss: https://news.example/feed}]
        clients:
          - Mills
          - {name: Acme, id: a1, sources: [{rss: https://acme.example/feed}]}
    """
    assert heard(config(text)) == {
        ("rss", "https://news.example/feed"): (["Mills", "a1"], [], 15 * MINUTE),
        ("rss", "https://acme.example/feed"): ([], ["a1"], 15 * MINUTE),
    }


def test_one_place_is_polled_once_for_all_at_the_shortest_cadence(config):
    text = """
    watch_lists:
      - name: shops
        sources: [{rss: {url: https://news.example/feed, every: 30m, name: The news}}]
        clients:
          - {name: Mills, sources: [{rss: {url: https://news.example/feed, every: 10m}}]}
      - name: banks
        sources: [{rss: {url: https://news.example/feed, every: 2h, name: Later}}]
        clients: [Bond]
    """
    read = config(text)

    assert heard(read) == {("rss", "https://news.example/feed"): (["Bond", "Mills"], ["Mills"], 10 * MINUTE)}
    assert plan.names(read) == {("rss", "https://news.example/feed", ""): "The news"}


def test_a_search_of_the_list_is_asked_for_each_query_and_matched_against_all(config):
    text = """
    watch_lists:
      - name: shops
        sources: [hackernews]
        clients: [{name: Mills, aliases: [Mills Supply]}, {name: Acme, query: Acme NOT rocket}]
    """
    assert heard(config(text)) == {
        ("hackernews", '"Mills" OR "Mills Supply"'): (["Acme", "Mills"], [], 15 * MINUTE),
        ("hackernews", "Acme NOT rocket"): (["Acme", "Mills"], [], 15 * MINUTE),
    }


def test_a_search_of_a_client_is_asked_for_it_alone_and_still_matched(config):
    text = "watch_lists: [{name: shops, clients: [{name: Mills, sources: [hackernews]}]}]"

    assert heard(config(text)) == {("hackernews", '"Mills"'): (["Mills"], [], 15 * MINUTE)}


def test_clients_keep_their_id_and_take_their_owner_from_the_list(config):
    text = """
    people: {dana: {name: Dana Lee}}
    watch_lists:
      - name: shops
        owner: dana
        sources: [hackernews]
        clients:
          - {name: Mills & Sons, id: Mills, aliases: ['The "Mill"'], own: {sites: [mills.example], x: "@mills"}}
          - {name: Acme, owner: Somebody}
    """
    assert plan.clients(config(text)) == (
        Client(
            id="Mills",
            name="Mills & Sons",
            watch_list="shops",
            query='"Mills & Sons" OR "The Mill"',
            aliases=('The "Mill"',),
            owner="Dana Lee",
            own=Own(sites=("mills.example",), handles={"x": "mills"}),
        ),
        Client(id="Acme", name="Acme", watch_list="shops", query='"Acme"', owner="Somebody"),
    )


def test_alerts_know_their_rules_their_people_and_the_receivers_that_are_on(config):
    text = """
    people: {dana: {name: Dana Lee, slack: U012}}
    receivers: {ops: {webhook: https://ops.example/hook}, team: {slack: "${HOOK:-}"}}
    watch_lists:
      - name: shops
        owner: dana
        notify: [team, ops]
        sources: [hackernews]
        clients: [Mills, {name: Acme, owner: Somebody, notify: []}]
        rules: {negative_spike: {at_least: 5}, each_negative: {at_most: 3}}
    """
    read = config(text)
    mills, acme = plan.clients(read)
    rules = Rules(negative_spike=SpikeRule(at_least=5), each_negative=GatherRule(at_most=3))

    assert plan.watched(read) == {
        "Mills": Watched(
            client=mills,
            rules=rules,
            receivers=("ops",),
            owner="Dana Lee",
            owner_slack="U012",
            list_size=2,
            timezone=ZoneInfo("UTC"),
        ),
        "Acme": Watched(
            client=acme, rules=rules, receivers=(), owner="Somebody", list_size=2, timezone=ZoneInfo("UTC")
        ),
    }
    assert plan.receivers_on(read, ["team", "ops", "ops"]) == ("ops",)


def test_an_alert_calls_a_source_by_its_name(config):
    text = """
    watch_lists:
      - name: shops
        sources: [{rss: {url: https://news.example/feed, name: The news}}, {rss: https://other.example/feed}]
        clients: [Mills]
    """
    (mills,) = plan.watched(config(text)).values()
    assert mills.places == {("rss", "https://news.example/feed"): "The news"}


def test_two_sources_that_are_one_place_may_be_written_twice_when_they_agree(config):
    text = """
    watch_lists:
      - name: shops
        sources: [{rss: {url: https://news.example/feed, language: en}}, hackernews]
        clients:
          - {name: Mills, sources: [{rss: {language: en, url: https://news.example/feed}}, hackernews]}
    """
    assert len(plan.targets(config(text))) == 2


def test_only_the_database_and_the_address_of_the_page_need_a_restart(config):
    text = "watch_lists: [{name: shops, sources: [hackernews], clients: [Mills]}]\n"
    old = config(text)

    assert plan.needs_restart(old, config("timezone: Europe/Berlin\n" + text)) == ()
    assert plan.needs_restart(old, config("web: {listen: 127.0.0.1:8081}\n" + text)) == ("web.listen",)
    assert plan.needs_restart(old, config("database: sqlite:///o.db\nweb: {listen: '[::1]:1'}\n" + text)) == (
        "database",
        "web.listen",
    )


def test_a_planned_event_is_told_to_its_client_with_its_days_as_the_file_sees_them(config):
    read = config(
        """
    timezone: America/Halifax
    watch_lists:
      - name: shops
        sources: [hackernews]
        clients: [Mills, {name: Acme Hardware, id: acme}]
    events:
      - {client: Mills, name: price rise, from: 2026-10-31, to: 2026-11-01, expect: more, complaints: stricter}
      - {client: acme, name: sale, from: 2026-12-01 09:30, to: 2026-12-01 17:00, expect: 1.5 times}
    """
    )
    watched = plan.watched(read)

    assert watched["Mills"].events == (
        Event(
            name="price rise",
            since=datetime(2026, 10, 31, 3, tzinfo=UTC),
            until=datetime(2026, 11, 2, 4, tzinfo=UTC),  # clocks were set back that night
            expect=3,
            stricter=True,
        ),
    )
    (sale,) = watched["acme"].events
    assert (sale.since, sale.until, sale.expect, sale.stricter) == (
        datetime(2026, 12, 1, 13, 30, tzinfo=UTC),
        datetime(2026, 12, 1, 21, tzinfo=UTC),
        1.5,
        False,
    )


def test_a_budget_is_that_of_the_list_or_of_each_client(config):
    read = config(
        """
    watch_lists:
      - name: shops
        sources: [hackernews]
        clients: [Mills, Acme]
        rules: {negative_spike: {per_client: true}, good_news: {false_alarms: 2 per week}}
    """
    )
    mills = plan.watched(read)["Mills"]
    shared, own = (
        budget(rule, clients=mills.list_size) for rule in (mills.rules.good_news, mills.rules.negative_spike)
    )

    assert (own.false_alarms, own.per, own.clients) == (1, timedelta(days=30), 1)
    assert (shared.false_alarms, shared.per, shared.clients) == (2, timedelta(days=7), 2)
    assert budget(mills.rules.negative_spike, clients=2, sooner=3).false_alarms == 3


def test_digests_go_to_receivers_that_are_on_and_those_of_a_list_to_where_its_alerts_go(config):
    text = """
    timezone: Europe/Berlin
    receivers:
      ops: {webhook: https://ops.example/hook}
      off: {slack: {webhook_url: "${EMPTY:-}"}}
    digest: {daily: 8:00, weekly: friday 15:00, to: [ops, off]}
    watch_lists:
      - name: shops
        notify: [{receiver: ops, severity: major}]
        sources: [hackernews]
        clients: [Mills]
        digest: {weekly: Mon 09:30}
      - name: banks
        notify: [off]
        sources: [hackernews]
        clients: [Acme]
        digest: {daily: "23:59"}
    """
    every, shops = plan.digests(config(text))
    assert (every.receivers, every.watch_lists, every.daily) == (("ops",), (), time(8))
    assert every.weekly == Weekly(weekday=4, at=time(15))
    assert str(every.timezone) == "Europe/Berlin"
    assert (shops.receivers, shops.watch_lists, shops.daily) == (("ops",), ("shops",), None)
    assert every.audience("ops") != shops.audience("ops")


def test_quiet_hours_are_those_of_the_owner_by_the_owners_clocks(config):
    text = """
    people:
      dana: {name: Dana Lee, timezone: America/Halifax, quiet: "20:00-07:00"}
    watch_lists:
      - name: shops
        owner: dana
        sources: [hackernews]
        clients: [Mills, {name: Acme, owner: sam}]
        rules: {negative_spike: {severe_breaks_silence: true}}
    """
    watched = plan.watched(config(text))
    assert watched["Mills"].quiet == QuietHours(begins=time(20), ends=time(7))
    assert str(watched["Mills"].timezone) == "America/Halifax"
    assert watched["Acme"].quiet is None
    assert watched["Mills"].rules.negative_spike.severe_breaks_silence


def test_who_is_asked_instead_keeps_the_quiet_hours_and_the_clock_of_their_own(config):
    text = """
    timezone: Europe/Berlin
    people:
      dana: {name: Dana Lee, timezone: America/Halifax, quiet: "20:00-07:00"}
      lee: {name: Lee Park, quiet: "22:00-06:00"}
    escalate: {to: lee}
    watch_lists:
      - {name: a, owner: dana, sources: [hackernews], clients: [Mills]}
    """
    mills = plan.watched(config(text))["Mills"]
    asked = mills.escalation
    assert (asked.quiet, asked.timezone) == (
        QuietHours(begins=time(22), ends=time(6)),
        ZoneInfo("Europe/Berlin"),
    )
    night_in_berlin = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # half past six in Halifax
    assert mills.quiet_until("x", "escalated", now=night_in_berlin) == datetime(2026, 3, 3, 5, tzinfo=UTC)
    assert mills.quiet_until("x", "firing", now=night_in_berlin) is None
