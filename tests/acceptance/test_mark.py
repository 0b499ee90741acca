"""`listener mark`: a person's word removes or adds matches, becomes an example, and asks for a change of the context."""

import json
import re
from datetime import UTC, datetime

import pytest
from heardonce import commands, copied, heard_once

NOW = datetime.now(UTC)
BANKS = [
    "the river bank was muddy after the flood and the fishing was good",
    "we sat on the grassy river bank with our fishing rods",
    "a heron stood on the river bank near the reeds",
    "the flood washed the river bank away and the reeds with it",
    "children fishing from the bank of the river caught a trout",
    "reeds grow along the muddy bank of the river",
]
MONEY = [
    "the bank charged me a fee for my account again",
    "my bank account was closed without a letter about the loan",
    "the bank refused my loan and kept the fee",
    "a loan from this bank costs a fee every month",
    "the bank sent a letter about my account and the loan rate",
    "interest on the account at this bank is low, the fee is high",
]
CONFIG = """\
database: sqlite:///listener.db
network: {{allow_private: ["{place}"]}}
watch_lists:
  - name: key-accounts
    sources:
      - rss: {{url: "http://{place}/talk.xml", every: 5m}}
    clients:
      - name: Bank
        query: bank
        examples: {{match: ["I opened an account at the bank"]}}
      - name: Globex
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Six sentences about a river bank, six about the client, all stored as its matches; the place stays open."""
    with heard_once(
        tmp_path_factory.mktemp("town"),
        CONFIG,
        [text for pair in zip(BANKS, MONEY, strict=True) for text in pair],
    ) as folder:
        yield folder


@pytest.fixture
def config(town, tmp_path):
    return copied(town, tmp_path)


@pytest.fixture
def says(config):
    return commands(config)


@pytest.fixture
def tells(says):
    """The same as the objects that it prints."""

    def run(name, *words):
        code, printed = says(name, *words, "--format", "jsonl")
        assert code == 0, printed
        return [json.loads(line) for line in printed.splitlines()]

    return run


@pytest.fixture
def numbers(tells):
    """The numbers of the client's stored matches with these texts."""
    return lambda texts: [
        str(one["id"]) for one in tells("mentions", "--client", "Bank") if one["title"] in texts
    ]


def test_a_match_that_is_marked_goes_and_no_poll_brings_it_back(tells, says, numbers):
    wrong = numbers(BANKS[:1])
    (done,) = tells("mark", *wrong, "--not-about", "Bank")
    assert done["changed"] == done["marked"] == [int(wrong[0])]
    assert not numbers(BANKS[:1])
    assert says("run", "--once", "--all")[0] == 0
    assert not numbers(BANKS[:1])
    assert len(tells("mentions", "--client", "Bank")) == 11


def test_a_mention_can_be_added_to_a_client_that_it_does_not_name(tells, numbers):
    (number,) = numbers(MONEY[:1])
    (done,) = tells("mark", number, "--about", "Globex", "--who", "dana")
    assert done["changed"] == [int(number)]
    (added,) = tells("mentions", "--client", "Globex")
    assert added["reasons"][0] == "marked as about Globex by dana"
    assert tells("mark", number, "--about", "Globex")[0]["changed"] == []


def test_what_was_marked_becomes_a_test_of_the_query_beside_the_persons_own_file(
    config, says, tells, numbers
):
    before = config.read_bytes()
    tells("mark", *numbers(BANKS[:1]), "--not-about", "Bank", "--who", "dana")
    assert config.read_bytes() == before
    assert BANKS[0] in (config.parent / "config.marks.yaml").read_text(encoding="utf-8")
    code, said = says("check")
    assert (code, "config.marks.yaml" in said) == (1, True)
    tells("mark", *numbers(BANKS[1:5]), "--not-about", "Bank")
    tells("mark", *numbers(MONEY[:5]), "--about", "Bank")
    tells("mark", "--accept", "Bank")
    assert says("check")[0] == 0


def test_the_proposal_says_what_it_would_drop_and_an_accepted_one_counts(says, tells, numbers):
    tells("mark", *numbers(BANKS[:3]), "--not-about", "Bank")
    _, said = says("mark", *numbers(MONEY[:2]), "--about", "Bank")
    assert "proposal for the context of Bank (3 about it, 3 not):" in said
    assert "none_of: [" in said
    assert re.search(
        r"it would drop [1-3] of 9 stored matches and [1-3] of 3 that are marked as not about Bank", said
    )
    (done,) = tells("mark", "--accept", "Bank")
    assert done["accepted"]
    excluded = done["proposal"]["none_of"][0].strip("*")
    assert "its context excludes" in says("explain", "--client", "Bank", f"the bank by the {excluded}")[1]


def test_a_mark_of_what_the_query_does_not_find_teaches_nothing_and_says_that_they_disagree(
    says, tells, numbers
):
    (number,) = numbers(MONEY[:1])
    (done,) = tells("mark", number, "--not-about", "Globex")
    assert (done["changed"], done["proposal"]) == ([], None)
    _, said = says("mark", number, "--about", "Globex")
    assert "the query does not agree on 1 of them yet" in said
    assert "the query does not agree" not in says("mark", number, "--about", "Bank")[1]


def test_the_marks_that_would_teach_most_are_suggested(tells, numbers):
    suggested = tells("mark", "--suggest", "Bank")
    assert 1 <= len(suggested) <= 5
    assert {one["id"] for one in suggested} <= {int(one) for one in numbers(BANKS + MONEY)}


@pytest.mark.parametrize(
    ("words", "wanted", "sentence"),
    [
        (["999", "--not-about", "Bank"], 1, "there is no mention 999"),
        (["1", "--not-about", "Nobody"], 2, "there is no client 'Nobody'"),
        (["1"], 2, "say one of --not-about CLIENT"),
        (["--not-about", "Bank"], 2, "name the mentions to mark"),
        (["1", "--accept", "Bank"], 2, "--accept takes a client and no mentions"),
        (["--accept", "Bank"], 1, "there is nothing to accept for Bank"),
        (["1", "--about", "Bank", "--not-about", "Bank"], 2, "say one of"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(config, says, words, wanted, sentence):
    code, said = says("mark", *words)
    assert (code, sentence in said) == (wanted, True), said
    assert not (config.parent / "config.marks.yaml").exists()
