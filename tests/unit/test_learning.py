"""What corrections teach a model: on texts that it has not seen, leaning on the base, read without the library that trained it."""

import random
import sys
from dataclasses import replace
from time import process_time

import numpy as np
import pytest
from teaching import MILLS, sentences, taught

from listener.jobs.learning import able_to_learn
from listener.scoring import grams, modelfile, training
from listener.scoring.base import BaseScorer, version, weigh
from listener.scoring.figures import Figures
from listener.scoring.learned import _raw, parts, says, told
from listener.scoring.lessons import CLASSES, Correction, lessons
from listener.scoring.regression import fit, folded, rows, space
from listener.scoring.taught import TaughtScorer, Version
from listener.scoring.weighed import Weighed


def weighed(text):
    return weigh(text=text, title=None, client=MILLS, language="en")


def correction(text, label, value=0.0):
    return Correction(weighed=Weighed(masked=text, value=value), label=label)


@pytest.fixture(scope="module")
def trained():
    return training.train(taught(sentences(150)))


@pytest.fixture(scope="module")
def scorer(trained):
    version = Version(number=3, corrections=150, model=trained.model)
    return TaughtScorer({MILLS.watch_list: version})


def score(scorer, text, client=MILLS):
    return scorer.score(text=text, title=None, client=client, language="en")


def test_it_learns_words_that_the_base_does_not_know(trained, scorer):
    assert trained.figures.taken
    assert trained.figures.model > trained.figures.base + 0.2
    others = [pair for pair in sentences(300, seed=1) if pair not in sentences(150)][:100]
    right = sum(score(scorer, text).label == label for text, label in others)
    base = sum(score(BaseScorer(), text).label == label for text, label in others)
    assert right >= 90 > base


def test_a_score_says_what_was_learned_and_from_which_words(scorer):
    made = score(scorer, "Mills: the pump gronked in the cellar no 95")
    assert made.label == "negative"
    assert made.value <= -0.05
    assert made.scorer == f"{version()}+learned.3"
    assert made.reasons[-1].startswith("learned from 150 corrections (model 3): neutral became negative: ")
    assert "gronked" in made.reasons[-1]


CONTRADICTORY = "Mills: the pump gronked, wonderful and horrible"


def test_of_what_contradicts_itself_the_corrections_decide(trained, scorer):
    assert score(BaseScorer(), CONTRADICTORY).label == "unknown"
    made = score(scorer, CONTRADICTORY)
    assert made.label == "negative"
    assert "unknown became negative" in made.reasons[-1]


def test_of_what_contradicts_itself_a_model_that_is_not_sure_says_nothing(trained):
    unsure = Version(number=3, corrections=150, model=replace(trained.model, lean=0.01))
    made = score(TaughtScorer({MILLS.watch_list: unsure}), CONTRADICTORY)
    assert (made.label, made.value) == ("unknown", None)


def test_what_stands_near_the_name_is_told_from_what_stands_afar():
    near = grams.words("late again, company said it is fine and that all of them are lost")
    assert {"late … company", "company … said"} <= near.keys()
    assert "company … lost" not in near
    assert "company … late" not in near


def test_clients_of_other_watch_lists_are_scored_by_the_base_alone(scorer):
    from builders import client

    other = client("globex", watch_list="others")
    assert score(scorer, "Globex gronked", other) == score(BaseScorer(), "Globex gronked", other)


def test_what_the_base_cannot_read_stays_unknown(scorer):
    made = score(
        scorer, "Mills: die Pumpe ist schon wieder kaputt und niemand antwortet mir auf meine Briefe"
    )
    assert (made.label, made.value) == ("unknown", None)


def test_plain_python_says_what_the_regression_says(trained):
    """The model, read back from its text, against numpy on the vectors that it was trained on."""
    pairs = sentences(150)
    found = lessons([Correction(weighed=weighed(text), label=label) for text, label in pairs])
    made = rows(found)
    spread = space(made.vectors)
    fitted = fit(spread.points, np.array([one.says for one in found]), np.array([one.trust for one in found]))
    model = modelfile.read(*modelfile.written(trained.model), base=version())
    for one, point in list(zip(found, spread.points, strict=True))[:20]:
        expected = point @ fitted.weights.T + fitted.start
        added = np.sum([add for _, add in parts(model, one.weighed)], axis=0) + model.start
        assert added == pytest.approx(expected, abs=0.01)
        assert _raw(model, one.weighed) == pytest.approx(added, abs=1e-9)


def test_the_same_corrections_give_the_same_model(trained):
    again = training.train(taught(sentences(150)))
    assert modelfile.written(again.model) == modelfile.written(trained.model)


_PLAIN = {"positive": "it is great", "negative": "it is terrible", "neutral": "it is blue"}


