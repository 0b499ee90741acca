"""What sources are called where people read of them."""

import pytest

from listener.alerting import wording


@pytest.mark.parametrize(
    ("scope", "called"),
    [
        ("https://www.feeds.example/news/business.xml", "rss feeds.example/news/business.xml"),
        ("https://feeds.example/", "rss feeds.example"),
        ("https://feeds.example/all?token=verysecret", "rss feeds.example/all"),
        ("https://me:secret@feeds.example/all", "rss feeds.example/all"),
        ("refund OR parcel", "rss"),
    ],
)
def test_two_sources_of_one_host_are_told_apart_and_no_secret_is_told(scope, called):
    assert wording.address("rss", scope) == called
