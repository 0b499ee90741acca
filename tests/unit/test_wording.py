"""What sources are called where people read of them, and how seldom something happens."""

import pytest

from listener.alerting import wording
from listener.alerting.wording.figures import once_in


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


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (1 / 365, "once a month"),
        (1 / 12, "once a month"),
        (0.5, "once in 6 months"),
        (31.2, "once in 31 years"),
        (1e6, "less than once in a million years"),
    ],
)
def test_how_seldom_chance_brings_it_is_said_as_a_person_says_it(years, said):
    assert once_in(years) == said
