"""For whom what a poll brings is backfill."""

from datetime import timedelta

from builders import NOW, client
from wanted import target

from listener.polling.intake import Intake
from listener.store.evidence import heard_since
from listener.store.targets import Claim

HOUR = timedelta(hours=1)


def intake(**asked):
    return Intake(clients={name: client(name) for name in asked}, percolator=None, scorer=None, asked=asked)


def claimed(complete_from_at, **since):
    return Claim(
        target_id=1, kind="rss", scope="x", credential="", token=1, cursor=None, cursor_version=1, validators={},
        health={}, due_at=NOW, complete_from_at=complete_from_at, since={f"client:{name}": at for name, at in since.items()},
    )  # fmt: skip


def test_before_the_first_poll_to_the_end_all_is_backfill():
    assert intake(mills=NOW).backfill(target(), claimed(None, mills=None)) == {"mills"}


def test_after_it_nothing_is():
    assert intake(mills=NOW).backfill(target(), claimed(NOW + HOUR, mills=NOW + HOUR)) == frozenset()


def test_a_client_that_joined_a_list_since_is_new_and_the_others_are_not():
    both = target(clients=("mills", "acme"))
    late = intake(mills=NOW, acme=NOW + 2 * HOUR)
    assert late.backfill(both, claimed(NOW + HOUR, mills=NOW, acme=NOW)) == {"acme"}
    assert late.backfill(both, claimed(NOW + 3 * HOUR, mills=NOW, acme=NOW)) == frozenset()


def test_a_list_that_a_known_target_begins_to_serve_is_new():
    both = target(clients=("mills", "acme"))
    assert intake(mills=NOW, acme=NOW).backfill(both, claimed(NOW + HOUR, mills=NOW, acme=None)) == {"acme"}


def test_a_client_is_heard_from_the_later_of_joining_and_the_first_full_poll():
    assert heard_since(NOW, NOW + HOUR, NOW - HOUR) == NOW
    assert heard_since(NOW, NOW + 2 * HOUR, NOW + HOUR) == NOW + HOUR
    assert heard_since(NOW, NOW, NOW + HOUR) is None
    assert heard_since(None, NOW, NOW) is None
