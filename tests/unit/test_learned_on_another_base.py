"""What corrections teach leans on whatever labels without them: the built-in base, or a bigger scorer over it."""

import pytest
from builders import client
from teaching import MILLS, Warm, sentences

from listener.domain.sentiment import Ask, ManyAtOnce, scores
from listener.scoring.base import BaseScorer
from listener.scoring.lessons import Correction
from listener.scoring.taught import TaughtScorer, Version
from listener.scoring.training import train_on

GLOBEX = client("globex", watch_list="others")


def asked(text, who=MILLS):
    return Ask(text=text, title=None, client=who, language="en")


def trained(base, pairs):
    weighed = base.weigh_all([asked(text) for text, _ in pairs])
    those = [Correction(weighed=one, label=label) for one, (_, label) in zip(weighed, pairs, strict=True)]
    return train_on(those, given=len(those), base=base.version)


@pytest.fixture(scope="module")
def scorer():
    made = trained(Warm(), sentences(150))
    assert made.figures.taken
    assert made.model.base == "warm.1"
    learned = Version(number=3, corrections=150, model=made.model)
    return TaughtScorer({MILLS.watch_list: learned}, Warm())


def said(scorer, text, who=MILLS):
    return scores(scorer, [asked(text, who)])[0]


def test_a_correction_changes_what_the_bigger_scorer_says(scorer):
    made = said(scorer, "Mills: the pump gronked in the cellar no 95")
    assert made.label == "negative"
    assert made.scorer == "warm.1+learned.3"
    assert made.reasons[0] == "it sounds warm"
    assert made.reasons[1].startswith("learned from 150 corrections (model 3): positive became negative: ")


def test_other_lists_and_what_it_cannot_read_stay_with_it(scorer):
    globex = said(scorer, "Globex gronked today", GLOBEX)
    assert (globex.label, globex.value, globex.scorer) == ("positive", 0.4, "warm.1")
    unread = said(scorer, "Mills: quoi, the pump gronked")
    assert (unread.label, unread.value, unread.scorer) == ("unknown", None, "warm.1+learned.3")


def test_each_client_s_version_is_that_of_its_scores(scorer):
    assert scorer.version == "warm.1+learned+key-accounts.3"
    for who in (MILLS, GLOBEX):
        assert scorer.version_for(who) == said(scorer, f"{who.name} gronked", who).scorer
    assert BaseScorer().version_for(MILLS) == BaseScorer().version


def test_a_page_is_scored_as_one_by_one(scorer):
    asks = [asked(text) for text, _ in sentences(40, seed=4)] + [asked("Globex gronked", GLOBEX)]
    assert isinstance(scorer, ManyAtOnce)
    assert scores(scorer, asks) == [
        scorer.score(text=one.text, title=one.title, client=one.client, language=one.language) for one in asks
    ]