def test_careless_corrections_do_not_make_it_worse_where_the_base_is_right():
    """Every fifth label is a slip. Labels beyond those corrected stay as right as they were, to a hundredth of them."""
    differences = []
    for seed in range(6):
        chance = random.Random(seed)
        pairs = [(f"{text} and {_PLAIN[label]}", label) for text, label in sentences(110, seed=seed)]
        pairs = [(text.replace("gronk", "hum").replace("snerk", "hum"), label) for text, label in pairs]
        careless = [
            (text, chance.choice(CLASSES) if chance.random() < 0.2 else label) for text, label in pairs
        ]
        made = training.train(taught(careless[:60]))
        if made.model is not None:
            hits = [CLASSES[says(told(made.model, weighed(text)))] == label for text, label in pairs[60:]]
            differences.append(sum(hits) / len(hits) - 1)
    assert sum(differences) / 6 > -0.01


@pytest.mark.parametrize("count", [0, 1, 10, 20, 29])
def test_a_handful_of_corrections_changes_nothing_and_says_so(count):
    made = training.train(taught(sentences(count)))
    assert made.model is None
    assert made.figures.reason == f"{count} distinct texts are of use, and 30 are where learning begins"
    assert made.figures.sentence.endswith("kept as it is")


def test_labels_that_all_say_the_same_are_no_model():
    made = training.train(taught([(text, "negative") for text, _ in sentences(60)]))
    assert made.model is None
    assert "all say negative" in made.figures.sentence


def test_how_much_a_model_counts_grows_with_the_texts():
    leans = [training.lean(texts) for texts in (30, 100, 200, 500, 100_000)]
    assert leans == sorted(leans)
    assert leans[0] < 0.15
    assert leans[-1] == training.HIGHEST


def test_a_class_of_which_hardly_a_text_is_there_is_waited_for():
    pairs = [pair for pair in sentences(90) if pair[1] != "positive"]
    made = training.train(taught(pairs))
    assert made.figures.reason == f"fewer than 5 of {len(pairs)} texts say positive"


def test_with_many_texts_two_classes_are_enough():
    pairs = [pair for pair in sentences(340) if pair[1] != "positive"]
    made = training.train(taught(pairs))
    assert made.figures.taken
    assert CLASSES[says(told(made.model, weighed("Mills: the pump gronked today")))] == "negative"


def test_equal_texts_are_one_lesson_and_those_evenly_disputed_are_none():
    given = [
        correction("It gronked  again", "negative"),
        correction("it gronked again", "negative"),
        correction("it gronked again", "neutral"),
        correction("so so", "positive"),
        correction("so so", "negative"),
        correction("fine", "positive"),
    ]
    first, second = lessons(given)
    assert (CLASSES[first.says], round(first.trust, 3)) == ("negative", 0.333)
    assert (CLASSES[second.says], second.trust) == ("positive", 1.0)


def test_nothing_is_learned_from_unknown_or_from_what_the_base_cannot_read():
    assert lessons([correction("hm", "unknown"), correction("was soll das", "negative", value=None)]) == []


def test_folds_hold_their_part_of_each_class_and_are_the_same_each_time():
    labels = np.array([0] * 50 + [1] * 10 + [2] * 5)
    folds = folded(labels, 0)
    assert [np.bincount(folds[labels == at], minlength=5).tolist() for at in range(3)] == [
        [10] * 5,
        [2] * 5,
        [1] * 5,
    ]
    assert (folds == folded(labels, 0)).all()
    assert (folds != folded(labels, 1)).any()


def test_a_strange_text_among_the_corrections_is_no_trouble():
    strange = [
        ("", "negative"),
        ("\x00\ud800", "positive"),
        ("💔" * 4_000, "negative"),
        ("a" * 200_000, "neutral"),
    ]
    assert training.train(taught(sentences(60) + strange)).figures.corrections == 64


def test_five_hundred_corrections_cost_no_more_than_a_few_hundred_readings_of_them():
    """By CPU beside what the base takes for the same texts, since machines differ."""
    pairs = sentences(500)
    began = process_time()
    for _ in range(10):
        for text, _label in pairs:
            weighed(text)
    base = process_time() - began
    began = process_time()
    training.train(taught(pairs))
    assert process_time() - began < 60 * base + 5


def test_a_learned_score_costs_a_few_times_that_of_the_base(scorer):
    texts = [text for text, _ in sentences(300, seed=2)]

    def cost(one):
        began = process_time()
        for text in texts:
            score(one, text)
        return process_time() - began

    cost(scorer)
    assert min(cost(scorer) for _ in range(3)) < 40 * min(cost(BaseScorer()) for _ in range(3))


def test_what_was_found_is_said_in_words():
    found = Figures(corrections=120, texts=118, base=0.58, model=0.63, noise=0.02, lean=0.37, taken=True)
    assert found.sentence == (
        "with 120 corrections (118 texts of use): 0.630 against 0.580 of the base, five folds: "
        "taken over, and counts 37% against the base"
    )
    kept = Figures(corrections=1, texts=1, reason="too few")
    assert kept.sentence == "with 1 correction: too few; kept as it is"


def test_it_knows_whether_it_can_learn(monkeypatch):
    assert able_to_learn()
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert not able_to_learn()
