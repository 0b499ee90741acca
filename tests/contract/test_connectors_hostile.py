"""Whatever a place answers, a connector gives items or a trouble that says so: nothing untyped, and no silent nothing."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace

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
    headers = {"content-type": content_type} if content_type else {}

    def answers(method, url, poll):
        return (
            Reply(status=404)
            if url.endswith("/robots.txt")
            else Reply(headers=headers, body=body, messages=(body,))
        )

    kept = outcome(lambda: one_poll(kind, path, answers))
    if isinstance(kept, Trouble):
        return
    brought = any(one.page.found or one.page.refused for one in kept)
    assert brought or reads_pages(recording), "garbage was taken for an answer without items"
    assert well_formed(kept, recording)


def reads_pages(recording: Recording) -> bool:
    """Whether the place answers with pages for people: there any text may be the page, and the first one is a baseline."""
    types = [
        value
        for replies in recording.replies.values()
        for reply in replies
        for value in reply.headers.values()
    ]
    return any(value.startswith("text/html") for value in types)


def well_formed(kept: list[Kept], recording: Recording) -> bool:
    now = recording.at(recording.polls)
    return not [fault for one in kept for found in one.page.found for fault in testing.faults(found, now=now)]


def spoiled(spoil: Callable[[object], object]) -> Callable[[bytes], bytes]:
    """Every leaf of a JSON body through `spoil`; other bodies have their texts and attributes spoiled bluntly."""

    def leaves(value):
        if isinstance(value, dict):
            return {key: leaves(each) for key, each in value.items()}
        return [leaves(each) for each in value] if isinstance(value, list) else spoil(value)

    def body(original: bytes) -> bytes:
        try:
            return json.dumps(leaves(json.loads(original))).encode()
        except ValueError:
            put = str(spoil("x")).encode("utf-8", "xmlcharrefreplace")[:3_000]
            return (
                original.replace(b"20", put).replace(b"href=", b"href=" + put).replace(b"https:", put + b":")
            )

    return body


SPOILS = {
    "cut in half": lambda body: body[: len(body) // 2],
    "cut at the end": lambda body: body[:-9],
    "nulls": spoiled(lambda _: None),
    "huge numbers": spoiled(lambda value: 10**400 if isinstance(value, int) else value),
    "numbers past the clock": spoiled(lambda value: 2**62 if isinstance(value, int) else value),
    "negative numbers": spoiled(lambda value: -(2**40) if isinstance(value, int) else value),
    "infinities": spoiled(lambda value: float("inf") if isinstance(value, int) else value),
    "lists for texts": spoiled(lambda value: [value, [value]] if isinstance(value, str) else value),
    "objects for texts": spoiled(lambda value: {"a": value} if isinstance(value, str) else value),
    "texts for numbers": spoiled(lambda value: str(value) if isinstance(value, int) else value),
    "empty texts": spoiled(lambda value: "" if isinstance(value, str) else value),
    "halves of characters": spoiled(
        lambda value: value + "\ud83d\u202e\x00" if isinstance(value, str) else value
    ),
    "links that run": spoiled(lambda value: "javascript:alert(1)" if isinstance(value, str) else value),
    "dates of nines": lambda body: body.replace(b"2026", b"9999"),
}


@each_recording
@pytest.mark.parametrize("spoil", [pytest.param(spoil, id=name) for name, spoil in hostile.SPOILS.items()])
def test_a_spoiled_answer_becomes_items_or_a_trouble(kind, path, spoil):
    hostile.spoiled_is_items_or_trouble(registry.find(kind), Recording.load(path), spoil=spoil)
    recording = Recording.load(path)
    original = testing.recorded(recording)

    def answers(method, url, poll):
        try:
            reply = original(method, url, poll)
        except LookupError:  # a spoiled link or time leads to where nothing was recorded
            return Reply(status=404)
        messages = None if reply.messages is None else tuple(map(spoil, reply.messages))
        return replace(reply, body=spoil(reply.body), messages=messages)

    kept = outcome(lambda: [one for poll in played(kind, recording, answers=answers) for one in poll])
    assert isinstance(kept, Trouble) or well_formed(kept, recording)


@each_recording
def test_paging_that_leads_in_a_circle_comes_to_an_end(kind, path):
    hostile.circle_comes_to_an_end(registry.find(kind), Recording.load(path))
    recording = Recording.load(path)
    first = next(iter(recording.replies.values()))[0]

    def answers(method, url, poll):
        return Reply(status=404) if url.endswith("/robots.txt") else first

    kept = outcome(lambda: one_poll(kind, path, answers))
    assert isinstance(kept, Trouble) or len(kept) < 50
