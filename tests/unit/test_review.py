"""What `listener check` says of the queries and examples of a configuration."""

from __future__ import annotations

import time

import pytest
from kinds import CONNECTORS, NOTIFIERS

from listener.config.cases import failures
from listener.config.load import loaded
from listener.config.review import review

HEAD = "watch_lists:\n- name: shops\n  sources: [hackernews, {rss: https://news.example/feed}]\n  clients:\n"


@pytest.fixture
def read(tmp_path):
    def load_clients(*clients, marks=None):
        path = tmp_path / "config.yaml"
        path.write_text(HEAD + "".join(f"  - {one}\n" for one in clients), encoding="utf-8")
        if marks:
            (tmp_path / "config.marks.yaml").write_text(marks, encoding="utf-8")
        return loaded(path, environ={}, connectors=CONNECTORS, notifiers=NOTIFIERS)

    return load_clients


@pytest.fixture
def said(read):
    """What is doubtful, as `line key: sentence`."""

    def review_clients(*clients, **more):
        return [
            f"{one.said.line} {one.said.path.split('.', 2)[-1]}: {one.said.remedy}"
            for one in review(read(*clients, **more))
        ]

    return review_clients


def test_a_name_that_says_enough_is_not_doubted(said):
    assert (
        said("Spotify", "{name: Globex, aliases: [Globex Corporation]}", "三井", "{name: 3M Company}") == []
    )


def test_a_place_that_cannot_be_asked_for_a_query_is_named(tmp_path):
    path = tmp_path / "config.yaml"
    queries = ["globexcorp*", "globexcorp* Globex", "initech* OR Initech"]
    clients = "".join(f"  - {{name: Brand {at}, query: {query!r}}}\n" for at, query in enumerate(queries))
    path.write_text(HEAD + clients, encoding="utf-8")
    told = [str(one.said) for one in review(loaded(path, environ={})) if "cannot be asked" in str(one.said)]
    assert [line.split(":")[1] for line in told] == ["5", "7"]
    assert "hackernews cannot be asked for this, so nothing is heard there: add a word" in told[0]


