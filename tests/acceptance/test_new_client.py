"""A client that joins a list finds what the list's sources show already, and is woken by none of it."""

import pytest
from fakeslack import serving
from places import Place
from world import burst, listener, mentions, rss, write_config


@pytest.mark.slow  # a real feed over half a minute; tests/unit/test_asking_back.py decides the same without one
def test_a_client_that_joins_later_gets_what_the_feed_still_shows_as_backfill(tmp_path):
    with Place() as place, serving() as slack:
        feed = place.url + "/feed.xml"
        place.says(
            "/feed.xml", body=rss(burst("Mills") + burst("Acme", prefix="acme")), headers={"ETag": '"1"'}
        )
        config = write_config(tmp_path, feeds=[feed], clients=["Mills"], hook=slack.hook_url)
        run = ("run", "-c", str(config), "--once", "--all")
        listener(*run, hook=slack.hook_url)
        listener(*run, hook=slack.hook_url)
        write_config(tmp_path, feeds=[feed], clients=["Mills", "Acme"], hook=slack.hook_url)
        listener(*run, hook=slack.hook_url)
        found = mentions(config, "--client", "Acme")
        assert len(found) == 12
        assert all(one["backfill"] for one in found)
        assert slack.taken == []
        place.says("/feed.xml", body=rss(burst("Acme", prefix="new") + burst("Acme", prefix="acme")))
        listener(*run, hook=slack.hook_url)
        assert len(mentions(config, "--client", "Acme")) == 24
        assert len(slack.taken) == 1
