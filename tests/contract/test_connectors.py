"""One suite over every connector file: what the contract promises holds for each, by its recorded exchanges."""

from __future__ import annotations

import random

import pytest
from placewords import seen, shows
from playing import (
    FILES,
    ROOT,
    each_kind,
    each_recording,
    once_a_kind,
    searching,
)
from randomquery import random_item, random_term, random_tree

from listener.connector import registry
from listener.connector.testing import Recording, suite
from listener.domain.query import Query, parse_query
from listener.domain.tree import printed


@each_kind
def test_it_has_recorded_exchanges_that_bring_items(kind):
    recordings = [Recording.load(path) for path in FILES[kind]]
    suite.brings_items(registry.find(kind), recordings, where=f"tests/recorded/{kind}/")


@each_kind
def test_its_file_declares_it(kind):
    assert registry.find(kind).kind == kind
    suite.declares_itself(registry.find(kind))


@each_kind
def test_every_option_is_described(kind):
    suite.describes_its_options(registry.find(kind))


@each_kind
def test_its_searches_cover_every_client_and_are_told_apart(kind):
    connector = registry.find(kind)
    options = searching(kind)
    queries = {name: parse_query(text) for name, text in QUERIES.items()}
    searches = connector.search(queries, options)
    assert {client for search in searches for client in search.clients} == set(queries)
    scopes = [connector.scope(search.options) for search in searches]
    assert len(set(scopes)) == len(scopes)
    assert scopes == [connector.scope(search.options) for search in connector.search(queries, options)]
    assert connector.search({}, options) == []


@each_kind
def test_what_two_of_its_searches_bring_is_one_item(kind):
    """Their scopes differ, so that each has a cursor of its own; the place within which ids name items does not."""
    connector = registry.find(kind)
    options = searching(kind)
    queries = {"mills": parse_query('"Mills Supply"'), "arc": parse_query("Arc OR Quillon")}
    asked = [search.options for one in queries for search in connector.search({one: queries[one]}, options)]
    assert len({connector.scope(one) for one in asked}) > 1
    assert connector.place is not None, f"declare `place` in connectors/{kind}.py"
    assert len({connector.place(one) for one in asked}) == 1


@each_kind
def test_its_search_shows_whatever_satisfies_the_query(kind):
    """Random queries, and items made of their words: what a query is true of, one of its searches brings."""
    connector = registry.find(kind)
    options = searching(kind)
    chance = random.Random(11)
    brought = 0
    for query in [random_query(chance) for _ in range(1_500)]:
        asked = [search.options.search for search in connector.search({"client": query}, options)]
        items = [random_item(chance, query.asked) for _ in range(6 if asked else 0)]
        for item in (item for item in items if seen(kind, item).holds(query.asked)):
            assert any(shows(kind, one, item) for one in asked), (
                f"{query} is true of {item}, asked was {asked}"
            )
            brought += 1
    assert brought > 200


def random_query(chance):
    """Any query, with a context at times."""
    tree = random_tree(chance, depth=2)
    context = [tuple(random_term(chance) for _ in range(chance.choice([0, 0, 1, 3]))) for _ in range(2)]
    return Query(printed(tree), tree, any_of=context[0], none_of=context[1])


@each_kind
def test_its_searches_say_what_they_leave_to_our_matcher(kind):
    connector = registry.find(kind)
    options = searching(kind)
    queries = {
        "mills": "Mills NOT Hayley",
        "arc": "arc refund* lang:en",
        "plain": '"Mills Supply"',
        "none": "refund*",
    }
    read = {name: parse_query(text) for name, text in queries.items()}
    searches = connector.search(read, options)
    said = {client: sentences for search in searches for client, sentences in search.widened.items()}
    assert all(set(search.widened) == set(search.clients) for search in searches)
    assert any("NOT Hayley" in sentence for sentence in said["mills"])
    assert said["plain"] == ()
    assert "none" not in said


QUERIES = {
    "mills": '("Mills Supply" OR @millssupply) NOT "Hayley Mills"',
    "arc": "Arc AND (browser OR company)",
    "arc again": "(browser OR company) AND arc",
    "wide": " OR ".join(f"name{number}" for number in range(70)),
    "long": " AND ".join(f"word{number}" for number in range(40)),
}


@each_recording
def test_its_scope_names_the_place_and_no_secret(kind, path):
    suite.scope_holds_no_secret(registry.find(kind), Recording.load(path))


@each_recording
def test_the_same_exchanges_give_the_same_items(kind, path):
    suite.gives_the_same_again(registry.find(kind), Recording.load(path))


@each_recording
def test_every_item_is_as_the_contract_has_it(kind, path):
    suite.items_are_as_the_contract_has_them(registry.find(kind), Recording.load(path))


@each_recording
def test_its_cursor_survives_a_database(kind, path):
    suite.cursor_survives_a_database(registry.find(kind), Recording.load(path))


@each_recording
def test_a_crash_between_two_pages_loses_nothing(kind, path):
    suite.crash_between_pages_loses_nothing(registry.find(kind), Recording.load(path))


@each_recording
def test_where_nothing_is_new_nothing_new_is_found(kind, path):
    suite.nothing_new_is_found_where_nothing_is(registry.find(kind), Recording.load(path))


@once_a_kind
@pytest.mark.parametrize(("status", "headers", "expected", "after"), suite.STATUSES)
def test_every_status_becomes_its_trouble(kind, path, status, headers, expected, after):
    suite.status_is_its_trouble(
        registry.find(kind),
        Recording.load(path),
        status=status,
        headers=headers,
        expected=expected,
        after=after,
    )


@once_a_kind
def test_its_check_says_a_sentence_where_it_works(kind, path):
    if registry.find(kind).check is None:
        pytest.skip(f"{kind} has no check")
    suite.checks(registry.find(kind), Recording.load(path))


def test_recordings_are_of_kinds_that_exist():
    folders = {path.name for path in (ROOT / "tests" / "recorded").iterdir() if path.is_dir()}
    assert folders <= set(registry.kinds())
