"""Who counts as an independent witness of a complaint, or of praise."""

from datetime import UTC, datetime, timedelta

from listener.domain.voices import Testimony, decided, is_voice

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def said(witness="author:a", story=1, *, at=NOW, **more):
    return Testimony(counted_at=at, witness=witness, story=story, **{"label": "negative", **more})


def test_a_complaint_of_a_stranger_is_a_voice():
    assert is_voice(said(), [])


def test_praise_the_clients_own_words_and_backfill_are_none():
    assert not any(
        is_voice(mute, [])
        for mute in (said(label="positive"), said(label="unknown"), said(own=True), said(backfill=True))
    )


def test_one_angry_account_thirty_times_is_one_voice():
    batch = [said(story=i, at=NOW + timedelta(minutes=i)) for i in range(30)]
    assert decided(batch, []) == [True] + [False] * 29


def test_forty_copies_of_a_story_are_one_voice():
    assert sum(decided([said(f"host:{i}.example", story=7) for i in range(40)], [])) == 1


def test_thirty_people_with_a_story_each_are_thirty():
    assert all(decided([said(f"author:{i}", story=i) for i in range(30)], []))


def test_a_witness_counts_again_after_a_day():
    earlier = [said(voice=True, at=NOW - timedelta(hours=25))]
    assert is_voice(said(story=2), earlier)
    assert not is_voice(said(story=2, at=NOW - timedelta(hours=2)), earlier)


def test_what_was_no_voice_itself_silences_nobody():
    assert is_voice(said(), [said(voice=False)])


def test_an_item_stored_late_is_compared_in_its_own_time():
    assert not is_voice(said(at=NOW - timedelta(hours=3)), [said(voice=True)])


def test_praise_has_voices_of_its_own_by_the_same_rule():
    happy = [said(label="positive"), said("author:b", story=1, label="positive"), said("author:c", 2)]
    assert decided(happy, [], side="positive") == [True, False, False]
    assert decided(happy, []) == [False, False, True]


def test_who_complained_may_praise_within_the_day_and_the_other_way_round():
    assert is_voice(said(label="positive"), [said(voice=True)], side="positive")
    assert is_voice(said(), [said(label="positive", praise=True)])
    assert not is_voice(said(label="positive"), [said(label="positive", praise=True)], side="positive")
