"""Recordings played from poll to poll, as the engine would: each goes on with the cursor and the validators that were kept."""

from __future__ import annotations

from collections.abc import Sequence

from listener.connector.contract import AnyConnector, OptionsModel
from listener.connector.ledger import Ledger, LedgerHere
from listener.connector.testing import Answers, Kept, Recording, Reply, poll, recorded


def played(
    connector: AnyConnector, recording: Recording, *, answers: Answers | None = None
) -> list[list[Kept]]:
    """The pages of every poll of every search of a recording."""
    polls: list[list[Kept]] = []
    for options in recording.searches(connector):
        last, ledger = None, LedgerHere()
        for number in range(recording.polls):
            told = pages(connector, options, recording, number, last=last, answers=answers, ledger=ledger)
            polls.append(told)
            last = told[-1] if told else last
    return polls


def pages(
    connector: AnyConnector,
    options: OptionsModel,
    recording: Recording,
    number: int,
    *,
    last: Kept | None,
    answers: Answers | None = None,
    ledger: Ledger | None = None,
) -> list[Kept]:
    """The pages of one poll, which goes on where `last` ended."""
    return list(
        poll(
            connector,
            options,
            answers or recorded(recording),
            now=recording.at(number),
            number=number,
            cursor=last.cursor if last else None,
            validators=last.validators if last else {},
            ledger=ledger,
            inward=recording.inward,
        )
    )


def first_poll(connector: AnyConnector, recording: Recording, answers: Answers) -> list[Kept]:
    """The pages of the first poll of the first search, with these answers in the place of the recorded ones."""
    return [kept for told in played(connector, recording, answers=answers)[:1] for kept in told]


def always(reply: Reply) -> Answers:
    """The same answer to every question; there is no robots.txt."""
    return lambda _method, url, _poll: Reply(status=404) if url.endswith("/robots.txt") else reply


def ids(kept: Sequence[Kept]) -> list[str]:
    return [found.external_id for one in kept for found in one.page.found]
