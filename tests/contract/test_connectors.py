"""One suite over every connector file: what the contract promises holds for each, by its recorded exchanges."""

from __future__ import annotations

import random
from datetime import timedelta
from email.utils import format_datetime

import pytest
from placewords import seen, shows
from playing import (
    FILES,
    ROOT,
    each_kind,
    each_recording,
    ids,
    once_a_kind,
    one_poll,
    pages,
    played,
    searching,
)
from pydantic import SecretStr
from randomquery import random_item, random_term, random_tree

from listener.connector import registry, testing
from listener.connector.contract import Gone, NeedsAttention, TryLater
from listener.connector.testing import Recording, Reply
from listener.domain.query import Query, parse_query
from listener.domain.tree import printed


@each_kind
def test_it_has_recorded_exchanges_that_bring_items(kind):
    assert FILES[kind], (
        f"Put recorded exchanges of {kind} into tests/recorded/{kind}/ (docs/add-a-connector.md)."
    )
    recordings = [Recording.load(path) for path in FILES[kind]]
    assert any(ids(poll) for recording in recordings for poll in played(kind, recording))


@each_kind
def test_its_file_declares_it(kind):
    connector = registry.find(kind)
    assert connector.kind == kind
    assert connector.summary.strip()
    assert "\n" not in connector.summary
    assert timedelta() < connector.least_interval <= connector.default_every


@each_kind
def test_every_option_is_described(kind):
    connector = registry.find(kind)
    fields = connector.options.model_fields
    assert all((field.description or "").strip() for field in fields.values())
    assert connector.short is None or connector.short in fields
    assert connector.options.model_config["frozen"]
    assert connector.options.model_config["extra"] == "forbid"


@each_recording
def test_its_scope_names_the_place_and_no_secret(kind, path):
    connector = registry.find(kind)
    secret = "a-secret-of-nobody"
    for options in Recording.load(path).searches(connector):
        kept_back = {
            name: SecretStr(secret)
            for name, field in connector.options.model_fields.items()
            if "SecretStr" in str(field.annotation)
        }
        assert connector.scope(options).strip()
        assert secret not in connector.scope(options.model_copy(update=kept_back))


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
def test_the_same_exchanges_give_the_same_items(kind, path):
    recording = Recording.load(path)
    once, again = (played(kind, recording) for _ in range(2))
    assert [[one.page for one in poll] for poll in once] == [[one.page for one in poll] for poll in again]


@each_recording
def test_every_item_is_as_the_contract_has_it(kind, path):
    recording = Recording.load(path)
    now = recording.at(recording.polls)
    kept = [one for poll in played(kind, recording) for one in poll]
    assert [
        fault for one in kept for found in one.page.found for fault in testing.faults(found, now=now)
    ] == []
    assert all(refused.reason and refused.payload for one in kept for refused in one.page.refused)


@each_recording
def test_its_cursor_survives_a_database(kind, path):
    for poll in played(kind, Recording.load(path)):
        assert [one.page.cursor for one in poll] == [one.cursor for one in poll]


@each_recording
def test_a_crash_between_two_pages_loses_nothing(kind, path):
    recording = Recording.load(path)
    for options in recording.searches(registry.find(kind)):
        last = None
        for number in range(recording.polls):
            whole = pages(kind, options, recording, number, last)
            for stored in range(len(whole)):
                before = whole[stored - 1] if stored else last
                resumed = pages(kind, options, recording, number, before)
                assert set(ids(whole[:stored]) + ids(resumed)) >= set(ids(whole))
            last = whole[-1] if whole else last


@each_recording
def test_where_nothing_is_new_nothing_new_is_found(kind, path):
    recording = Recording.load(path)
    for options in recording.searches(registry.find(kind)):
        last, known = None, set()
        for number in range(recording.polls):
            poll = pages(kind, options, recording, number, last)
            known |= set(ids(poll))
            last = poll[-1] if poll else last
        assert set(ids(pages(kind, options, recording, recording.polls, last))) <= known


@once_a_kind
@pytest.mark.parametrize(
    ("status", "headers", "expected", "after"),
    [
        (401, {}, NeedsAttention, None),
        (403, {}, NeedsAttention, None),
        (404, {}, NeedsAttention, None),
        (410, {}, Gone, None),
        (429, {}, TryLater, None),
        (429, {"retry-after": "120"}, TryLater, timedelta(seconds=120)),
        (500, {}, TryLater, None),
        (503, {"retry-after": "DATE"}, TryLater, timedelta(minutes=10)),
    ],
)
def test_every_status_becomes_its_trouble(kind, path, status, headers, expected, after):
    at = Recording.load(path).now + timedelta(minutes=10)
    said = {
        name: format_datetime(at, usegmt=True) if value == "DATE" else value
        for name, value in headers.items()
    }

    def answers(method, url, poll):
        return (
            Reply(status=404)
            if url.endswith("/robots.txt")
            else Reply(status=status, headers=said, body=b"no")
        )

    with pytest.raises(expected) as raised:
        one_poll(kind, path, answers)
    assert type(raised.value) is expected
    assert raised.value.reason.endswith((".", "later."))
    if isinstance(raised.value, TryLater) and after is not None:
        assert abs(raised.value.after - after) < timedelta(seconds=5)


@once_a_kind
def test_its_check_says_a_sentence_where_it_works(kind, path):
    connector = registry.find(kind)
    if connector.check is None:
        pytest.skip(f"{kind} has no check")
    recording = Recording.load(path)
    options = recording.searches(connector)[0]
    http = testing.visit(testing.recorded(recording), now=recording.now)
    assert connector.check(http, options).strip()


def test_recordings_are_of_kinds_that_exist():
    folders = {path.name for path in (ROOT / "tests" / "recorded").iterdir() if path.is_dir()}
    assert folders <= set(registry.kinds())
