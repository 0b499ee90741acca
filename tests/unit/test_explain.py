"""Why a query is true of an item, or what it lacks, in sentences for people."""

import json
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.explain import Explanation, explain, nearest
from listener.domain.explain_lacks import lacking
from listener.domain.grammar import parse_term, parse_tree
from listener.domain.item import Item
from listener.domain.query import Query, parse_query
from listener.domain.reading import Reading, whole
from listener.domain.tree import And, Not, Or, Word, all_of, any_of, negation, terms


def asked(query, text, *, context=(), excluded=(), **fields):
    parsed = parse_query(query)
    full = Query(parsed.text, parsed.tree, tuple(map(parse_term, context)), tuple(map(parse_term, excluded)))
    return explain("mills", full, Reading(Item(text=text, **fields)))


def marked(explanation, text, title=None):
    return [(whole(title, text)[one.start : one.end], one.term, one.excluded) for one in explanation.spans]


MATCHES = [
    ("Mills", "Mills is late", "says “Mills”", "Mills"),
    (
        'Mills OR "Mills Lumber" OR "mills lumber co"',
        "Mills Lumber again",
        "says “Mills Lumber”",
        '"Mills Lumber"',
    ),
    ("Mills refund", "a refund by Mills", "says “Mills” and “refund”", "Mills AND refund"),
    (
        'Mills (refund OR "charged twice") -Hayley',
        "Mills charged twice",
        "says “Mills” and “charged twice”, not “Hayley”",
        'Mills AND "charged twice" AND NOT Hayley',
    ),
    (
        "Mills NOT (Hayley OR Juliet OR John OR Crispin OR Kerry)",
        "Mills",
        "says “Mills”, not one of “Hayley”, “Juliet”, “John” or 2 more",
        "Mills AND NOT (Hayley OR Juliet OR John OR Crispin OR Kerry)",
    ),
]


@pytest.mark.parametrize(("query", "text", "reason", "clause"), MATCHES)
def test_a_match_says_what_made_it_true(query, text, reason, clause):
    found = asked(query, text)
    assert (found.matched, found.reason, found.clause) == (True, reason, clause)
    assert (found.lacking, found.distance) == ((), 0)


def test_the_context_that_decided_is_named_as_context():
    found = asked("square", "a square till in the store", context=["payments", "store"])
    assert found.reason == "says “square”; “store” is its context"
    assert found.clause == "square AND store"
    assert ("store", "store", False) in marked(found, "a square till in the store")


FIELDS = {
    "title": "Mills Lumber, again",
    "author": ("Jane Roe", "@jane"),
    "site": "globe.example",
    "language": "fr",
    "source": "Globe business",
    "kind": "rss",
    "url": "https://globe.example/sports/1",
    "links": ("https://shop.mills.example/",),
    "reach": 1200,
}
FIELD_TEXT = "They were refunding no one at Google+ for three long weeks, Mills said"

FIELD_MATCHES = [
    ("Mills refund*", "says “Mills” and “refund*” (“refunding”)", "Mills AND refund*"),
    ("title:lumber", "says “lumber” in the title", "title:lumber"),
    (
        "title:(lumber again)",
        "says “lumber” in the title and “again” in the title",
        "title:lumber AND title:again",
    ),
    ("Mills author:jane", "says “Mills”, is by “jane”", "Mills AND author:jane"),
    ("domain:mills.example", "links to “mills.example”", "domain:mills.example"),
    ("Mills lang:(en OR fr)", "says “Mills”, has lang fr", "Mills AND lang:fr"),
    (
        "Mills site:globe.example followers:>1k",
        "says “Mills”, has site globe.example and 1,001 or more followers",
        None,
    ),
    ("Mills -site:mills.example", "says “Mills”, not site mills.example", None),
    ("Mills -title:refund", "says “Mills”, not “refund” in the title", "Mills AND NOT title:refund"),
    ('exact:"Google+"', "says “Google+” as written", 'exact:"Google+"'),
    ("refund* NEAR/4 google", "says “refund*” near “google”", "refund* NEAR/4 google"),
]


@pytest.mark.parametrize(("query", "reason", "clause"), FIELD_MATCHES)
def test_a_match_in_a_field_says_in_which(query, reason, clause):
    found = asked(query, FIELD_TEXT, **FIELDS)
    assert (found.matched, found.reason) == (True, reason)
    assert clause is None or found.clause == clause


