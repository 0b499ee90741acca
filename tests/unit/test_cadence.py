"""How often a source is polled: by what it brings, within its bounds, sooner where a place forgets, and in an incident."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.domain import cadence
from listener.domain.cadence import LONGEST, SHORTEST, Brought, Cadence, every, jittered, learned

NOW = datetime(2026, 3, 2, tzinfo=UTC)
START = timedelta(minutes=15)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Place:
    """A place that shows its newest `holds` items (None: all), and the engine that polls it; times go by as it is polled."""

    items: list
    holds: int | None = None
    least: timedelta = SHORTEST
    now: datetime = NOW
    known: Cadence = field(default_factory=Cadence)
    heard: dict = field(default_factory=dict)
    polls: int = 0
    last: datetime | None = None

    def poll(self, *, urgent=False):
        there = [number for number, at in enumerate(self.items) if at <= self.now]
        shown = there if self.holds is None else there[-self.holds :]
        new = [number for number in shown if number not in self.heard]
        overlap = (
            new if self.holds is not None else there[-5:]
        )  # a feed leaves out what it knows, a search repeats
        self.heard |= dict.fromkeys(new, self.now)
        self.known = learned(
            self.known,
            Brought(
                ids=tuple(map(str, {*overlap, *new})),
                shown=len(shown) if self.holds else None,
                settled=self.polls > 0,
            ),
            start=START,
            least=self.least,
            since=self.last,
            now=self.now,
        )
        self.last, self.polls = self.now, self.polls + 1
        wait = every(self.known, start=START, least=self.least, urgent=urgent, now=self.now)
        self.now += jittered(wait, least=self.least, seed=(7, self.polls))
        return wait

    def until(self, end, *, urgent=False):
        before = self.polls
        while self.now < end:
            self.poll(urgent=urgent)
        return self.polls - before

    def delays(self, *, since=NOW):
        return sorted(
            at - self.items[number] for number, at in self.heard.items() if self.items[number] >= since
        )


def working_days(seed, *, days, a_day, opens=8, closes=20):
    """Items at random times of the days, between these hours."""
    chance = random.Random(seed)
    hours = [
        day * 24 + opens + (closes - opens) * chance.random() for day in range(days) for _ in range(a_day)
    ]
    return sorted(NOW + one * HOUR for one in hours)


def test_a_busy_source_is_polled_as_often_as_may_be_and_a_silent_one_once_a_day():
    busy = Place([NOW + number * 3 * MINUTE for number in range(2_000)])
    busy.until(NOW + DAY)
    assert busy.poll() == SHORTEST
    silent = Place([])
    silent.until(NOW + 30 * DAY)
    assert silent.poll() == LONGEST
    assert silent.polls < 150


@pytest.mark.parametrize("seed", range(2))
def test_a_simulated_day_hears_in_minutes_what_is_said_often_and_asks_seldom_where_little_is(seed):
    """The last of three weeks of thirty items between eight and twenty o'clock, and of two."""
    begins = NOW + 20 * DAY
    place = Place(working_days(seed, days=21, a_day=30))
    place.until(begins)
    polls = place.until(begins + DAY)
    delays = place.delays(since=begins)
    assert len(delays) == 30
    assert delays[15] <= 4 * MINUTE
    assert delays[27] <= 15 * MINUTE
    assert polls < 288 * 0.8
    quiet = Place(working_days(seed, days=21, a_day=2))
    quiet.until(begins)
    assert quiet.until(begins + DAY) < 96 / 2
    assert max(quiet.delays(since=begins)) < 2 * HOUR


@pytest.mark.parametrize("seed", range(2))
def test_a_place_that_shows_only_its_newest_loses_nothing_as_its_pace_grows(seed):
    """Twenty items are shown; every day half as many more come, up to two hundred."""
    chance = random.Random(seed)
    items, day = [], 0
    for a_day in (4, 6, 9, 14, 20, 30, 45, 68, 100, 150, 200, 200):
        items += [NOW + (day + chance.random()) * DAY for _ in range(a_day)]
        day += 1
    place = Place(sorted(items), holds=20)
    place.until(NOW + day * DAY + HOUR)
    first = len([one for one in items if one <= NOW])
    assert set(range(len(items))) - set(place.heard) == set(range(first))
    assert place.known.overran_at is None


