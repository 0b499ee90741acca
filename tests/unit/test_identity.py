"""Which addresses are one page, which items are one story, and who testifies."""

import pytest
from builders import author, found

from listener.domain.identity import content_hash, identity_hash, story_keys, witness
from listener.domain.urls import canonical_url, host_of

LONG = " ".join(f"word{number}" for number in range(40))


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("HTTP://www.Example.com:80/News/?utm_source=x&id=7#top", "https://example.com/News?id=7"),
        ("https://m.example.co.uk/a", "https://example.co.uk/a"),
        ("https://mobile.co.uk/a", "https://mobile.co.uk/a"),
        ("https://mobile.de/a", "https://mobile.de/a"),
        ("https://en.m.wikipedia.org/wiki/X", "https://en.wikipedia.org/wiki/X"),
        ("https://example.com/news/amp/", "https://example.com/news"),
        ("https://example.com/story.amp.html?outputType=amp", "https://example.com/story.html"),
        ("https://example.com/amp", "https://example.com/amp"),
        ("https://www.google.com/amp/s/www.example.com/a?b=1", "https://example.com/a?b=1"),
        ("https://example-com.cdn.ampproject.org/c/s/example.com/a", "https://example.com/a"),
        ("https://example.com/?b=2&a=1&a=0&gclid=9", "https://example.com/?a=1&a=0&b=2"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://user:secret@example.com./a", "https://example.com/a"),
        ("https://example.com/#/news/1", "https://example.com/#/news/1"),
        ("https://Bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("http://[::1]:80/a", "https://[::1]/a"),
    ],
)
def test_it_gives_one_page_one_spelling(url, page):
    assert canonical_url(url) == page
    assert canonical_url(page) == page
    assert host_of(url) == host_of(page) == page.split("/")[2].removesuffix(":8443")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/a?id=1", "https://example.com/a?id=2"),
        ("https://example.com/a?ref=1", "https://example.com/a"),
        ("https://example.com/A", "https://example.com/a"),
        ("https://a.example.com/", "https://example.com/"),
        ("https://example.com:8080/a", "https://example.com/a"),
        ("https://example.com/#!/a", "https://example.com/#!/b"),
    ],
)
def test_it_never_makes_one_of_two_pages(one, other):
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url", ["", "mills", "ftp://a/b", "http://", "http://[::1", "http://a:99999/", "javascript:1"]
)
def test_what_is_no_web_address_has_no_spelling(url):
    assert canonical_url(url) is None
    assert host_of(url) is None


@pytest.mark.parametrize(
    "url", ["http://xn--/", "https://google.com" + "/amp/s/google.com" * 5_000, "http://a/\ud800"]
)
def test_odd_addresses_do_no_harm(url):
    assert canonical_url(url).startswith("https://")


def test_an_identity_is_sixteen_bytes_and_its_parts_do_not_run_together():
    assert len(identity_hash("rss", "https://a.example/", "1")) == 16
    assert identity_hash("rss", "ab", "c") != identity_hash("rss", "a", "bc")
    assert identity_hash("rss", "a", "\ud800") == identity_hash("rss", "a", "\ud800")


def test_long_texts_are_the_same_whatever_their_case_and_signs_and_short_ones_are_not_compared():
    assert content_hash(LONG) == content_hash(LONG.upper().replace(" ", ",\n ") + "!")
    assert content_hash(LONG) != content_hash(LONG + " more")
    assert content_hash(LONG.removesuffix(" word39")) is None


def keys(item, kind="hackernews", scope="hn"):
    return set(story_keys(item, kind=kind, scope=scope))


def test_two_feeds_with_one_article_tell_one_story():
    one = found(form="article", url="https://www.example.com/a?utm_source=rss")
    other = found(form="article", url="http://example.com/a/")
    assert keys(one) & keys(other)


def test_a_wire_story_at_two_hosts_is_one_story():
    assert keys(found(LONG, form="article", url="https://a.example/1")) & keys(
        found(LONG, form="article", url="https://b.example/2")
    )