FIELD_LACKS = [
    ("title:refunding", "“refunding” stands in the text, not in the title"),
    ("text:lumber", "“lumber” stands in the title, not in the text"),
    ("title:acme", "“acme” in the title is missing"),
    ("author:bob", "the author is “Jane Roe”, not “bob”"),
    ("author:(bob OR al)", "the author is “Jane Roe”, not “bob” or “al”"),
    ("Mills lang:en", "the language is “fr”, not “en”"),
    ("Mills lang:(en OR de)", "the language is “fr”, not “en” or “de”"),
    ("Mills kind:mastodon", "the kind is “rss”, not “mastodon”"),
    ("Mills source:times", "the source is “Globe business”, not “times”"),
    ("site:times.example", "the site is “globe.example”, not “times.example”"),
    ("url:/news/", "the address is “https://globe.example/sports/1”, not “/news/”"),
    ("Mills followers:>5k", "the author has 1,200 followers, not 5,001 or more followers"),
    ("Mills -lang:fr", "lang fr is excluded"),
    ("Mills -author:jane", "“jane” as the author is excluded"),
    ('exact:"google+"', "“google+” stands only as “Google+”"),
    ("refund* NEAR/2 google", "“refund*” and “google” stand 3 words apart, NEAR/2 lets 2"),
    ("google ONEAR/5 refund*", "“refund*” stands before “google”, ONEAR/5 wants it behind"),
    (
        "lumber NEAR/50 refund*",
        "“lumber” and “refund*” do not stand in one part of the item as NEAR/50 wants",
    ),
    ("refund* NEAR/9 acme", "“acme” is missing"),
    ("Mills NOT (refund* NEAR/9 google)", "“refund*” near “google” stands there and must not"),
]


@pytest.mark.parametrize(("query", "lacking"), FIELD_LACKS)
def test_a_miss_in_a_field_says_what_is_there_instead(query, lacking):
    found = asked(query, FIELD_TEXT, **FIELDS)
    assert found.lacking == (lacking,)


UNKNOWN = [
    ("author:bob", "the author is unknown, not “bob”"),
    ("Mills lang:en", "the language is unknown, not “en”"),
    ("Mills followers:<10", "it is not known that the author has at most 9 followers"),
]


@pytest.mark.parametrize(("query", "lacking"), UNKNOWN)
def test_a_fact_that_nobody_knows_is_called_unknown(query, lacking):
    assert asked(query, "Mills").lacking == (lacking,)


def test_only_places_in_the_field_are_marked():
    found = asked("title:mills", "Mills, Mills", title="The Mills case")
    assert [(one.start, one.end) for one in found.spans] == [(4, 9)]


def test_of_a_near_only_the_places_near_each_other_are_marked():
    text = "Mills here. A long way off Mills gave a refund."
    assert [one.start for one in asked("Mills NEAR/3 refund", text).spans] == [27, 40]


LACKS = [
    ("Mills refund", "a refund", ["“Mills” is missing"]),
    ("Mills refund late", "Mills", ["“refund” is missing", "“late” is missing"]),
    ("Mills (a OR b OR c OR d OR e)", "Mills", ["one of “a”, “b”, “c” or 2 more is missing"]),
    ("Mills ((a b c) OR (d e) OR (f g h))", "Mills e", ["“d” is missing"]),
    ("Mills -pie", "Mills pie", ["“pie” stands there and must not"]),
    ("Mills NOT (pie OR tart)", "Mills tart", ["“tart” stands there and must not"]),
    ("@mills", "ask @millssupply, they know", ["“@mills” stands only inside “@millssupply”"]),
    ("#mills", "so #millsfail", ["“#mills” stands only inside “#millsfail”"]),
]


@pytest.mark.parametrize(("query", "text", "lacking"), LACKS)
def test_a_miss_says_the_least_that_was_lacking(query, text, lacking):
    found = asked(query, text)
    assert not found.matched
    assert list(found.lacking) == lacking
    assert found.distance == len(lacking)


def test_a_miss_names_the_clause_that_failed():
    assert asked("Mills (refund OR late) -pie", "Mills pie").clause == "(refund OR late) AND NOT pie"