def test_where_all_that_a_place_shows_is_new_it_is_asked_again_as_soon_as_may_be_and_that_is_told():
    week = [NOW - DAY + number * HOUR for number in range(24)]
    place = Place([*week, *(NOW + 12 * DAY + number * MINUTE for number in range(40))], holds=20)
    place.until(NOW + 12 * DAY)
    assert every(place.known, start=START, least=SHORTEST, urgent=False, now=place.now) > 4 * HOUR
    place.now = NOW + 12 * DAY + 40 * MINUTE
    assert place.poll() == SHORTEST
    assert datetime.fromisoformat(place.known.overran_at) == NOW + 12 * DAY + 40 * MINUTE
    assert every(place.known, start=START, least=HOUR, urgent=False, now=place.now) == HOUR


def test_a_full_page_of_a_search_of_which_nothing_is_known_speeds_up_at_once_as_well():
    place = Place([NOW + 5 * DAY + number * MINUTE for number in range(12)])
    place.until(NOW + 5 * DAY + 12 * MINUTE)
    place.now = NOW + 6 * DAY
    assert place.poll() == SHORTEST
    assert place.known.overran_at is None


def test_what_overlaps_is_no_news():
    place = Place([NOW - 10 * MINUTE, NOW - 5 * MINUTE])
    place.until(NOW + 2 * DAY)
    assert place.poll() > 1.5 * HOUR


def test_of_a_long_answer_what_overlaps_is_told_by_a_sample():
    def polled(known, numbers):
        return learned(
            known,
            Brought(ids=tuple(map(str, numbers))),
            start=START,
            least=SHORTEST,
            since=None,
            now=NOW + HOUR,
        )

    known = learned(
        Cadence(),
        Brought(ids=tuple(map(str, range(3_000))), settled=False),
        start=START,
        least=SHORTEST,
        since=None,
        now=NOW,
    )
    assert len(known.marks) == cadence.MOST_MARKS
    assert polled(known, range(3_000)).brought_at == known.brought_at
    assert polled(known, range(10, 3_010)).usual_s > SHORTEST.total_seconds() * cadence.PER_GAP
    assert polled(known, range(3_000, 6_000)).usual_s == SHORTEST.total_seconds() * cadence.PER_GAP


def test_in_an_incident_it_is_polled_as_often_as_its_place_allows_and_then_as_before():
    place = Place([])
    place.until(NOW + 10 * DAY)
    assert place.poll(urgent=True) == SHORTEST
    place.least = HOUR
    assert place.poll(urgent=True) == HOUR
    assert place.poll() > HOUR


def test_it_begins_with_what_its_kind_names():
    assert every(Cadence(), start=HOUR, least=SHORTEST, urgent=False, now=NOW) == HOUR
    first = learned(Cadence(), Brought(settled=False), start=HOUR, least=SHORTEST, since=None, now=NOW)
    assert every(first, start=HOUR, least=SHORTEST, urgent=False, now=NOW) == HOUR


@given(
    gaps=st.lists(st.integers(0, 3_000_000), max_size=30),
    news=st.lists(st.integers(0, 150), min_size=30, max_size=30),
    shown=st.none() | st.integers(1, 200),
    least=st.sampled_from([MINUTE, SHORTEST, HOUR, 48 * HOUR]),
    urgent=st.booleans(),
)
def test_it_stays_within_its_bounds_whatever_comes_and_survives_json(gaps, news, shown, least, urgent):
    known, now, since = Cadence(), NOW, None
    for number, (gap, new) in enumerate(zip(gaps, news, strict=False)):
        now += timedelta(seconds=gap)
        brought = Brought(ids=tuple(f"{number}-{one}" for one in range(new)), shown=shown, settled=number > 0)
        known = learned(known, brought, start=START, least=least, since=since, now=now)
        assert Cadence.from_json(known.to_json()) == known
        wait = every(known, start=START, least=least, urgent=urgent, now=now)
        assert max(SHORTEST, least) <= wait <= max(LONGEST, least)
        since = now


@given(span=st.integers(60, 90_000), seed=st.integers(0, 10_000), least=st.sampled_from([MINUTE, SHORTEST]))
def test_jitter_is_a_tenth_at_the_most_never_below_what_the_place_allows_nor_over_a_day(span, seed, least):
    wanted = timedelta(seconds=span)
    found = jittered(wanted, least=least, seed=(seed, 1))
    assert found >= least
    assert abs(found - max(wanted, least)) <= max(wanted, least) / 10
    assert wanted > LONGEST or found <= LONGEST


def test_polls_of_many_sources_and_of_one_do_not_fall_together():
    assert len({jittered(HOUR, least=MINUTE, seed=(seed, 1)) for seed in range(1_000)}) > 900
    assert len({jittered(HOUR, least=MINUTE, seed=(1, polls)) for polls in range(1_000)}) > 900
