"""Which found items are one mention, and which are only one story."""

from builders import author, found

from listener.domain.identity import story_keys
from listener.domain.merging import merge_keys

LONG = " ".join(f"word{number}" for number in range(40))


def keys(item, *, scope="https://a.example/feed", witness="host:a.example"):
    return set(merge_keys(item, kind="rss", scope=scope, witness=witness))


def article(**more):
    return found(**{"text": LONG, "form": "article", "title": "Mills recalls drills", **more})


def test_an_article_with_the_same_headline_and_words_is_one_mention_wherever_it_stands():
    here, there = article(url="https://a.example/1"), article(url="https://b.example/2")
    assert keys(here) & keys(there, scope="https://b.example/feed", witness="host:b.example")


def test_the_same_notice_under_two_headlines_is_one_story_but_loses_no_mention():
    notice = {"text": f"You have reached your limit of free articles. {LONG}"}
    one = article(title="Mills recalls drills", url="https://a.example/1", **notice)
    other = article(title="Mills sued over refunds", url="https://a.example/2", **notice)
    assert not keys(one) & keys(other)
    assert set(story_keys(one, kind="rss", scope="a")) & set(story_keys(other, kind="rss", scope="a"))


def test_the_same_short_words_at_two_places_stay_two_mentions():
    short = {"text": "Mills is down", "author": author("ann")}
    one, other = found(url="https://a.example/1", **short), found(url="https://a.example/2", **short)
    assert not keys(one) & keys(other)


def test_a_feed_that_renames_its_ids_repeats_nothing():
    before = found("Mills is down", external_id="1", url="https://a.example/1?utm_source=rss")
    after = found("Mills is down!", external_id="new-1", url="https://a.example/1")
    assert keys(before) & keys(after)