def test_a_context_that_is_not_there_is_what_was_lacking():
    found = asked("square", "square feet", context=["payments", "store", "till", "shop"])
    assert found.lacking == ("none of its context words (payments, store, till, …) stands there",)


def test_a_context_that_excludes_is_named_with_what_stands_there():
    found = asked("apple", "apple pie", excluded=["pie"])
    assert found.lacking == ("its context excludes “pie”, which stands there",)
    assert marked(found, "apple pie") == [("apple", "apple", False), ("pie", "pie", True)]


def test_what_stands_there_though_it_must_not_is_marked_apart():
    assert marked(asked("Mills -pie", "Mills pie, pie"), "Mills pie, pie") == [
        ("Mills", "Mills", False),
        ("pie", "pie", True),
        ("pie", "pie", True),
    ]


def test_places_count_in_title_and_text_together():
    found = asked("Mills refund", "no refund", title="Mills")
    assert marked(found, "no refund", "Mills") == [("Mills", "Mills", False), ("refund", "refund", False)]


def test_at_most_fifty_places_are_marked():
    assert len(asked("Mills", "Mills " * 1000).spans) == 50


def test_a_long_list_of_things_lacking_is_cut_and_still_counted():
    found = asked(" ".join(f"w{n}" for n in range(100)), "w0")
    assert found.lacking[-1] == "79 more"
    assert found.distance == 99


def test_the_nearest_misses_lack_least_and_other_subjects_are_none():
    def named(client, query):
        return explain(client, parse_query(query), Reading(Item(text="Mills sent no refund to @ann_b")))

    found = [
        named("five", "Mills a b c d e"),
        named("match", "Mills"),
        named("stranger", "Acme"),
        named("one", "Mills pie"),
        named("handle", "@ann"),
        named("more", "Mills refund pie"),
    ]
    assert [one.client_id for one in nearest(found)] == ["more", "one", "handle", "five"]


def test_what_is_stored_is_the_reason_the_clause_and_the_places():
    assert asked("Mills", "Mills").to_json() == {
        "reason": "says “Mills”",
        "clause": "Mills",
        "spans": [[0, 5, "Mills"]],
    }


def test_what_is_stored_is_read_back_as_it_was():
    found = asked('Mills "late again" -pie', "Mills is late again")
    assert Explanation.of_json("mills", json.loads(json.dumps(found.to_json()))) == found


WORDS = "abcdef"


def trees():
    leaves = st.sampled_from(WORDS).map(Word)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(negation),
            st.lists(inner, min_size=2, max_size=4).map(all_of),
            st.lists(inner, min_size=2, max_size=4).map(any_of),
        ),
        max_leaves=12,
    )


TEXTS = st.sets(st.sampled_from(WORDS)).map(lambda words: " ".join(sorted(words)))


@given(trees(), TEXTS)
def test_an_explanation_agrees_with_the_query_and_a_miss_always_lacks_something(tree, text):
    reading = Reading(Item(text=text))
    found = explain("mills", Query("", tree), reading)
    assert found.matched is reading.holds(tree)
    assert found.matched is not bool(found.lacking)
    assert found.reason
    assert found.clause


@given(trees(), TEXTS)
def test_the_clause_of_a_match_is_true_of_the_text_and_that_of_a_miss_is_not(tree, text):
    reading = Reading(Item(text=text))
    found = explain("mills", Query("", tree), reading)
    assert reading.holds(parse_tree(found.clause)) is found.matched


@given(trees(), st.sets(st.integers(0, 11)))
def test_a_text_that_is_given_what_was_lacking_matches(tree, standing):
    """Each leaf is a word of its own here: else a query can ask for what it excludes."""
    numbers = count()
    own = _renamed(tree, numbers)
    words = {f"w{number}" for number in standing}
    for lack in lacking(Reading(Item(text=" ".join(words))), Query("", own)):
        words -= {word.text for word, _ in terms(lack.amiss)} if lack.amiss else set()
        words |= {lack.any_of[-1].text} if lack.any_of else set()
    assert explain("mills", Query("", own), Reading(Item(text=" ".join(words)))).matched


def _renamed(node, numbers):
    if isinstance(node, Not):
        return Not(_renamed(node.part, numbers))
    if isinstance(node, And | Or):
        return type(node)(tuple(_renamed(part, numbers) for part in node.parts))
    return Word(f"w{next(numbers)}")
