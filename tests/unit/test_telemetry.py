"""What the log may hold: one line a fact, no secrets, nothing that looks like another record or speaks to a terminal."""

import io
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from listener.telemetry import LOG, REDACTION, Metrics, Redaction, say, start_logging

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def log():
    """Everything that is logged meanwhile; the process's own logging is put back after it."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, LOG.level, REDACTION._secrets)
    stream = io.StringIO()
    start_logging(verbose=True, stream=stream)
    yield stream.getvalue
    root.handlers[:], REDACTION._secrets = before[0], before[3]
    root.setLevel(before[1])
    LOG.setLevel(before[2])


def test_a_fact_is_one_line_of_keys_and_values(log):
    say("polled", kind="rss", reason='said "no" to us', count=3)
    assert log().endswith(' INFO polled kind=rss reason="said \\"no\\" to us" count=3\n')


def broken(words):
    """Log a fault with its traceback."""

    def fail():
        raise ValueError(words)

    try:
        fail()
    except ValueError:
        LOG.exception("fault")


def test_a_secret_is_hidden_at_every_level_and_in_tracebacks(log):
    REDACTION.learn(["sesame-open-4711"])
    LOG.debug("trying %s", "sesame-open-4711")
    logging.getLogger("elsewhere").error("it was sesame-open-4711")
    broken("no sesame-open-4711 here")
    assert "sesame" not in log()
    assert log().count("***") == 3


def test_the_longer_of_two_secrets_is_hidden_whole():
    assert Redaction(["secret-1", "secret-1-and-more"]).clean("a secret-1-and-more b") == "a *** b"


def test_short_values_hide_no_words():
    assert Redaction(["a", "from", ""]).clean("a word from us") == "a word from us"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("GET https://x.example/a/b?token=1#top now", "GET https://x.example/a/b now"),
        ("to postgresql://dana:hush@db/x", "to postgresql://***@db/x"),
        ("see https://x.example", "see https://x.example"),
    ],
)
def test_addresses_lose_queries_and_passwords(text, left):
    assert Redaction().clean(text) == left


def test_what_is_only_hidden_keeps_its_queries():
    assert (
        Redaction(["token-1"]).hide("https://x.example/?q=Mills&t=token-1")
        == "https://x.example/?q=Mills&t=***"
    )


def test_hostile_text_makes_no_second_record_and_no_colours(log):
    say("heard", text="calm\n2026-03-02 12:00:00 ERROR forged\x1b[31m \u202eback")
    assert len(log().splitlines()) == 1
    assert not {"\x1b", "\u202e"} & set(log())


def test_a_traceback_has_no_line_that_looks_like_a_record(log):
    broken("x\n2026-03-02 12:00:00 ERROR forged \x1b[31m")
    head, *rest = log().splitlines()
    assert head.endswith("ERROR fault")
    assert all(line.startswith("  ") for line in rest)
    assert "\x1b" not in log()


def test_libraries_speak_only_when_it_matters(log):
    logging.getLogger("httpx").info("HTTP Request: POST https://hooks.slack.com/services/T/B/x")
    logging.getLogger("apscheduler.scheduler").warning("maximum number of running instances")
    logging.getLogger("httpx").warning("this matters")
    assert log().count("\n") == 1
    assert "this matters" in log()


def test_without_verbose_no_debugging_is_said(log):
    stream = io.StringIO()
    start_logging(stream=stream)
    LOG.debug("detail")
    LOG.info("fact")
    assert stream.getvalue().endswith("INFO fact\n")
    assert "detail" not in stream.getvalue()


def test_two_sets_of_metrics_live_side_by_side():
    one, two = Metrics(), Metrics()
    one.mentions.inc(3)
    assert one.registry.get_sample_value("listener_mentions_total") == 3
    assert two.registry.get_sample_value("listener_mentions_total") == 0


@pytest.mark.parametrize(
    ("die_at", "lived"), [("here:2", "1\n"), ("here", ""), ("elsewhere", "1\n2\n"), ("", "1\n2\n")]
)
def test_it_dies_at_the_boundary_that_is_named_and_nowhere_else(die_at, lived):
    script = (
        "from listener.telemetry import boundary\nfor n in (1, 2): boundary('here'); print(n, flush=True)"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LISTENER_DIE_AT": die_at}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.stdout == lived
    assert done.returncode == (0 if lived == "1\n2\n" else -signal.SIGKILL)
