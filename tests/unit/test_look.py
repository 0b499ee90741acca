"""A look at the sources: politely, side by side, bounded, and one broken source costs only itself."""

from datetime import timedelta

import pytest
from builders import NOW, found

from listener.connector import Connector, NeedsAttention, OptionsModel, Page, TryLater
from listener.connector.apart import Inline
from listener.connector.target import Target
from listener.door.door import Door
from listener.polling.look import MOST_PAGES, Eyes, by_turns, look_at_all


class LookOptions(OptionsModel):
    """Which place."""

    name: str = "a"


def target(fetch, *, scope="https://a.example/x.xml", kind="made"):
    connector = Connector(
        kind=kind, summary="", options=LookOptions, scope=lambda options: options.name, fetch=fetch
    )
    return Target(
        connector=connector,
        options=LookOptions(),
        scope=scope,
        every=timedelta(minutes=5),
        matched=frozenset({"mills"}),
    )


@pytest.fixture
def eyes():
    with Door(contact=None, version="1", now=lambda: NOW) as door:
        yield Eyes(door=door, apart=Inline())


def looks(eyes, *targets, **more):
    return {look.target.scope: look for look in look_at_all(targets, eyes, now=NOW, **more)}


def one_page(http, options, cursor):
    assert (cursor, http.fresh) == (None, True)
    yield Page(found=(found("Mills"),))


def test_each_target_is_read_from_its_beginning(eyes):
    seen = looks(eyes, target(one_page, scope="one"), target(one_page, scope="two"))
    assert {scope: (len(look.found), look.more, look.trouble) for scope, look in seen.items()} == {
        "one": (1, False, ""),
        "two": (1, False, ""),
    }


def test_a_place_without_an_end_is_left_after_a_few_pages(eyes):
    def endless(http, options, cursor):
        while True:
            yield Page(found=(found("Mills"),))

    (look,) = looks(eyes, target(endless)).values()
    assert (len(look.found), look.more, look.trouble) == (MOST_PAGES, True, "")


@pytest.mark.parametrize("trouble", [TryLater("It is busy."), NeedsAttention("It wants a key.")])
def test_what_was_read_before_the_trouble_counts(eyes, trouble):
    def half(http, options, cursor):
        yield Page(found=(found("Mills"),))
        raise trouble

    (look,) = looks(eyes, target(half)).values()
    assert (len(look.found), look.trouble) == (1, trouble.reason)


def test_a_fault_in_a_connector_costs_one_source(eyes, caplog):
    def broken(http, options, cursor):
        yield Page(found=(1 / 0,))

    seen = looks(eyes, target(broken, scope="bad"), target(one_page, scope="good"))
    assert "the connector made has a fault (ZeroDivisionError)" in seen["bad"].trouble
    assert len(seen["good"].found) == 1
    assert "look-fault" in caplog.text


def test_when_the_time_is_over_nobody_else_is_asked(eyes):
    (look,) = looks(eyes, target(one_page), together_s=0.0).values()
    assert "no time left" in look.trouble


def test_hosts_are_asked_by_turns():
    urls = ["https://a.example/1", "https://a.example/2", "https://b.example/1", "news:x", "news:y"]
    order = [one.scope for one in by_turns([target(one_page, scope=url) for url in urls])]
    assert order == ["https://a.example/1", "https://b.example/1", "news:x", "https://a.example/2", "news:y"]
