"""Which texts a query finds, and that one scan finds what asking every query would."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from randomquery import random_item, random_tree

from listener.domain import percolate
from listener.domain.anchors import anchors
from listener.domain.grammar import parse_term
from listener.domain.item import Item
from listener.domain.percolate import Percolator
from listener.domain.pricing import expected
from listener.domain.query import Query, parse_query
from listener.domain.reading import Reading, whole
from listener.domain.words import normalise, offsets


def finds(query, text, title=None):
    return [
        match.client_id
        for match in Percolator([("mills", parse_query(query))]).matches(Item(title=title, text=text))
    ] == ["mills"]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Mills", "I went to MILLS."),
        ("Mills", "Mills' refunds"),
        ("Mills", "Mills’s refunds"),
        ("Mills", "_Mills_ is late, *Mills*!"),
        ("Mills", "#Mills is late"),
        ("Mills", "ask @mills"),
        ("Mills", "https://mills.example/news"),
        ("Mills", "M\u200bi\u00adlls is late"),
        ("Mills", "Ｍｉｌｌｓ"),
        ("Müller", "bei Muller und Mu\u0308ller"),
        ("Lodz", "Łódź"),
        ("Straße", "STRASSE"),
        ('"Mills Supply"', "Mills \n\t Supply’s"),
        ("O'Reilly", "O’Reilly said"),
        ('"AT&T"', "AT&T is down"),
        ("7-Eleven", "a 7‑eleven"),
        ('"Yahoo!"', "Yahoo!! is back"),
        ("C++", "I write C++17"),
        ("@mills", "hi @Mills, hello"),
        ("@mills", "https://social.example/@mills"),
        ("@mills.example", "cc @mills.example."),
        ("#mills", "late again #Mills!"),
        ("三井", "三井住友銀行"),
        ("삼성", "삼성전자가 늦다"),
        ("Apple", "私はAppleが好き"),
        ("が", "か\u3099"),
        ("😡", "so late 😡😡"),
        ("Acme", "Acme™ and Acme®"),
        ("a.b", "A.B"),
        ("late NOT early", "Late."),
    ],
)
def test_it_finds(query, text):
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("Mills", "millstone windmills"),
        ("Mills", "@millssupply and @john_mills2"),
        ("Mills", "mills_supply.csv"),
        ("@mills", "@millssupply @mills_supply"),
        ("@mills", "@mills.bsky.social and @mills@social.example"),
        ("@mills", "mail info@mills or mills"),
        ("#mills", "#millsrefund mills"),
        ('"Mills Supply"', "Mills. Supply"),
        ('"Mills Supply"', "Supply Mills"),
        ("C++", "C and C+"),
        ('"AT&T"', "AT and T"),
        ("か", "が"),
        ("Mills NOT Hayley", "Hayley Mills at 78"),
    ],
)
def test_it_leaves_alone(query, text):
    assert not finds(query, text)


def test_a_phrase_does_not_reach_from_the_title_into_the_text():
    assert not finds('"Mills Supply"', "Supply is short", title="Windows by Mills")
    assert finds("Mills Supply", "Supply is short", title="Windows by Mills")


def test_spans_mark_the_terms_in_title_and_text_as_they_were_written():
    title, text = "Ｍills\u200b again", "So MI\u0301LLS\n supply’s late 😡 @mills"
    (match,) = Percolator([("m", parse_query('"Mills Supply" OR (Mills @mills)'))]).matches(
        Item(title=title, text=text)
    )
    marked = [whole(title, text)[mark.start : mark.end] for mark in match.explanation.spans]
    assert marked == ["Ｍills", "MI\u0301LLS", "MI\u0301LLS\n supply", "@mills", "mills"]


def test_the_reason_says_what_was_found_and_what_was_not():
    (match,) = Percolator([("m", parse_query('(Mills OR "Mills Co") NOT Hayley'))]).matches(
        Item(text="mills!")
    )
    assert match.reason == "says “Mills”, not “Hayley”"


def test_clients_come_in_the_order_of_their_queries_and_none_where_there_is_no_query():
    queries = [(name, parse_query(text)) for name, text in [("b", "late"), ("a", "Mills"), ("c", "never")]]
    assert [match.client_id for match in Percolator(queries).matches(Item(text="Mills is late"))] == [
        "b",
        "a",
    ]
    assert Percolator([]).matches(Item(text="Mills is late")) == ()


@pytest.mark.parametrize(
    "text", ["\ud800 Mills", "\0Mills\0", "Mills" + "\u0301" * 9, "", "\u0301", "Mills " * 20_000]
)
def test_odd_texts_are_texts(text):
    assert finds("Mills", text) is ("Mills" in text)


def tell(text):
    return "fr" if "refund" in text else None


def check(chance, cases):
    """How many answers were yes, where one scan found what asking each query finds."""
    found = 0
    for _ in range(cases):
        trees = [random_tree(chance) for _ in range(chance.randrange(1, 30))]
        queries = [
            (str(number), Query("", tree)) for number, tree in enumerate(trees) if anchors(tree, expected)
        ]
        percolator = Percolator(queries, tell)
        for _ in range(10):
            item = random_item(chance, chance.choice(trees))
            reading = Reading(item, tell)
            wanted = [client for client, query in queries if reading.holds(query.asked)]
            assert [match.client_id for match in percolator.matches(item)] == wanted, item
            found += len(wanted)
    return found


def test_one_scan_finds_what_asking_each_query_would():
    assert check(random.Random(4), 200) > 1_000


@pytest.mark.slow
def test_one_scan_finds_what_asking_each_query_would_a_hundred_thousand_times():
    assert check(random.Random(5), 10_000) > 50_000


def counted(answer):
    """A teller of languages that remembers what it was asked."""
    asked = []
    return asked, lambda text: asked.append(text) or answer


def test_the_language_is_found_out_once_and_only_where_a_query_needs_it():
    asked, tell = counted("fr")
    percolator = Percolator(
        [(query, parse_query(query)) for query in ("Mills lang:fr", "Mills lang:en", "Quorlax")], tell
    )
    assert percolator.matches(Item(text="Quorlax")) != ()
    assert percolator.matches(Item(text="late lang")) == ()
    assert asked == []
    assert [match.client_id for match in percolator.matches(Item(text="Mills"))] == ["Mills lang:fr"]
    assert asked == ["Mills"]


def test_a_match_that_nobody_asks_about_is_not_explained(monkeypatch):
    explained = []
    monkeypatch.setattr(percolate, "explain", lambda *asked: explained.append(asked))
    (match,) = Percolator([("mills", parse_query("Mills"))]).matches(Item(text="Mills is late"))
    assert explained == []
    _ = match.explanation
    assert [client for client, _, _ in explained] == ["mills"]


def test_threads_that_share_it_find_the_same():
    chance = random.Random(6)
    trees = [random_tree(chance) for _ in range(60)]
    percolator = Percolator(
        [(str(number), Query("", tree)) for number, tree in enumerate(trees) if anchors(tree, expected)]
    )
    items = [random_item(chance, chance.choice(trees)) for _ in range(200)]
    alone = [[match.client_id for match in percolator.matches(item)] for item in items]
    with ThreadPoolExecutor(4) as threads:
        together = threads.map(
            lambda item: [match.client_id for match in percolator.matches(item)], items * 4
        )
        assert list(together) == alone * 4


def test_it_goes_on_answering_while_others_are_compiled_beside_it():
    running = Percolator([("mills", parse_query("Mills"))])
    made = []
    maker = Thread(
        target=lambda: made.append(
            Percolator([(str(number), parse_query(f"Quorlax{number} late")) for number in range(5_000)])
        )
    )
    maker.start()
    answered = 0
    while maker.is_alive():
        assert len(running.matches(Item(text="Mills is late"))) == 1
        answered += 1
    maker.join()
    assert len(made[0]) == 5_000
    assert answered > 100


def test_queries_in_a_context_rest_on_the_cheaper_of_the_two():
    query = parse_query("Best")
    percolator = Percolator([("best", Query(query.text, query.tree, any_of=(parse_term("Quorlax"),)))])
    texts = ["the best", "Quorlax", "the best Quorlax"]
    assert [len(percolator.matches(Item(text=text))) for text in texts] == [0, 0, 1]


@given(
    st.text(
        st.one_of(st.sampled_from("aA é\u0301 \n\x1f’ßİﬁ가\u1100\u1161か\u3099™"), st.characters()),
        max_size=30,
    )
)
def test_every_folded_character_knows_where_it_came_from(text):
    folded = normalise(text)
    starts, ends = offsets(text, folded)
    assert len(starts) == len(ends) == len(folded)
    for character, start, end in zip(folded, starts, ends, strict=True):
        assert character in (normalise(text[start:end]) or " ")


def test_it_compiles_a_query_of_thousands_of_alternatives_within_a_second():
    names = [f"w{number}" for number in range(3_000)]
    query = parse_query(f"({' OR '.join(names)}) NOT late")
    begun = process_time()
    percolator = Percolator([("mills", query)])
    assert process_time() - begun < 1
    assert [match.client_id for match in percolator.matches(Item(text="so says w2999"))] == ["mills"]
    assert not percolator.matches(Item(text="so says w2999, late"))
