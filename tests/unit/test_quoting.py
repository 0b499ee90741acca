"""Quotations, replies, and names in small letters: whose words they are and whom they are about."""

import time

import pytest
from builders import client

from listener.scoring.base import BaseScorer
from listener.scoring.others import rivals
from listener.scoring.quoting import quotations
from listener.scoring.sentence import read

MILLS, GLOBEX = client(), client("globex")


def scored(text, who=MILLS):
    return BaseScorer().score(text=text, title=None, client=who, language="en")


def quoted(text):
    return [(text.split()[one.words.start : one.words.stop], one.why) for one in quotations(read(text, ()))]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Globex said: 'Mills is terrible'", "negative"),
        ('Customers wrote "Mills never sent my refund"', "negative"),
        ('Customers of Mills wrote "they never sent my refund"', "negative"),
        ("“They lost my bag and were rude”, Jane Doe said of Mills", "negative"),
        ("Mills is »terrible and rude«, she said", "negative"),
        ("„They lost my bag“, she said of Mills", "negative"),
        ("Mills 'terrible', says regulator", "negative"),
    ],
)
def test_what_others_are_quoted_to_say_of_the_client_is_said_of_it(text, label):
    assert scored(text).label == label


@pytest.mark.parametrize(
    "text",
    [
        'Mills said: "Our service is wonderful and everybody loves it"',
        "“Our service is wonderful and everybody loves it”, said a spokesman for Mills on Monday",
        "'We are thrilled with the great results', Mills's chief said",
        "Mills: «we are the best and friendliest shop»",
        'Mills told reporters: "our great people make me proud"',
    ],
)
def test_what_a_client_says_of_itself_is_no_praise(text):
    told = scored(text)
    assert told.label == "neutral"
    assert told.reasons[-1].startswith("quoted: “")
    assert told.reasons[-1].endswith("is the client's own word")


@pytest.mark.parametrize(
    "text", ['Mills told me "your order is lost"', "“your refund was refused”, Mills wrote to us today"]
)
def test_what_a_client_answers_to_who_writes_is_a_complaint(text):
    assert scored(text).label == "negative"


def test_what_a_client_admits_is_not_taken_from_it():
    assert scored('Mills admitted "we failed our customers"').label == "negative"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('Customers of Mills wrote "Globex is a terrible and rude shop"', "is about somebody else"),
        ('While Mills was open Ann wrote "never again Globex, terrible and rude"', "is about somebody else"),
        (
            "Globex said “our year was terrible and we lost our way” while Mills was open",
            "is somebody else's of itself",
        ),
    ],
)
def test_what_is_quoted_of_somebody_else_counts_little(text, why):
    told = scored(text)
    assert told.value > scored("Mills is a terrible and rude shop").value
    assert why in told.reasons[-1]


@pytest.mark.parametrize(
    "text",
    [
        'Mills paid for the film "Terrible Love, Awful Hate"',
        "Mills bought the song «Bad Terrible Love» for its advert",
        'Mills is in a book entitled "The Worst Scam"',
    ],
)
def test_a_title_says_nothing(text):
    assert scored(text).label == "neutral"


@pytest.mark.parametrize(
    "text",
    [
        'the "terrible" service of Mills',
        "Mills with its 'terrible' people",
        "so-called “service” of Mills: awful",
    ],
)
def test_a_word_in_quotation_marks_keeps_its_weight(text):
    assert scored(text).label == "negative"


@pytest.mark.parametrize(
    "text",
    [
        "the customers' money and the '90s in one sentence' then",
        'a screen of 9" and one of 12" by company is bad and rude',
        "it's don't 'em 's company ' and the others' things",
        '"',
        "' '",
        "”",
    ],
)
def test_a_mark_that_is_no_quotation_mark_takes_nothing_away(text):
    assert quoted(text) == []


def test_a_quotation_that_does_not_end_ends_with_its_sentence():
    assert quoted('company said "we are so happy and glad') == [
        (['"we', "are", "so", "happy", "and", "glad"], "is the client's own word")
    ]
    assert quoted("we are happy and glad”, said company") == [
        (["we", "are", "happy", "and", "glad”,"], "is the client's own word")
    ]


def test_the_handles_that_a_reply_begins_with_name_nobody():
    alone = scored("I hate waiting, Mills never came")
    assert scored("@globex @bob I hate waiting, Mills never came").value == alone.value
    assert (
        scored("Mills was late but @globex was wonderful").value
        < scored("Mills was late but it was wonderful").value
    )


@pytest.mark.parametrize(
    "text", ["@mills thanks", "@globex @mills thanks", "@mills thanks for the help, you rock"]
)
def test_a_reply_to_the_client_is_about_it(text):
    assert scored(text).label == "positive"


@pytest.mark.parametrize(
    ("text", "mills", "globex"),
    [
        ("switched from mills to globex because globex is wonderful", "negative", "positive"),
        ("globex is wonderful, so i switched from mills to globex", "negative", "positive"),
        ("globex is better than mills", "negative", "positive"),
        ("mills > globex", "positive", "negative"),
        ("i left mills for globex and it is wonderful", "negative", "positive"),
        ("i would take mills over globex, globex was awful", "positive", "negative"),
        ("mills vs globex: globex is awful, mills is nice", "positive", "negative"),
        ("unlike globex, mills is nice and wonderful", "positive", "negative"),
    ],
)
def test_a_rival_in_small_letters_is_known_by_its_place(text, mills, globex):
    assert scored(text).label == mills
    assert scored(text, GLOBEX).label == globex


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("i switched from company to globex, at last", {"globex"}),
        ("moved from globex to company", {"globex"}),
        ("company is better than globex", {"globex"}),
        ("globex is so much better than company", set()),
        ("globex is better than company", {"globex"}),
        ("unlike globex company answers", {"globex"}),
        ("company instead of globex", {"globex"}),
        ("globex beats company", {"globex"}),
        ("company vs globex", {"globex"}),
        ("company is better than expected", set()),
        ("company is better than ever", set()),
        ("company is better than a bank", set()),
        ("the way from company to home", set()),
        ("moved from company to cheap service", set()),
        ("company over 3 days", set()),
        ("unlike most shops company answers", set()),
        ("@ann company is nicer than @globex", {"globex"}),
    ],
)
def test_names_are_taken_from_their_place_only_where_it_is_certain(text, names):
    assert rivals(read(text, ())) == names


@pytest.mark.parametrize(
    "unit", ['"a ', "“a b c ", "'a ", "@a ", "than a, ", "from company to a, ", "a” said company "]
)
def test_quotations_and_names_take_their_time_in_proportion(unit):
    text = "company is, and " + unit * 20_000
    scored("warm and good")
    spent = []
    for _ in range(3):
        began = time.process_time()
        scored(text)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.05
