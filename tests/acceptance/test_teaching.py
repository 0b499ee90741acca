"""`listener label`, `listener learn` and `listener score --corrections`: what a person corrects stands, and teaches."""

import io
import json
import sys
from datetime import UTC, datetime

import pytest
from heardonce import commands, copied, heard_once
from teaching import sentences

from listener.app import opened
from listener.cli import main
from listener.config import load

NOW = datetime.now(UTC)
CONFIG = """\
database: sqlite:///listener.db
network: {{allow_private: ["{place}"]}}
watch_lists:
  - name: key-accounts
    sources:
      - rss: {{url: "http://{place}/talk.xml", every: 5m}}
    clients:
      - name: Mills
      - name: Pump
"""
PAIRS = sentences(120)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A hundred and twenty mentions of Mills; the word Pump stands in all of them, so that each is about two clients."""
    with heard_once(tmp_path_factory.mktemp("town"), CONFIG, [text for text, _ in PAIRS]) as folder:
        yield folder


@pytest.fixture
def config(town, tmp_path):
    return copied(town, tmp_path)


@pytest.fixture
def says(config):
    return commands(config)


@pytest.fixture
def mentions(says):
    def by_text(client="Mills"):
        _, printed = says("mentions", "--client", client, "--format", "jsonl")
        rows = map(json.loads, printed.splitlines())
        return {row["title"]: row for row in rows}

    return by_text


def label_all(says, mentions):
    stored = mentions()
    for wanted in ("negative", "neutral", "positive"):
        ids = [str(stored[text]["id"]) for text, label in PAIRS if label == wanted]
        assert says("label", *ids, wanted, "--client", "Mills", "--who", "dana")[0] == 0


def test_a_label_changes_the_match_and_says_what_changed(says, mentions):
    one = next(iter(mentions().values()))
    code, printed = says("label", str(one["id"]), "negative", "--client", "Mills", "--who", "dana")
    assert code == 0
    assert (
        printed
        == f"mention {one['id']} was {one['label']} toward Mills and is negative now; voices and counts follow\n"
    )
    row = mentions()[one["title"]]
    assert (row["label"], row["score"], row["reasons"][-1]) == ("negative", -1.0, "labelled negative by dana")
    assert mentions("Pump")[one["title"]]["label"] == one["label"]
    _, again = says("label", str(one["id"]), "negative", "--client", "Mills")
    assert "was negative toward Mills already" in again


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("1", "bad"), 2, "'bad' is no label: end with one of negative, neutral, positive, unknown"),
        (("negative",), 2, "name the mentions first"),
        (("one", "negative"), 2, "'one' is no mention"),
        (("-1", "negative"), 2, ""),
        (("9999", "negative"), 1, "there is no mention 9999"),
        (("9" * 40, "negative"), 2, "is no mention"),
        (("1", "negative"), 2, "mention 1 is about Mills and Pump: say toward whom with --client Mills"),
        (("1", "negative", "--client", "Globex"), 2, "there is no client 'Globex'"),
    ],
)
def test_what_cannot_be_labelled_is_said_with_the_remedy(says, words, code, sentence):
    try:
        done, printed = says("label", *words)
    except SystemExit as ended:  # argparse ends by itself
        done, printed = ended.code, ""
    assert done == code
    assert sentence in printed


def test_it_learns_a_running_program_takes_it_over_and_it_can_go_back(says, mentions, config):
    label_all(says, mentions)
    client = None
    with opened(load.load(config, environ={})) as app:
        client = next(one for one in app.plan.clients if one.name == "Mills")

        def label_of(plan):
            made = plan.intake.scorer.score(
                text="Mills: the pump gronked today no 91", title=None, client=client, language="en"
            )
            return made.label

        assert label_of(app.plan) == "neutral"
        assert app.reload(False) is None
        code, printed = says("learn", "--list", "key-accounts")
        assert code == 0
        assert printed.startswith("key-accounts: with 120 corrections (120 texts of use): ")
        assert "taken over" in printed
        assert label_of(app.reload(False)) == "negative"
        assert app.reload(False) is None
        assert says("learn", "--rollback") == (
            0,
            "key-accounts: model 1 counts no more; the base alone labels. A running daemon takes that over by itself\n",
        )
        assert label_of(app.reload(False)) == "neutral"
    code, printed = says("learn", "--rollback")
    assert (code, printed) == (
        1,
        "key-accounts: no model counts, so there is nothing to go back from: the base alone labels\n",
    )


def test_without_a_correction_or_without_the_extra_it_says_so(says, mentions, monkeypatch):
    assert says("learn") == (
        0,
        "key-accounts: nobody has corrected a label yet (listener label MENTION_ID LABEL)\n",
    )
    one = next(iter(mentions().values()))
    says("label", str(one["id"]), "negative", "--client", "Mills")
    assert says("learn")[1].startswith("key-accounts: with 1 correction: 1 distinct texts are of use")
    monkeypatch.setitem(sys.modules, "sklearn", None)
    code, printed = says("learn")
    assert code == 1
    assert "pip install 'client-listener[learn]'" in printed
    assert says("learn", "--list", "others")[0] == 2


def lines(*objects):
    return "".join(json.dumps(one) + "\n" for one in objects)


@pytest.fixture
def stream(tmp_path, monkeypatch, capsys):
    def run(corrections, texts):
        path = tmp_path / "corrections.jsonl"
        path.write_text(corrections, encoding="utf-8")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(texts.encode())))
        code = main(["score", "--jsonl", "--corrections", str(path)])
        printed = capsys.readouterr()
        return code, [json.loads(line) for line in printed.out.splitlines()], printed.err

    return run


def test_a_stream_is_scored_after_learning_from_a_file(stream):
    given = lines(*({"text": text, "client": "Mills", "label": label} for text, label in PAIRS))
    texts = lines({"id": 1, "text": "Mills: my pump gronks today no 95", "client": "Mills"})
    code, (answer,), told = stream(given, texts)
    assert code == 0
    assert answer["label"] == "negative"
    assert "taken over" in told


def test_wrong_lines_of_the_corrections_are_told_with_their_number(stream):
    wrong = "{\n\n[]\n" + lines(
        {"text": "x", "label": "bad"}, {"label": "negative"}, {"text": "x", "client": 7, "label": "neutral"}
    )
    code, answers, told = stream(wrong, lines({"id": 1, "text": "Mills is great", "client": "Mills"}))
    assert code == 0
    assert answers[0]["label"] == "positive"
    assert [line.partition(" has")[0].partition(" is")[0] for line in told.splitlines()[:5]] == [
        f"corrections line {number}" for number in (1, 3, 4, 5, 6)
    ]
    assert told.splitlines()[-1].startswith("with 0 corrections: ")


def test_a_missing_file_and_a_missing_extra_are_sentences(stream, monkeypatch, capsys):
    assert main(["score", "--jsonl", "--corrections", "/nowhere/at.all"]) == 2
    assert "cannot read the corrections in /nowhere/at.all" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "sklearn", None)
    code, answers, told = stream("", "")
    assert (code, answers) == (1, [])
    assert "pip install 'client-listener[learn]'" in told
