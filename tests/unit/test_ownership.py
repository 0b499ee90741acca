"""What a client says itself is told from what others say about it."""

import pytest
from builders import client, found

from listener.domain.client import Own
from listener.domain.found import Author
from listener.domain.ownership import is_own

MILLS = client(
    own=Own(sites=("mills.example", "https://www.mills-news.example/"), handles={"x": "@MillsSupply"})
)


def own(kind="x", **more):
    return is_own(found(**more), MILLS, kind=kind)


@pytest.mark.parametrize("handle", ["millssupply", "@MILLSSUPPLY"])
def test_its_handle_at_this_kind_of_place_is_its_own(handle):
    assert own(author=Author(key="17", handle=handle))
    assert own(author=Author(key=handle))
    assert own(kind="x_search", author=Author(key=handle))


def test_the_same_handle_elsewhere_and_longer_handles_are_strangers():
    assert not own(kind="mastodon", author=Author(key="millssupply"))
    assert not own(author=Author(key="millssupply2"))
    assert not own(author=Author(key="", handle=""))


@pytest.mark.parametrize(
    "url", ["https://mills.example/news", "http://blog.mills.example/", "https://WWW.mills.example", "https://mills-news.example/a"]
)  # fmt: skip
def test_its_sites_and_their_subdomains_are_its_own(url):
    assert own(kind="rss", url=url, form="article")


@pytest.mark.parametrize(
    "url", ["https://notmills.example/", "https://mills.example.evil.example/", None, "nonsense"]
)
def test_lookalike_hosts_are_not(url):
    assert not own(kind="rss", url=url, form="article")


def test_reviews_and_comments_on_its_own_pages_are_what_others_say():
    assert not own(kind="company_page", url="https://mills.example/reviews", form="review")
    assert own(author=Author(key="millssupply"), url="https://mills.example/reviews", form="comment")


def test_its_own_article_is_its_own_though_the_link_leads_through_a_search():
    through = "https://news.google.com/rss/articles/abc"
    assert own(kind="google_news", url=through, site="https://www.mills.example", form="article")
    assert not own(kind="google_news", url=through, site="https://paper.example", form="article")