def test_a_place_that_is_read_whole_is_not_said_to_be_asked_for_nothing(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("watch_lists: [{name: shops, sources: [reddit: r/halifax], clients: [Mills]}]\n")
    assert not [one for one in review(loaded(path, environ={})) if "cannot be asked" in str(one.said)]


@pytest.mark.parametrize(
    ("client", "told"),
    [
        (
            "Apple",
            (
                "5 name: “Apple” is an everyday word, in about 4 of 1,000 texts about anything, and alone it is enough: "
                "add a context (any_of), or ask for more than this word"
            ),
        ),
        (
            "{name: Globex, aliases: [Globex Corporation, BP]}",
            (
                "5 aliases[1]: “BP” has under four letters and stands for many things, and alone it is enough: "
                'add a context, or ask for exact:"BP"'
            ),
        ),
        (
            "{name: Acme Supply, query: 'ac* NOT rocket'}",
            "5 query: “ac*” has under four letters and stands for many things, and alone it is enough: add a context",
        ),
        (
            "{name: Globex, query: 'service AND late'}",
            (
                "5 query: “late” stands in about 1.5 of 1,000 texts about anything, so the query is asked of many that are "
                "not about the client: join a rarer word by AND, write the name as a longer phrase, or add a context with any_of"
            ),
        ),
    ],
)
def test_a_common_or_short_name_is_doubted(said, client, told):
    assert said(client) == [told]


@pytest.mark.parametrize(
    "client",
    [
        "{name: Apple, context: {any_of: [iphone, ipad]}}",
        "{name: BP, context: {none_of: [blood]}}",
        '{name: BP, query: \'exact:"BP" OR "British Petroleum"\'}',
        "{name: BP, query: '@bp'}",
        "{name: Apple, query: 'apple AND zirconium'}",
    ],
)
def test_with_a_context_or_more_words_it_is_not(said, client):
    assert said(client) == []


def test_a_context_of_words_that_stand_everywhere_is_still_told(said):
    (told,) = said("{name: Apple, context: {none_of: [pie]}, query: 'will OR apple'}")

    assert told.startswith("5 query: “will”, “apple” stand in about 49 of 1,000 texts about anything")


def test_a_query_that_nothing_is_asked_of_is_not_doubted(tmp_path):
    path = tmp_path / "config.yaml"
    client = "{name: Apple, query: Apple NOT apple, sources: [{rss: https://apple.example/feed}]}"
    path.write_text(f"watch_lists: [{{name: shops, clients: [{client}]}}]\n")

    assert review(loaded(path, environ={}, connectors=CONNECTORS, notifiers=NOTIFIERS)) == []


def test_two_clients_that_claim_the_same_words_are_told_once(said):
    assert said(
        "{name: Globex, aliases: [Globex Motors]}",
        '{name: Globex Supply, query: \'("globex" OR "GLOBEX motors" OR @globex) NOT jobs\'}',
        "{name: Globex Bank, query: 'globex AND bank'}",
        "{name: Globex Mining, query: Globex, context: {any_of: [zinc]}}",
    ) == [
        '6 query: “"GLOBEX motors"” finds nothing that “"globex"” does not find: leave it out',
        '6 query: “@globex” finds nothing that “"globex"” does not find: leave it out',
        (
            "6 query: “globex” or “GLOBEX motors” alone is enough for Globex (line 5) as well: what says it is stored for both; "
            "ask for more in one of them, or give it a context"
        ),
    ]


@pytest.mark.parametrize(
    ("client", "told"),
    [
        (
            "{name: Globex, query: 'Globex AND shop NOT globex'}",
            "5 query: this query can never be true: “Globex” and “NOT globex” exclude each other",
        ),
        (
            "{name: Globex, query: '(Globex OR shop) NOT globex NOT shop'}",
            "5 query: this query can never be true: what it asks for, it excludes",
        ),
        (
            "{name: Globex, query: 'Globex kind:reddit'}",
            "5 query: this query can never be true: none of its sources is of kind reddit: they are hackernews, rss",
        ),
        (
            "{name: Globex, query: 'Globex (kind:rss OR kind:reddit)'}",
            "5 query: “kind:reddit” can never be true here: none of its sources is of kind reddit: they are hackernews, rss",
        ),
        (
            "{name: Globex, query: 'Globex OR (Initech NOT initech)'}",
            "5 query: “Initech AND NOT initech” can never be true here: leave it out, or put right what excludes it",
        ),
        (
            "{name: Globex, query: 'Globex OR GLOBEX'}",
            "5 query: “GLOBEX” finds nothing that “Globex” does not find: leave it out",
        ),
        (
            "{name: Globex, context: {none_of: [globex]}}",
            '5 context: with this context the query can never be true: “"Globex"” and “NOT globex” exclude each other',
        ),
        (
            "{name: Globex, query: Globex NOT refund, context: {any_of: [zinc, refund]}}",
            "5 context.any_of[1]: “refund” never stands in what the query finds, so it lets nothing in",
        ),
        (
            "{name: Globex, context: {any_of: [zinc, globex]}}",
            "5 context.any_of[1]: “globex” stands in all that the query finds, so the context asks for nothing: leave it out",
        ),
        (
            "{name: Globex, query: Globex NOT Jobs, context: {none_of: [jobs]}}",
            "5 context.none_of[0]: “jobs” never stands in what the query finds, so it keeps nothing out",
        ),
        (
            "{name: Globex, context: {none_of: [jobs, Jobs]}}",
            "5 context.none_of[1]: “Jobs” stands here twice: keep one of them",
        ),
    ],
)
def test_what_can_never_be_true_or_does_nothing_is_told(said, client, told):
    assert said(client) == [told]


def test_a_term_of_the_context_that_a_mark_excludes_is_told(said):
    marks = "clients: {Globex: {context: {none_of: [Zinc]}}}\n"

    assert said("{name: Globex, context: {any_of: [zinc, lead]}}", marks=marks) == [
        "5 context.any_of[0]: “zinc” is excluded by what was marked, so it lets nothing in"
    ]


def test_only_the_first_of_many_idle_alternatives_are_told(said):
    query = " OR ".join(["globex", *(f'"globex {n}"' for n in range(9))])

    told = said(f"{{name: Globex, query: '{query}'}}")

    assert len(told) == 6
    assert told[-1] == "5 query: 4 more alternatives of this query do nothing"


def test_each_example_that_fails_is_named_with_why(read):
    marks = "clients:\n  Globex:\n    examples:\n      not_match: [{text: Globex jobs, mention: 4}]\n"
    config = read(
        "name: Globex\n"
        "    query: Globex NOT rocket\n"
        "    context: {any_of: [refund, jobs]}\n"
        "    examples:\n"
        "      match:\n"
        "        - Globex owes me a refund\n"
        "        - {title: Globex, text: where is my parcel}\n"
        "      not_match:\n"
        "        - Globex jobs\n"
        "        - Globex rocket refund",
        marks=marks,
    )

    count, failed = failures(config, None)

    assert count == 5
    assert [(one.said.line, one.said.remedy, one.why) for one in failed] == [
        (
            11,
            "Globex must match and does not: “Globex where is my parcel”",
            "none of its context words (refund, jobs) stands there",
        ),
        (
            13,
            "Globex must not match and does: “Globex jobs”",
            "says “Globex”, not “rocket”; “jobs” is its context",
        ),
        (
            4,
            "Globex must not match and does: “Globex jobs”",
            "says “Globex”, not “rocket”; “jobs” is its context",
        ),
    ]
    assert failed[2].said.file.endswith("config.marks.yaml")


@pytest.mark.parametrize(
    ("query", "example", "holds"),
    [
        ("Globex followers:>1000", "{text: Globex, followers: 12k}", True),
        ("Globex followers:>1000", "{text: Globex, followers: 999}", False),
        ("Globex followers:>1000", "Globex", False),
        ("Globex site:globe.example", "{text: Globex, url: 'https://www.globe.example/x'}", True),
        ("Globex site:globe.example", "{text: Globex, site: news.globe.example}", True),
        ("Globex lang:fr", "{text: Globex, lang: fr-CA}", True),
        ("Globex kind:rss", "{text: Globex, kind: rss}", True),
        ("Globex source:business", "{text: Globex, source: Globe Business}", True),
        ("author:eve Globex", "{text: Globex, author: Eve Roe}", True),
        ("author:@eve Globex", "{text: Globex, handle: eve}", True),
        ("domain:globex.example", "{text: look, links: 'https://shop.globex.example/'}", True),
        ("url:sports Globex", "{title: Globex, url: 'https://globe.example/sports/1'}", True),
    ],
)
def test_an_example_may_hold_each_fact_that_a_query_asks_for(read, query, example, holds):
    client = f"{{name: Globex, query: '{query}', examples: {{match: [{example}]}}}}"

    count, failed = failures(read(client), None)

    assert (count, not failed) == (1, holds)


def test_the_language_of_an_example_is_found_out_where_it_is_asked_for(read):
    client = "{name: Globex, query: 'Globex lang:fr', examples: {match: [Globex est en retard]}}"

    assert failures(read(client), lambda _: "fr")[1] == []
    assert len(failures(read(client), lambda _: "en")[1]) == 1


def test_a_big_list_is_reviewed_in_seconds(read):
    clients = [
        f"{{name: Name{n:04}, query: '(\"Name{n:04} Supply\" OR name{n:04} OR @name{n:04}x) NOT (Hayley OR film*)'}}"
        for n in range(1500)
    ]
    config = read(*clients)
    began = time.process_time()

    assert len(review(config)) == 1500

    assert time.process_time() - began < 6


def test_a_short_name_that_is_spelt_in_two_ways_is_told_once(said):
    assert len(said("{name: Dup, aliases: [dup, DUP]}")) == 1
