"""How single values are written."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from listener.config import values
from listener.config.mistakes import Unfit, without_password
from listener.config.values import Listen, Rate


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("15 min", timedelta(minutes=15)),
        ("1h30m", timedelta(minutes=90)),
        ("1.5h", timedelta(minutes=90)),
        ("2 D", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        ("250ms", timedelta(milliseconds=250)),
    ],
)
def test_it_reads_lengths_of_time(text, length):
    assert values.duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "15", "m", "-5m", "0s", "1e3s", "five minutes", "9999999d", "1m2", "١m", ["1m"]]
)
def test_it_refuses_what_is_no_length_of_time(text):
    with pytest.raises(Unfit):
        values.duration(text)


@pytest.mark.parametrize("text", ["90s", "15m", "2h", "1d", "250ms", "1h30m"])
def test_it_speaks_a_length_so_that_it_can_be_read_again(text):
    assert values.duration(values.spoken(values.duration(text))) == values.duration(text)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1 per month", Rate(1, timedelta(days=30))),
        ("3 a week", Rate(3, timedelta(days=7))),
        ("0.5 per day", Rate(0.5, timedelta(days=1))),
        ("2/year", Rate(2, timedelta(days=365))),
    ],
)
def test_it_reads_rates(text, rate):
    assert values.rate(text) == rate


@pytest.mark.parametrize(("text", "number"), [("3 people", 3), ("1 person", 1), ("12", 12)])
def test_it_reads_numbers_of_people(text, number):
    assert values.people(text) == number


@pytest.mark.parametrize(("text", "number"), [("20 a day", 20), ("20 per day", 20), ("20/day", 20), ("7", 7)])
def test_it_reads_numbers_a_day(text, number):
    assert values.a_day(text) == number


@pytest.mark.parametrize(
    ("text", "listen"),
    [
        ("127.0.0.1:8080", Listen("127.0.0.1", 8080)),
        ("0.0.0.0:80", Listen("0.0.0.0", 80)),
        ("[::1]:8080", Listen("::1", 8080)),
        ("localhost:0", Listen("localhost", 0)),
    ],
)
def test_it_reads_where_to_listen(text, listen):
    assert values.listen(text) == listen


@pytest.mark.parametrize("entry", ["127.0.0.1:8900", "feeds.lan", "[::1]:80", "::1", "feeds.lan:8080"])
def test_it_takes_hosts_that_are_let_in(entry):
    assert values.let_in(entry) == entry


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Mills.Example", "mills.example"),
        ("mills.example.", "mills.example"),
        ("bäcker.example", "xn--bcker-gra.example"),
    ],
)
def test_it_reads_hosts_of_a_client(text, host):
    assert values.site(text) == host


@pytest.mark.parametrize(
    "text", ["https://mills.example", "mills", "mills.example/news", "", "mills .example", "." * 70]
)
def test_it_refuses_what_is_no_host(text):
    with pytest.raises(Unfit):
        values.site(text)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("sqlite:///listener.db", "sqlite:////home/dana/listener.db"),
        ("sqlite:///data/listener.db", "sqlite:////home/dana/data/listener.db"),
        ("sqlite:////var/lib/listener.db", "sqlite:////var/lib/listener.db"),
        ("postgresql+psycopg://dana@db/listener", "postgresql+psycopg://dana@db/listener"),
        ("postgresql://db/listener?sslmode=require", "postgresql+psycopg://db/listener?sslmode=require"),
        ("postgres://db/listener", "postgresql+psycopg://db/listener"),
    ],
)
def test_it_makes_database_urls_whole(text, url):
    assert values.database(text, folder=Path("/home/dana"), inline_secrets=False) == url


def test_it_lets_a_password_stand_in_the_file_only_where_that_is_allowed():
    url = "postgresql://dana:verysecret@db/listener"

    with pytest.raises(Unfit, match="a password stands in the file") as caught:
        values.database(url, folder=Path("/"), inline_secrets=False)

    assert "verysecret" not in str(caught.value)
    assert values.database(url, folder=Path("/"), inline_secrets=True).endswith("dana:verysecret@db/listener")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://dana:p%40ss@db/listener", "postgresql+psycopg://dana:***@db/listener"),
        (
            "postgresql+psycopg://db/listener?password=x&user=y",
            "postgresql+psycopg://db/listener?password=***&user=y",
        ),
        ("https://:token@mills.example/feed", "https://:***@mills.example/feed"),
        ("sqlite:////var/lib/a:b@c.db", "sqlite:////var/lib/a:b@c.db"),
    ],
)
def test_it_hides_passwords_in_urls(url, shown):
    assert without_password(url) == shown
