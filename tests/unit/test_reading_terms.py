"""What counts as a name in a text: prefixes, whole handles and tags, exact writing, the scripts of the world."""

import pytest

from listener.domain.item import Item
from listener.domain.reading import Reading, whole
from listener.domain.tree import And, Exact, Handle, In, Not, Or, Phrase, Prefix, Tag, Word


def holds(node, text, title=None):
    return Reading(Item(text=text, title=title)).holds(node)


def marked(node, text, title=None):
    spans = Reading(Item(text=text, title=title)).spans(node)
    return [whole(title, text)[start:end] for start, end in spans]


def test_a_prefix_is_the_beginning_of_a_word_and_marks_all_of_it():
    assert marked(Prefix("refund"), "Refunds, ＲＥＦＵＮＤＩＮＧ, refund! prerefund") == [
        "Refunds",
        "ＲＥＦＵＮＤＩＮＧ",
        "refund",
    ]
    assert not holds(Prefix("refund"), "a prerefunded re-fund")
    assert marked(Prefix("Mül"), "Mu\u0308llers Mulde") == ["Mu\u0308llers", "Mulde"]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (Word("Istanbul"), "İSTANBUL"),
        (Word("Diyarbakır"), "DIYARBAKIR"),
        (Word("fish"), "ﬁsh"),
        (Word("محمد"), "مُـحَـمَّـد"),
        (Word("שלום"), "שָׁלוֹם"),
        (Word("Mills"), "Mil\u00adls Mi\u200clls"),
        (Handle("mills"), "＠mills"),
        (Handle("mills"), "thanks @mills…"),
        (Handle("mills"), "@millsさん、こんにちは"),
        (Tag("mills"), "＃mills!"),
        (Tag("三井"), "late #三井 again"),
        (Word("👍"), "so 👍🏽"),
        (Word("❤"), "so ❤\ufe0f"),
        (Word("ไทย"), "ประเทศไทยสวย"),
        (Word("ລາວ"), "ປະເທດລາວງາມ"),
        (Word("ខ្មែរ"), "ភាសាខ្មែរល្អ"),
        (Word("トヨタ"), "昨日ﾄﾖﾀの車"),
        (Phrase("Yahoo!"), "Yahoo! Japan"),
        (Word("7-Eleven"), "7–Eleven"),
        (Word("हिन्दी"), "यह हिन्दी है"),
    ],
)
def test_it_finds_a_name_however_it_is_set(term, text):
    assert holds(term, text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (Tag("三井"), "#三井住友"),
        (Tag("mills"), "#millsさん"),
        (Handle("三井"), "@三井住友"),
        (Handle("mills"), "@mills.social and info@mills"),
        (Word("👍🏽"), "so 👍"),
        (Word("か"), "か\u3099"),
        (Word("हिन्द"), "हिन्दी"),
    ],
)
def test_it_does_not_take_a_part_for_the_whole(term, text):
    assert not holds(term, text)


@pytest.mark.parametrize(
    ("written", "text", "there"),
    [
        ("Google+", "google+ Google+.", True),
        ("Google+", "google+ Google", False),
        ("Mills", "mills MILLS", False),
        ("Mills", "Millstone", False),
        ("Mills", "_Mills_ and Mills’s", True),
        ("Mills Supply", "Mills \n\t Supply", True),
        ("Mills Supply", "MillsSupply", False),
        ("Müller", "Mu\u0308ller", True),
        ("Muller", "Müller", False),
        ("Mulle", "Mulle\u0301", False),
        ("O’Reilly", "O'Reilly", False),
        ("Mills", "Mi\u200blls", False),
        ("Mills", "Ｍills", False),
        ("(a.b)*", "x (a.b)* y", True),
        ("(a.b)*", "x (aXb)* y", False),
    ],
)
def test_exact_means_these_very_characters(written, text, there):
    assert holds(Exact(written), text) is there


def test_exact_marks_its_places_and_does_not_reach_over_the_barrier():
    assert marked(Exact("A A"), "A A  A", title="A") == ["A A", "A  A"]
    assert not holds(Exact("Mills Supply"), "Supply", title="Mills")


def test_a_field_looks_into_its_part_alone():
    item = Item(text="the refund", title="Mills", author=("Dana Lee", "@dana.lee"))
    reading = Reading(item)
    assert reading.holds(In("title", Word("mills")))
    assert not reading.holds(In("text", Word("mills")))
    assert reading.holds(In("text", And((Word("refund"), Not(Word("mills"))))))
    assert reading.holds(In("author", Or((Word("lee"), Word("mills")))))
    assert reading.holds(In("author", Handle("dana.lee")))
    assert not reading.holds(In("author", Phrase("Lee dana")))
    assert not reading.holds(Word("dana"))


def test_a_field_may_be_asked_one_term_at_a_time():
    reading = Reading(Item(text="Mills", title="Supply", author=("Mills",)))
    assert [reading.holds(Word("mills"), where) for where in ("title", "text", "author", None)] == [
        False,
        True,
        True,
        True,
    ]
    assert [reading.spans(Word("mills"), where) for where in ("title", "text", "author", None)] == [
        (),
        ((7, 12),),
        (),
        ((7, 12),),
    ]


def test_spans_of_a_query_are_those_of_the_terms_that_made_it_true():
    query = And((Or((Word("mills"), Word("globex"))), Not(Word("hayley")), In("title", Prefix("refund"))))
    assert marked(query, "MILLS, refund", title="Refunds") == ["Refunds", "MILLS"]
    assert marked(query, "Mills and Hayley", title="Refunds") == []
