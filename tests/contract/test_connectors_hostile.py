"""Whatever a place answers, a connector gives items or a trouble that says so: nothing untyped, and no silent nothing."""

from __future__ import annotations

import pytest
from playing import each_recording, once_a_kind

from listener.connector import registry
from listener.connector.testing import Recording, hostile


@once_a_kind
@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in hostile.GARBAGE.items()])
@pytest.mark.parametrize("content_type", hostile.CONTENT_TYPES)
def test_garbage_is_told_and_never_taken_for_silence(kind, path, body, content_type):
    recording = Recording.load(path)
    hostile.garbage_is_told(registry.find(kind), recording, body=body, content_type=content_type)


@each_recording
@pytest.mark.parametrize("spoil", [pytest.param(spoil, id=name) for name, spoil in hostile.SPOILS.items()])
def test_a_spoiled_answer_becomes_items_or_a_trouble(kind, path, spoil):
    hostile.spoiled_is_items_or_trouble(registry.find(kind), Recording.load(path), spoil=spoil)


@each_recording
def test_paging_that_leads_in_a_circle_comes_to_an_end(kind, path):
    hostile.circle_comes_to_an_end(registry.find(kind), Recording.load(path))
