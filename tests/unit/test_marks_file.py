"""What people marked, in the file beside the configuration."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import CONNECTORS, NOTIFIERS

from listener.config import marks, plan
from listener.config.load import load
from listener.config.marks import Marks, marked_example, rendered, with_context, with_example
from listener.config.mistakes import Mistakes
from listener.config.placed import query_of
from listener.domain.item import Item

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
LIST = "watch_lists: [{name: shops, sources: [hackernews], clients: [{name: Mills, context: {any_of: [lumber]}}]}]\n"
TEXT = st.text(max_size=40)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "listener.yaml").write_text(LIST)
    return tmp_path


def loaded(folder):
    return load(folder / "listener.yaml", environ={}, connectors=CONNECTORS, notifiers=NOTIFIERS)


def mark(text="Hayley Mills at 78", **facts):
    number = facts.pop("mention", 12)
    return marked_example(Item(text=text, **facts), mention=number, who="dana", at=AT)


def reread(folder, wanted):
    path = folder / "again.marks.yaml"
    path.write_text(rendered(wanted), encoding="utf-8")
    return marks.load(path).marks


def test_it_stands_beside_the_configuration_under_its_name(tmp_path):
    assert marks.beside(tmp_path / "clients.yml") == tmp_path / "clients.marks.yaml"
    assert marks.load(tmp_path / "clients.marks.yaml").marks == Marks()


def test_what_is_written_is_read_back_with_all_its_facts(folder):
    item = Item(
        text="Hayley Mills at 78: $${HOME} ${NOPE} <b>x</b>",
        title="Film",
        author=("Eve", "@eve"),
        site="film.example",
        language="en",
        source="News",
        kind="rss",
        url="https://film.example/1",
        links=("https://film.example/2",),
        reach=1200,
    )
    example = marked_example(item, mention=12, who="dana", at=AT)
    written = with_context(
        with_example(Marks(), "Mills", example, about=False), "Mills", none_of=("actress",)
    )

    read = reread(folder, written)

    assert read == written
    kept = read.of("Mills").examples.not_match[0]
    assert kept.to_item() == item
    assert (kept.mention, kept.who, kept.at) == (12, "dana", AT)


@given(text=TEXT, name=TEXT, client=TEXT.filter(bool))
@settings(max_examples=300, deadline=None)
def test_any_text_of_others_survives_the_file(tmp_path_factory, text, name, client):
    example = mark(text=f"x{text}", title=name or None, author=(f"n{name}", f"@{name}"))
    written = with_example(Marks(), client, example, about=True)

    read = reread(tmp_path_factory.getbasetemp(), written)

    assert read.of(client.replace("\0", " ")).examples.match[0].text == f"x{text}".replace("\0", " ")


def test_halves_of_characters_do_not_break_the_file(folder):
    read = reread(folder, with_example(Marks(), "Mills", mark(text="Mills \ud83d late"), about=True))

    assert read.of("Mills").examples.match[0].text == "Mills ? late"


def test_the_last_word_on_a_mention_stands():
    said = with_example(Marks(), "Mills", mark(), about=True)
    said = with_example(said, "Mills", mark(), about=False)
    said = with_example(said, "Mills", mark(mention=13), about=False)

    assert said.of("Mills").examples.match == ()
    assert [one.mention for one in said.of("Mills").examples.not_match] == [13]


def test_a_term_is_kept_once_and_on_the_side_where_it_was_accepted_last():
    said = with_context(Marks(), "Mills", none_of=("actress", "Film"))
    said = with_context(said, "Mills", any_of=("Actress",), none_of=("film", "cinema"))

    assert said.of("Mills").context.any_of == ("Actress",)
    assert said.of("Mills").context.none_of == ("Film", "cinema")


def test_accepted_context_is_added_to_that_of_the_configuration(folder):
    (folder / "listener.marks.yaml").write_text(
        rendered(with_context(Marks(), "Mills", any_of=("Lumber", "refund"), none_of=("Hayley",)))
    )
    config = loaded(folder)
    client = plan.clients(config)[0]

    assert client.context.any_of == ("lumber", "refund")
    assert client.context.none_of == ("Hayley",)
    assert client.query == '"Mills"'
    assert client.asked == '("Mills") (lumber OR refund) NOT (Hayley)'
    assert query_of(config.watch_lists[0].clients[0], config.marks).none_of[0].written == "Hayley"


def test_the_mistakes_of_both_files_are_told_at_once(folder):
    (folder / "listener.yaml").write_text(LIST.replace("name: shops", "name: shops, colour: red"))
    (folder / "listener.marks.yaml").write_text("clients: {Mills: {contxt: {}}}\n")

    with pytest.raises(Mistakes) as caught:
        loaded(folder)

    assert [one.path for one in caught.value.mistakes] == ["clients.Mills.contxt", "watch_lists[0].colour"]


def test_marks_of_a_client_that_was_renamed_are_told(folder):
    (folder / "listener.marks.yaml").write_text(rendered(with_example(Marks(), "Mill", mark(), about=False)))

    warning = next(one for one in loaded(folder).warnings if one.file.endswith("listener.marks.yaml"))

    assert (warning.line, warning.path) == (4, "clients.Mill")
    assert warning.remedy == "there is no client of this id: did you mean Mills?"


def test_an_empty_file_holds_no_marks(folder):
    (folder / "listener.marks.yaml").write_text("# nothing yet\n")

    assert loaded(folder).marks == Marks()
