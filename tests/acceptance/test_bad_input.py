"""Bad input, through the real program: each has its clear sentence, loses nothing, and harms nothing beside it."""

import json
import os
import socket
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from bystander import held_to_modes, needs_modes
from places import Place, bomb, endless, hang_up, raw, redirect
from saying import heard, in_a_sentence, saying
from world import LISTENER, ROOT, listener, rss, write_config

NOW = datetime.now(UTC)
HTML = {"Content-Type": "text/html"}
LATIN = (
    "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>T</title>"
    "<item><guid>latin</guid><title>Mills raises Café prices</title></item></channel></rss>"
).encode("latin-1")
ODD_DATES = (
    b"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title>"
    b"<item><guid>9999</guid><title>Mills in 9999</title><pubDate>Fri, 31 Dec 9999 23:59:59 GMT</pubDate></item>"
    b"<item><guid>nines</guid><title>Mills of nines</title><pubDate>99999999999999999999</pubDate></item>"
    b"<item><guid>1970</guid><title>Mills in 1970</title><pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate></item>"
    b"<item><guid>31</guid><title>Mills of the 31st</title><pubDate>Mon, 31 Feb 2026 25:61:00 GMT</pubDate></item>"
    b"<item><guid>none</guid><title>Mills undated</title></item></channel></rss>"
)
BROKEN = b"<rss version='2.0'><channel><title>T</title><item><guid>w</guid><title>Mills is whole</title></item><item><guid>ha"


def said_once(*words):
    """One item about nothing but these words."""
    return rss([("g-" + words[0].replace(" ", "-"), words[0], "press", NOW - timedelta(hours=3))])


def closed_port():
    with socket.socket() as lent:
        lent.bind(("127.0.0.1", 0))
        return lent.getsockname()[1]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """One run over every sort of bad place, with a good one among them; what the commands say of each afterwards."""
    folder = tmp_path_factory.mktemp("town")
    with Place() as place, Place() as busy, Place() as inward:
        place.says("/good.xml", said_once("Mills opens a shop"))
        place.says("/page", b"<!doctype html><html><head><title>Mills</title></head></html>", headers=HTML)
        place.says("/empty.xml", rss([]))
        place.says("/nothing.xml", b"")
        place.says("/text.xml", b"Mills will be back soon, sorry")
        place.says("/json.xml", b'{"error": "Mills has no feed"}')
        place.does("/bomb.xml", bomb("gzip"))
        place.does("/bombs.xml", bomb("gzip, gzip", 2))
        place.does("/endless.xml", endless)
        place.says("/gone.xml", status=410)
        place.says("/missing.xml", status=404)
        place.says("/login.xml", status=401)
        place.says("/fault.xml", status=500)
        place.does("/inward.xml", redirect(inward.url + "/secret"))
        place.does("/file.xml", redirect("file:///etc/passwd"))
        place.does("/hangs-up.xml", hang_up)
        place.does("/no-http.xml", raw(b"220 mail.example ESMTP\r\n"))
        place.says("/dates.xml", ODD_DATES)
        place.says("/latin.xml", LATIN, headers={"Content-Type": "text/xml; charset=utf-8"})
        place.says("/half.xml", BROKEN)
        busy.says("/often.xml", status=429, headers={"Retry-After": "600"})
        nobody = f"http://127.0.0.1:{closed_port()}/feed.xml"
        feeds = [place.url + path for path in place.paths]
        config = write_config(
            folder,
            feeds=[*feeds, busy.url + "/often.xml", nobody, "http://nobody-has-this.invalid/feed.xml"],
            clients=["Mills"],
        )
        run = listener("run", "-c", str(config), "--once", "--all")
        rows = saying("sources", "-c", config, "--format", "jsonl").out.splitlines()
        town = type("Town", (), {"run": run, "config": config, "inward": inward, "busy": busy})()
        town.sources = {row["scope"].rpartition("/")[2]: row for row in map(json.loads, rows)}
        town.sources["nobody"] = next(json.loads(row) for row in rows if nobody in row)
        town.sources["no-name"] = next(json.loads(row) for row in rows if ".invalid" in row)
        town.heard = heard(config)
        yield town


@pytest.mark.parametrize(
    ("place", "state", "sentence"),
    [
        ("page", "needs attention", "is an HTML page, not a feed. Give the address of its feed, or take company_page"),
        ("nothing.xml", "backing off", "answered with an empty body instead of a feed"),
        ("text.xml", "needs attention", "is text that begins with “Mills will be back soon, sorry”, not a feed"),
        ("json.xml", "needs attention", "is JSON, but not a JSON Feed"),
        ("bomb.xml", "needs attention", "sends more than 5,242,880 bytes: that is no answer we can use."),
        ("bombs.xml", "needs attention", "coded as 'gzip, gzip', which we did not ask for"),
        ("endless.xml", "needs attention", "sends more than 5,242,880 bytes"),
        ("gone.xml", "needs attention", "gone for good (410): remove the source or give its new address."),
        ("missing.xml", "needs attention", "has nothing at this address (404): check the URL."),
        ("login.xml", "needs attention", "refuses us (401): check the credential"),
        ("fault.xml", "backing off", "has a fault of its own (500): it is asked again later."),
        ("inward.xml", "needs attention", "if that is right, configure it directly."),
        ("file.xml", "needs attention", "Only http and https are asked, not 'file'."),
        ("hangs-up.xml", "backing off", "breaks off or does not speak HTTP"),
        ("no-http.xml", "backing off", "breaks off or does not speak HTTP"),
        ("often.xml", "backing off", "says that we ask too often (429): it is asked again later."),
        ("nobody", "backing off", "does not take the connection on port"),
        ("no-name", "backing off", "nobody-has-this.invalid cannot be found"),
        ("empty.xml", "ok", "heard well; nothing about a client so far"),
    ],
)  # fmt: skip
def test_a_bad_source_is_shown_with_its_sentence(town, place, state, sentence):
    row = town.sources[place]
    assert (row["state"], row["stored"]) == (state, 0)
    assert sentence in row["reason"]


