"""`listener backtest -c FILE` on SQLite and on PostgreSQL: the alerts that the rules would have raised on what is stored."""

import json

import pytest
from heardof import BAD, CONFIG, DAY, GOOD, HOUR, MINUTE, NOW, HeardOf
from saying import in_a_sentence, saying

NOON = NOW.replace(hour=12, minute=0)  # so that the incident ends on the day on which it began
PER_MONTH = "rules: {negative_spike: {at_least: 3 people}}"


@pytest.fixture
def heard(database_url, tmp_path):
    """A crowd about Mills ten days ago, quiet talk about Acme, and praise for Globex."""
    made = HeardOf(database_url, tmp_path)
    made.came(BAD, 12, at=NOON - 10 * DAY, label="negative")
    made.came(BAD, 4, client="Acme", at=NOW - 8 * DAY, label="negative", every=40 * HOUR)
    made.came(GOOD, 9, client="Globex", at=NOW - 2 * DAY, label="positive")
    return made


def backtested(heard, *words):
    done = saying("backtest", "-c", heard.config, *words)
    in_a_sentence(done)
    assert done.code == 0, done.err
    return done.out


def objects(heard, *words):
    lines = [json.loads(line) for line in backtested(heard, "--format", "jsonl", *words).splitlines()]
    return [one for one in lines if "client" in one], [one for one in lines if "client" not in one]


def test_it_tells_each_alert_with_its_proof_and_each_list_against_its_budget(heard):
    out = backtested(heard)
    lines = out.splitlines()
    opened = NOON - 10 * DAY + 11 * MINUTE
    assert lines[0].startswith(f"Mills, {opened:%Y-%m-%d %H:%M} to {opened:%Y-%m-%d}")
    assert "12 people, 12 stories, negative in the last" in lines[0]
    assert "usual 0" in lines[0]
    assert "By chance a list like this one sees something so rare" in out
    assert out.count("] “Mills is terrible and awful") == 3
    assert "loud, 2 clients: 1 alert in 60 days (nothing was heard before" in out
    assert "calm, 1 client: 0 alerts in 60 days" in out
    assert "the budget of false alarms for that time is 2" in out
    assert "Left out is what no history tells: silences" in lines[-1]


def test_other_programs_get_an_object_an_alert_and_one_a_list(heard):
    [alert], [loud, calm] = objects(heard)
    assert (alert["client"], alert["watch_list"], alert["rule"]) == ("Mills", "loud", "negative_spike")
    assert (alert["people"], alert["stories"], len(alert["ids"]), len(alert["quotes"])) == (12, 12, 12, 3)
    assert alert["until"] > alert["at"] >= alert["first_at"]
    assert alert["once_in_years"] > 1
    assert (loud["alerts"], calm["alerts"]) == (1, 0)
    assert 1.9 < loud["budget"] < 2.1


def test_only_the_client_and_the_time_that_are_asked_for_are_told(heard):
    assert objects(heard, "--client", "Acme")[0] == []
    assert objects(heard, "--since", "5d")[0] == []
    assert len(objects(heard, "--client", "Mills", "--since", "11d")[0]) == 1


def test_stricter_rules_raise_fewer_alerts(heard):
    heard.write(CONFIG.replace("at_least: 3 people", "at_least: 20 people"))
    assert objects(heard)[0] == []


def test_what_was_said_itself_and_backfill_raises_nothing(heard):
    heard.came(BAD, 12, client="Acme", at=NOW - 3 * DAY, label="negative", own=True)
    heard.came(BAD, 12, client="Acme", at=NOW - 4 * DAY, label="negative", backfill=True)
    assert {one["client"] for one in objects(heard)[0]} == {"Mills"}


def test_clients_without_the_rule_are_named(heard):
    heard.write(CONFIG.replace(PER_MONTH, "rules: {negative_spike: off}", 1))
    out = backtested(heard)
    assert "No rule negative_spike watches Mills, Acme." in out
    assert "calm, 1 client" in out


def test_an_alert_that_the_daemon_would_have_told_is_the_one_that_plan_foretells(heard):
    [alert], _ = objects(heard, "--since", "30d")
    planned = saying("plan", heard.config, "-c", heard.config).out
    assert "alerts by negative_spike" in planned
    assert "1 under the present file, 1 under the new one" in planned
    assert alert["client"] == "Mills"


def test_nothing_is_written(heard):
    before = heard.dump()
    backtested(heard)
    assert heard.dump() == before


def test_an_unknown_client_and_a_mixture_of_words_are_refused(heard):
    for words, said in (
        (("-c", heard.config, "--client", "Nobody"), "there is no client 'Nobody'"),
        (("--counts", "x.csv", "--since", "7d"), "leave them out with --counts"),
    ):
        done = saying("backtest", *words)
        assert done.code == 2
        assert said in done.err
