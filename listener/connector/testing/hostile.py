"""Whatever a place answers, a connector gives items or a trouble that says so: nothing untyped, and no silent nothing."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import product

from listener.connector.contract import JSON, AnyConnector, Trouble
from listener.connector.testing import Kept, Recording, Reply, faults, recorded
from listener.connector.testing.playing import always, first_poll, played

Spoil = Callable[[bytes], bytes]

GARBAGE: Mapping[str, bytes] = {
    "nothing": b"",
    "an HTML page": b"<!doctype html><html><head><title>Sign in</title></head><body><form>Log in</form></body></html>",
    "null": b"null",
    "a number": b"7",
    "a list": b"[]",
    "an object": b"{}",
    "an error in JSON": b'{"error": {"code": 17, "message": "limit reached"}}',
    "JSON that breaks off": b'{"hits": [{"objectID": "1", ',
    "nested lists": b"[" * 50_000,
    "a number without end": b'{"hits": [' + b"9" * 5_000 + b"]}",
    "bytes": random.Random(7).randbytes(2_000),  # noqa: S311 - the same noise each time, no secret
    "zeros": b"\x00" * 2_000,
}
CONTENT_TYPES = ("application/json", "text/html; charset=utf-8", "application/xml", "")


def outcome(work: Callable[[], list[Kept]]) -> list[Kept] | Trouble:
    """The pages, or the trouble, which has a sentence. Anything else that is raised goes on."""
    try:
        return work()
    except Trouble as trouble:
        told = trouble
    assert told.reason.strip()
    return told


def garbage_is_told(connector: AnyConnector, recording: Recording, *, body: bytes, content_type: str) -> None:
    """It is never taken for silence."""
    headers = {"content-type": content_type} if content_type else {}
    garbage = always(Reply(headers=headers, body=body, messages=(body,)))
    brought_in = replace(recording, inward=recording.inward.spoiled(lambda _: body + b"\n"))
    kept = outcome(lambda: first_poll(connector, brought_in, garbage))
    if isinstance(kept, Trouble) or (recording.is_inward and not body):  # an empty file says nothing, and may
        return
    brought = any(one.page.found or one.page.refused for one in kept)
    if is_recorded(recording, body):
        return
    assert brought or reads_pages(recording), "Garbage was taken for an answer without items."
    assert_well_formed(kept, recording)


def is_recorded(recording: Recording, body: bytes) -> bool:
    """Whether just this is what the place answers where it has nothing: Google leaves out what is empty, and says `{}`."""
    return any(
        reply.status == 200 and reply.body == body
        for replies in recording.replies.values()
        for reply in replies
    )


def reads_pages(recording: Recording) -> bool:
    """Whether the place answers with pages for people: there any text may be the page, and the first one is a baseline."""
    types = [
        value
        for replies in recording.replies.values()
        for reply in replies
        for value in reply.headers.values()
    ]
    return any(value.startswith("text/html") for value in types)


def assert_well_formed(kept: list[Kept], recording: Recording) -> None:
    now = recording.at(recording.polls)
    wrong = [fault for one in kept for found in one.page.found for fault in faults(found, now=now)]
    assert not wrong, "\n".join(wrong)


def spoiled(spoil: Callable[[JSON], JSON]) -> Spoil:
    """Every leaf of a JSON body through `spoil`; other bodies have their texts and attributes spoiled bluntly."""

    def leaves(value: JSON) -> JSON:
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


SPOILS: Mapping[str, Spoil] = {
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


def spoiled_is_items_or_trouble(connector: AnyConnector, recording: Recording, *, spoil: Spoil) -> None:
    original = recorded(recording)

    def answers(method: str, url: str, poll: int) -> Reply:
        try:
            reply = original(method, url, poll)
        except LookupError:  # a spoiled link or time leads to where nothing was recorded
            return Reply(status=404)
        messages = None if reply.messages is None else tuple(map(spoil, reply.messages))
        return replace(reply, body=spoil(reply.body), messages=messages)

    brought_in = replace(recording, inward=recording.inward.spoiled(spoil))
    kept = outcome(lambda: [one for told in played(connector, brought_in, answers=answers) for one in told])
    if not isinstance(kept, Trouble):
        assert_well_formed(kept, recording)


def circle_comes_to_an_end(connector: AnyConnector, recording: Recording) -> None:
    """Paging that leads to the same page for ever; what comes by itself has none."""
    if recording.is_inward:
        return
    first = next(iter(recording.replies.values()))[0]
    kept = outcome(lambda: first_poll(connector, recording, always(replace(first, status=200))))
    assert isinstance(kept, Trouble) or len(kept) < 50


EACH: Mapping[str, Callable[[AnyConnector, Recording], None]] = {
    "paging in a circle comes to an end": circle_comes_to_an_end,
    **{
        f"spoiled by {name}": partial(spoiled_is_items_or_trouble, spoil=spoil)
        for name, spoil in SPOILS.items()
    },
}
ONCE: Mapping[str, Callable[[AnyConnector, Recording], None]] = {
    f"garbage ({name} as {kind or 'nothing'}) is told": partial(garbage_is_told, body=body, content_type=kind)
    for (name, body), kind in product(GARBAGE.items(), CONTENT_TYPES)
}
