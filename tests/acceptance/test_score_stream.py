"""`listener score --jsonl`: a stream of texts for another program."""

import json
import subprocess
import sys

import pytest


def streamed(*lines):
    done = subprocess.run(
        [sys.executable, "-m", "listener", "score", "--jsonl"],
        input="".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_each_line_is_answered_in_order_with_label_score_and_reasons():
    code, answers, _ = streamed(
        {"id": 7, "text": "@BestBuy never sent my refund", "client": "Best Buy"},
        {"id": "b", "text": "switched from Acme to Globex and could not be happier", "client": "Globex"},
        {"id": None, "text": "das ist wirklich ganz schlecht und nie wieder", "client": None},
    )
    assert code == 0
    assert [(one["id"], one["label"]) for one in answers] == [
        (7, "negative"),
        ("b", "positive"),
        (None, "unknown"),
    ]
    assert answers[0]["score"] < 0
    assert "masked: @BestBuy" in answers[0]["reasons"]
    assert answers[2]["score"] is None


def test_without_a_client_the_text_is_judged_as_a_whole():
    _, [answer], _ = streamed({"id": 1, "text": "What a terrible day. The food was awful."})
    assert answer["label"] == "negative"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "line 1 is not JSON"),
        ("[1]", "line 1 holds no JSON object"),
        ({"id": 1, "text": 5}, "line 1 has a text that is no text"),
        ({"id": [1], "text": "a"}, "line 1 has an id that is neither"),
    ],
)
def test_a_wrong_line_is_told_and_costs_only_itself(line, reason):
    code, answers, told = streamed(line, {"id": 2, "text": "Mills is awful", "client": "Mills"})
    assert code == 1
    assert reason in told
    assert [one["label"] for one in answers] == ["negative"]


def test_a_name_that_is_a_pattern_or_an_emoji_is_only_a_name():
    code, answers, _ = streamed(
        {"id": 1, "text": "(.*)+ is awful", "client": "(.*)+"},
        {"id": 2, "text": "💔 opens on Monday at nine", "client": "💔"},
    )
    assert code == 0
    assert [one["label"] for one in answers] == ["negative", "neutral"]


@pytest.mark.parametrize("words", [["score"], ["score", "text"], ["score", "text", "--jsonl"]])
def test_it_says_what_it_takes(words):
    done = subprocess.run(
        [sys.executable, "-m", "listener", *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 2
    assert "--client NAME" in done.stderr