def test_thirty_people_writing_the_same_five_words_are_thirty_stories():
    items = [found("Mills is down again today", author=author(f"p{i}")) for i in range(30)]
    assert len(set.union(*map(keys, items))) == 30


def test_a_repost_and_a_shared_link_make_one_story():
    original = found(external_id="1", url="https://social.example/@ann/1")
    repost = found(external_id="2", repost_of="1")
    link = found(external_id="3", links=("https://social.example/@ann/1?utm_medium=share",))
    assert keys(original) & keys(repost)
    assert keys(original) & keys(link)


def test_a_post_that_links_to_an_article_is_of_its_story():
    article = found(form="article", url="https://news.example/mills-recall")
    post = found(links=("https://news.example/mills-recall#comments",))
    assert keys(article, "rss", "feed") & keys(post)


@pytest.mark.parametrize(
    "link",
    ["https://mills.example", "https://www.mills.example/?utm_source=x", "https://x.com/millssupply",
     "https://apps.apple.com/app/id1", "https://linktr.ee/mills"],
)  # fmt: skip
def test_a_link_to_a_home_page_a_profile_or_a_shop_is_no_story(link):
    assert not keys(found(links=(link,))) & keys(found(links=(link,)))


def test_comments_under_one_article_and_reviews_of_one_place_are_stories_of_their_own():
    for form, url in [("comment", "https://news.example/a#c{}"), ("post", "https://forum.example/t/1#p{}")]:
        assert not keys(found(form=form, url=url.format(1))) & keys(found(form=form, url=url.format(2)))
    review = {"form": "review", "url": "https://apps.example/mills/reviews"}
    assert not keys(found(**review)) & keys(found(**review))


def test_there_is_always_a_key():
    assert len(keys(found(form="article"))) == 1


def who_says(**more):
    return witness(found(**more), kind="hackernews", scope="hn")


def test_the_author_testifies_else_the_host_else_the_item_itself():
    assert who_says(author=author("ann"), url="https://a.example/1") == "author:hackernews:ann"
    assert who_says(url="https://www.a.example/1") == "host:a.example"
    hidden = [who_says(author_hidden=True, url="https://a.example/1", external_id=name) for name in "ab"]
    assert len(set(hidden)) == 2
    assert all(who.startswith("item:") for who in hidden)


def test_an_item_without_author_and_address_testifies_for_its_feed():
    bare = found(form="article")
    assert witness(bare, kind="rss", scope="https://feeds.example/a.xml") == "host:feeds.example"
    assert witness(bare, kind="search", scope="mills") == "scope:search:mills"


def test_a_byline_is_no_account_so_the_admins_of_two_papers_are_two():
    from listener.domain.found import Author

    for name in ("admin", "Admin"):  # a feed's byline has a key in lower case
        admin = Author(key="admin", name=name)
        papers = {who_says(form="article", author=admin, url=f"https://{host}.example/1") for host in "ab"}
        assert papers == {"author:hackernews:a.example:admin", "author:hackernews:b.example:admin"}


def test_an_article_found_in_the_papers_feed_and_by_a_search_is_one_witness_and_one_story():
    from listener.domain.found import Author

    headline = {"form": "article", "title": "Mills recalls ten thousand drills"}
    fed = found(url="https://www.paper.example/a", **headline)
    paper = Author(key="paper.example", name="The Paper")
    searched = found(
        "", url="https://news.search.example/x?y", site="https://paper.example", author=paper, **headline
    )
    assert witness(fed, kind="rss", scope="f") == witness(searched, kind="google_news", scope="s")
    assert keys(fed, "rss", "f") & keys(searched, "google_news", "s")
    other = found("", url="https://news.search.example/z", site="https://other.example", **headline)
    assert not keys(fed, "rss", "f") & keys(other, "google_news", "s")
    assert witness(other, kind="google_news", scope="s") == "host:other.example"
