"""`domain:mills.example`: the host or one below it, written in any way or linked to; nobody else's."""

import pytest

from listener.domain.item import Item
from listener.domain.reading import Reading
from listener.domain.tree import Domain, In

MILLS = Domain("mills.example")


@pytest.mark.parametrize(
    "written",
    [
        "mills.example",
        "MILLS.Example",
        "www.mills.example",
        "a.b.mills.example",
        "mills[.]example",
        "mills(.)example",
        "mills{.}example",
        "mills [.] example",
        "mills [dot] example",
        "mills(DOT)example",
        "www[.]mills[.]example",
        "hxxps://mills[.]example",
        "https://mills.example",
        "info@mills.example",
        "ｍｉｌｌｓ．ｅｘａｍｐｌｅ",
        "mills.\u200bexample",
    ],
)
def test_it_is_found_however_it_is_written_and_marked_as_a_whole(written):
    text = f"look at {written}/news."
    (span,) = Reading(Item(text=text)).spans(MILLS)
    assert written.endswith(text[slice(*span)])
    assert text[slice(*span)].lower().lstrip("w.[]ab").startswith(("mills", "ｍ"))


@pytest.mark.parametrize(
    "around",
    ["{}.", "({})", "“{}”", "_{}_", "*{}*", "{}:8080", "{}, and", "はmills.exampleで", "{}-made goods"],
)
def test_what_stands_around_it_does_not_hide_it(around):
    reading = Reading(Item(text=around.format("mills.example")))
    assert [reading.item.text[slice(*span)] for span in reading.spans(MILLS)] == ["mills.example"]


@pytest.mark.parametrize(
    "text",
    [
        "mills.example.com",
        "mills[.]example[.]com",
        "mills.example-shop.com",
        "mills.example.三井",
        "notmills.example",
        "not-mills.example",
        "not_mills.example",
        "mills.example@post.example",
        "https://mills.example@evil.example/",
        "mills.examples",
        "mills example",
        "mills dot example",
        "mills. example",
        "mills..example",
    ],
)
def test_another_host_is_not_it(text):
    assert not Reading(Item(text=text)).holds(MILLS)


@pytest.mark.parametrize("asked", ["müller.example", "xn--mller-kva.example"])
@pytest.mark.parametrize(
    "said", ["Müller.example", "MU\u0308LLER.EXAMPLE", "xn--mller-kva.example", "XN--MLLER-KVA.example"]
)
def test_a_host_in_letters_and_its_punycode_are_one(asked, said):
    assert Reading(Item(text=said)).holds(Domain(asked))
    assert Reading(Item(text="", links=(f"https://{said}/",))).holds(Domain(asked))
    assert not Reading(Item(text="muller.example")).holds(Domain(asked))


def test_a_link_to_it_counts_for_the_text_but_marks_nothing():
    reading = Reading(
        Item(text="see", title="this", links=("https://Shop.Mills.example:8443/a?b", "mailto:x"))
    )
    assert reading.holds(MILLS)
    assert reading.spans(MILLS) == ()
    assert reading.holds(In("text", MILLS))
    assert not reading.holds(In("title", MILLS))
    assert not Reading(Item(text="see", links=("https://mills.example.com/mills.example",))).holds(MILLS)
    assert reading.passage().hosts() == {"shop.mills.example"}


def test_it_does_not_reach_from_the_title_into_the_text():
    assert not Reading(Item(title="mills[.]", text="example")).holds(MILLS)
    assert not Reading(Item(title="mills.", text="example")).holds(MILLS)
