"""How complaints are counted for a person."""

from listener.domain.crowd import crowd


def test_it_counts_people_stories_and_mentions():
    counted = crowd([("ann", 1), ("ann", 2), ("bob", 1), ("cid", 1), ("dan", 3)])
    assert (counted.people, counted.stories, counted.mentions) == (4, 3, 5)


def test_it_says_who_is_left_without_the_biggest_story():
    counted = crowd([("ann", 1), ("bob", 1), ("cid", 1), ("ann", 2), ("dan", 3)])
    assert (counted.biggest_story_people, counted.people_without_it) == (3, 2)


def test_who_is_unknown_beside_the_people_matters_from_a_quarter_of_them_on():
    people = [(name, number) for number, name in enumerate("abcdefgh")]
    assert crowd(people, unknown=["x", "x", "a"]).unknown == 1
    assert not crowd(people, unknown=["x"]).unknown_matter
    assert crowd(people, unknown=["x", "y"]).unknown_matter
    assert not crowd([]).unknown_matter


def test_nobody_is_nobody():
    assert crowd([]).people == 0
