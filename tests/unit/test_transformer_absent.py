"""What is said where the extra is not there, and what can be told of a model without it."""

import pytest

from listener.cli import main
from listener.scoring.transformer import files
from listener.scoring.transformer.labels import StrangeLabels, meanings
from listener.scoring.transformer.network import Chances
from listener.scoring.transformer.scorer import Manner, value_of
from listener.scoring.weighed import label_of

FILE = """
scoring: {transformers: mills/sentiment}
watch_lists:
  - {name: shops, sources: [hackernews], clients: [Mills]}
"""


@pytest.mark.skipif(files.installed(), reason="the extra transformers is installed")
@pytest.mark.parametrize("command", ["check", "run --once", "model status", "model fetch"])
def test_a_model_without_the_extra_is_told_with_the_command_that_installs_it(tmp_path, capsys, command):
    file = tmp_path / "config.yaml"
    file.write_text(FILE)
    assert main([*command.split(), "-c", str(file)]) in {1, 2}
    assert (
        "the extra transformers is not installed: pip install 'client-listener[transformers]'"
        in capsys.readouterr().err
    )


def test_a_configuration_without_a_model_asks_for_none(tmp_path, capsys):
    file = tmp_path / "config.yaml"
    file.write_text(FILE.replace("transformers: mills/sentiment", ""))
    assert main(["model", "status", "-c", str(file)]) == 1
    assert (
        "the configuration asks for no model: name one under scoring.transformers.model"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["negative", "neutral", "positive"], "− 0 +"),
        (["LABEL_0", "LABEL_1", "LABEL_2"], "− 0 +"),
        (["LABEL_0", "LABEL_1"], "− +"),
        (["NEG", "POS"], "− +"),
        (["Very_Negative", "Negative", "Neutral", "Positive", "Very_Positive"], "− − 0 + +"),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], "− − 0 + +"),
        (["positive", "negative"], "+ −"),
    ],
)
def test_classes_are_told_by_their_names(names, told):
    signs = {"negative": "−", "neutral": "0", "positive": "+"}
    assert " ".join(signs[one] for one in meanings(names)) == told


@pytest.mark.parametrize(
    "names", [[], ["joy", "anger"], ["positive"], ["neutral", "neutral"], [f"LABEL_{n}" for n in range(7)]]
)
def test_classes_that_are_not_of_sentiment_are_refused(names):
    with pytest.raises(StrangeLabels, match="take a model that tells negative, neutral and positive"):
        meanings(names)


@pytest.mark.parametrize(
    "chances",
    [
        (0.9, 0.05, 0.05),
        (0.4, 0.2, 0.4),
        (0.34, 0.33, 0.33),
        (0.3, 0.4, 0.3),
        (0.1, 0.5, 0.4),
        (0.0, 0.0, 1.0),
        (0.33, 0.33, 0.34),
    ],
)
def test_the_value_leads_to_the_likeliest_label(chances):
    negative, neutral, positive = chances
    told = Chances(negative=negative, neutral=neutral, positive=positive)
    assert label_of(value_of(told)) == told.best
    assert -1 <= value_of(told) <= 1


def test_the_print_of_the_manner_changes_with_all_that_changes_a_number():
    prints = [
        Manner(),
        Manner(tweets=True),
        Manner(pair=True),
        Manner(sure_from=0.6),
        Manner(languages=("de",)),
    ]
    assert len({one.print for one in prints}) == len(prints)
    assert Manner(batch=1).print == Manner().print


@pytest.mark.parametrize(
    ("model", "is_one"),
    [
        ("mills/sentiment", True),
        ("mills", False),
        ("./a/b", False),
        ("../a", False),
        ("a/b/c", False),
        ("/a", False),
        ("~/a", False),
    ],
)
def test_a_name_at_the_hub_is_told_from_a_folder(model, is_one):
    assert files.is_name(model) is is_one
