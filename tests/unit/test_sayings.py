"""Which words and phrases are counted of a text."""

import time

import pytest

from listener.domain.sayings import READ_MOST, keys, said_how, single_words


def test_a_phrase_is_two_words_with_at_most_one_small_one_between():
    said = said_how("They charged me twice. Nobody answers!")
    assert said["charged twice"] == "charged me twice"
    assert "twice answer" not in said  # another sentence


def test_singular_and_plural_are_one_word_and_small_words_are_none():
    assert keys("The refunds of these companies") == keys("refund, company") == {"refund", "company"}
    assert keys("we are not the ones who don't") == set()


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/refund?a=twice",
        "www.evil.example",
        "mills.example/refund",
        "@refund",
        "a@b.example",
    ],
)
def test_urls_hosts_and_handles_are_no_words(address):
    assert keys(f"see {address} now") == set()


def test_a_tag_is_the_word_it_holds_and_numbers_count_beside_words_only():
    assert keys("#RefundNow") == {"refundnow"}
    assert keys("503 error 503 404") == {"error", "503 error", "error 503"}


def test_of_ideographs_pairs_are_counted_and_of_katakana_whole_words():
    assert said_how("返金のクレーム") == {"返 金": "返金", "クレーム": "クレーム"}


def test_of_scripts_that_hide_where_words_begin_nothing_is_counted():
    assert keys("ไม่คืนเงินเลย") == set()


def test_hidden_signs_show_in_no_word():
    assert said_how("re\u202efund\u200b")["refund"] == "refund"


@pytest.mark.parametrize("sign", ["a-", "a.", "a'", "@", "語", "a\u0301", "😀", "\0", "x"])
def test_a_hostile_text_takes_no_time_and_gives_no_long_word(sign):
    began = time.monotonic()
    found = said_how(sign * 100_000)
    assert time.monotonic() - began < 2
    assert all(len(form) <= 80 for form in found.values())
    assert len(found) <= READ_MOST


def test_the_words_of_a_name_are_those_it_is_written_with():
    assert single_words("Mills Supply") == {"mill", "supply"}
