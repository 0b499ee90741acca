"""What the rss connector does beyond the contract that all connectors share."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from listener.connector import registry, testing
from listener.connector.testing import Reply

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize("url", ["HTTPS://Feeds.Example:443/a?b=1#top", "https://feeds.example/a?b=1"])
def test_addresses_of_one_feed_are_one_target(url):
    connector = registry.find("rss")
    assert connector.scope(connector.options(url=url)) == "https://feeds.example/a?b=1"


@pytest.mark.parametrize(
    "url", ["feeds.example/a", "ftp://feeds.example/a", "https://", "javascript:x", "http://h:x/"]
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ValidationError):
        registry.find("rss").options(url=url)


def test_its_check_counts_the_entries():
    connector = registry.find("rss")
    body = b"<rss version='2.0'><channel><title>News</title><item><title>a</title></item></channel></rss>"
    http = testing.visit(lambda *_: Reply(body=body), now=NOW)
    assert connector.check(http, connector.options(url="https://h.example/f")) == "“News” has 1 entries."
