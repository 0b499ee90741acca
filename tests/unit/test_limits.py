"""How much a place says is left, in each spelling of its headers; and what no header says is not made up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.domain.limits import FAMILIES, LONGEST, USAGE, Left, left

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
SOON = NOW + timedelta(minutes=15)
EPOCH = str(int(SOON.timestamp()))


@pytest.mark.parametrize(
    ("place", "headers", "remaining", "resets_at"),
    [
        ("x", {"x-rate-limit-remaining": "12", "x-rate-limit-reset": EPOCH}, 12, SOON),
        ("github", {"x-ratelimit-remaining": "0", "x-ratelimit-reset": EPOCH}, 0, SOON),
        ("mastodon", {"x-ratelimit-remaining": "299", "x-ratelimit-reset": "2026-11-20T08:15:00.000000Z"}, 299, SOON),
        ("a zone of its own", {"x-ratelimit-remaining": "5", "x-ratelimit-reset": "2026-11-20T09:15:00+01:00"}, 5, SOON),
        ("reddit", {"x-ratelimit-remaining": "93.5", "x-ratelimit-reset": "900"}, 93.5, SOON),
        ("bluesky", {"ratelimit-remaining": "2998", "ratelimit-reset": EPOCH}, 2998, SOON),
        ("the draft standard", {"ratelimit-remaining": "1", "ratelimit-reset": "900"}, 1, SOON),
        ("who says no time", {"ratelimit-remaining": "1"}, 1, None),
        ("meta", {"x-app-usage": '{"call_count": 28, "total_time": 97, "total_cputime": 3}'}, 3, NOW + timedelta(hours=1)),
        ("meta, used up", {"x-page-usage": '{"call_count": 130}'}, 0, NOW + timedelta(hours=1)),
        (
            "meta for a business",
            {
                "x-business-use-case-usage": '{"17841": [{"type": "pages", "call_count": 100, "total_time": 5, '
                '"estimated_time_to_regain_access": 15}]}'
            },
            0,
            SOON,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_every_spelling_is_read(place, headers, remaining, resets_at):
    assert left(headers, now=NOW) == Left(left=remaining, resets_at=resets_at)


def test_of_several_the_scarcest_counts():
    headers = {
        "x-ratelimit-remaining": "40",
        "x-rate-limit-remaining": "3",
        "x-app-usage": '{"call_count": 90}',
    }
    assert left(headers, now=NOW).left == 3


@pytest.mark.parametrize(
    "value", ["", "-1", "nan", "inf", "-inf", "ten", "1e999", "true", "0x10", "1,000", "１２a", "\x00"]
)
def test_a_remaining_that_is_no_count_says_nothing(value):
    assert left({"x-ratelimit-remaining": value, "x-ratelimit-reset": EPOCH}, now=NOW) is None


@pytest.mark.parametrize(
    "value",
    ["", "0", "-900", "nan", "inf", "1e300", "99999999999999999999", "tomorrow", "2026-99-99", "0001-01-01", "3000000000",
     str(int((NOW - timedelta(hours=1)).timestamp())), str(int((NOW + timedelta(days=60)).timestamp())), "9" * 5000],
    ids=lambda value: value[:12] or "empty",
)  # fmt: skip
def test_a_time_that_is_over_far_away_or_none_is_no_time(value):
    assert left({"ratelimit-remaining": "0", "ratelimit-reset": value}, now=NOW) == Left(
        left=0, resets_at=None
    )


@pytest.mark.parametrize(
    "value",
    ["", "{", "null", "[]", "{}", '"100"', "12", '{"call_count": null}', '{"call_count": true}', '{"call_count": "many"}',
     '{"call_count": NaN}', '{"call_count": 1e999}', "[" * 100_000, '{"a":' * 50 + "1" + "}" * 50],
    ids=lambda value: value[:20] or "empty",
)  # fmt: skip
def test_a_usage_that_cannot_be_read_says_nothing(value):
    assert left(dict.fromkeys(USAGE, value), now=NOW) is None


def test_a_pause_named_by_meta_is_a_day_at_the_most():
    headers = {"x-app-usage": '{"call_count": 100, "estimated_time_to_regain_access": 1e12}'}
    assert left(headers, now=NOW).resets_at == NOW + timedelta(days=1)


NAMES = [f"{family}-{end}" for family in FAMILIES for end in ("remaining", "reset")] + [*USAGE]


@given(
    headers=st.dictionaries(
        st.sampled_from(NAMES), st.text(st.characters(max_codepoint=255), max_size=40) | st.floats().map(str)
    )
)
def test_no_header_makes_it_raise_or_go_out_of_bounds(headers):
    found = left(headers, now=NOW)
    if found is not None:
        assert found.left >= 0
        assert found.resets_at is None or NOW < found.resets_at <= NOW + LONGEST