def test_whoever_looks_at_the_table_can_read_the_whole_sentence(town):
    table = saying("sources", "-c", town.config).out
    assert (
        "    127.0.0.1 says that this is gone for good (410): remove the source or give its new address.\n"
        in table
    )
    assert all(row["reason"] in table for row in town.sources.values())


def test_the_good_sources_of_the_same_run_are_heard(town):
    assert town.run.returncode == 0
    assert "Traceback" not in town.run.stderr
    assert town.sources["good.xml"]["state"] == "ok"
    assert "Mills opens a shop" in [one["title"] for one in town.heard]


def test_what_needs_attention_is_said_in_the_log_once_and_what_may_pass_is_not(town):
    assert town.run.stderr.count("gone for good (410)") == 1
    assert "127.0.0.1 has a fault of its own" not in town.run.stderr


def test_nothing_asks_where_a_redirect_led_inward(town):
    assert town.inward.asked == []


def test_impossible_dates_cost_no_item_and_lie_not(town):
    dated = {one["title"]: one["published_at"] for one in town.heard if one["title"].startswith("Mills ")}
    titles = ["Mills in 9999", "Mills of nines", "Mills in 1970", "Mills of the 31st", "Mills undated"]
    assert [dated[title] for title in titles] == [None] * 5
    assert town.sources["dates.xml"]["state"] == "ok"


def test_a_wrong_charset_costs_no_letter(town):
    assert "Mills raises Café prices" in [one["title"] for one in town.heard]


def test_half_a_feed_gives_the_half_that_came(town):
    assert town.sources["half.xml"]["state"] == "ok"
    assert "Mills is whole" in [one["title"] for one in town.heard]


def test_a_pause_that_a_place_asked_for_is_kept_by_the_next_run_too(town):
    listener("run", "-c", str(town.config), "--once", "--all")
    assert town.busy.count("/often.xml") == 1


WRONG = {
    "broken": ("watch_lists: [{name: a", ":1: file: the bracket or brace that opens here is never closed"),
    "unset": (
        "database: '${NOBODY_SET_THIS}'\nwatch_lists: [{name: a, notify: [], sources: [hackernews], clients: [{name: M}]}]",
        ":1: database: “${NOBODY_SET_THIS}” ",
    ),
    "private": (
        "watch_lists: [{name: a, notify: [], sources: [{rss: 'http://10.0.0.1/x'}], clients: [{name: M}]}]",
        "if you mean it, add 10.0.0.1:80 to network.allow_private",
    ),
    "scheme": (
        "watch_lists: [{name: a, notify: [], sources: [{rss: 'ftp://mills.example/x'}], clients: [{name: M}]}]",
        "is no web address: write https:// and the whole address",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_in_the_file_exits_2_and_names_the_line_and_the_remedy(tmp_path, name):
    text, sentence = WRONG[name]
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    done = saying("check", "-c", path)
    assert done.code == 2
    assert done.out == ""
    assert str(path) in in_a_sentence(done)
    assert sentence in done.err


def test_all_mistakes_are_told_at_once_and_nothing_was_begun(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("databse: x\n" + WRONG["unset"][0].replace("database", "timezone"), encoding="utf-8")
    done = listener("run", "-c", str(path), "--once", check=False)
    assert done.returncode == 2
    assert len(in_the_log(done)) == 2
    assert "did you mean database" in done.stderr
    assert list(tmp_path.iterdir()) == [path]


def in_the_log(done):
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr.splitlines()


def test_without_a_configuration_it_says_how_to_make_one(tmp_path):
    done = subprocess.run(
        [*LISTENER, "run"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "config.yaml" in done.stderr
    assert "make one with `listener init`" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_configuration(tmp_path):
    done = saying("check", "-c", tmp_path)
    assert (done.code, "it cannot be read (Is a directory)" in in_a_sentence(done)) == (2, True)


@needs_modes
def test_a_configuration_that_may_not_be_read_says_so(tmp_path):
    config = write_config(tmp_path, feeds=["http://127.0.0.1:1/feed.xml"], clients=["Mills"])
    config.chmod(0)
    done = held_to_modes("check", "-c", str(config))
    assert done.returncode == 2
    assert "it cannot be read (Permission denied): check the path and its permissions" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_that_resolves_inward_is_not_asked(tmp_path):
    config = write_config(tmp_path, feeds=["http://localhost:1/feed.xml"], clients=["Mills"])
    config.write_text(config.read_text().replace('["localhost:1"]', "[]"), encoding="utf-8")
    done = saying("check", "-c", config)
    assert done.code == 2
    assert "add localhost:1 to network.allow_private" in in_a_sentence(done)
