"""What the contract promises, as checks over a connector and its recordings: for the collection, and for packages of their own.

    from listener.connector.testing import suite

    CASES = suite.cases(CONNECTOR, Path(__file__).parent / "recorded")

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_it_keeps_the_contract(case):
        case.run()

Each check raises AssertionError with a sentence, or what went wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from listener.connector.contract import AnyConnector, Gone, NeedsAttention, Trouble, TryLater
from listener.connector.testing import Recording, Reply, faults, hostile, recorded, visit
from listener.connector.testing.playing import always, first_poll, ids, pages, played


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One check of the suite, ready to run."""

    name: str
    run: Callable[[], None]

    def __str__(self) -> str:
        return self.name


def cases(connector: AnyConnector, folder: Path) -> list[Case]:
    """Every check over the recordings in this folder; a folder without any is one that fails."""
    recordings = [Recording.load(path) for path in sorted(folder.glob("*.json"))]
    found = [
        Case(
            name="brings items",
            run=partial(brings_items, connector, recordings, where=str(folder)),
        ),
        Case(name="declares itself", run=partial(declares_itself, connector)),
        Case(name="describes its options", run=partial(describes_its_options, connector)),
    ]
    for one in recordings:
        found += [
            Case(name=f"{name}-{one.name}", run=partial(check, connector, one))
            for name, check in {**EACH, **hostile.EACH}.items()
        ]
    for one in recordings[:1]:
        found += [
            Case(name=f"{name}-{one.name}", run=partial(check, connector, one))
            for name, check in {**dict(_statuses()), **hostile.ONCE}.items()
        ]
        if connector.check is not None:
            found.append(Case(name="its check says a sentence", run=partial(checks, connector, one)))
    return found


def brings_items(connector: AnyConnector, recordings: list[Recording], *, where: str) -> None:
    assert recordings, f"Put recorded exchanges of {connector.kind} into {where} (docs/add-a-connector.md)."
    assert any(ids(told) for one in recordings for told in played(connector, one)), (
        f"None of the recordings in {where} brings an item: record one that does."
    )


def declares_itself(connector: AnyConnector) -> None:
    assert connector.kind.isidentifier()
    assert connector.summary.strip()
    assert "\n" not in connector.summary
    assert connector.terms.strip(), "say in one line what the terms of the place ask: `terms`"
    assert "\n" not in connector.terms
    assert timedelta() < connector.least_interval <= connector.default_every


def describes_its_options(connector: AnyConnector) -> None:
    fields = connector.options.model_fields
    bare = [name for name, field in fields.items() if not (field.description or "").strip()]
    assert not bare, f"Describe {', '.join(bare)}: what they mean, for who writes the configuration."
    assert connector.short is None or connector.short in fields
    assert connector.options.model_config.get("frozen")
    assert connector.options.model_config.get("extra") == "forbid"


def scope_holds_no_secret(connector: AnyConnector, recording: Recording) -> None:
    secret = "a-secret-of-nobody"  # noqa: S105 - a word to look for
    for options in recording.searches(connector):
        kept_back = {
            name: SecretStr(secret)
            for name, field in connector.options.model_fields.items()
            if "SecretStr" in str(field.annotation)
        }
        assert connector.scope(options).strip()
        assert secret not in connector.scope(options.model_copy(update=kept_back))
        assert secret not in repr(options.model_copy(update=kept_back))


def gives_the_same_again(connector: AnyConnector, recording: Recording) -> None:
    once, again = (played(connector, recording) for _ in range(2))
    assert [[one.page for one in told] for told in once] == [[one.page for one in told] for told in again]


def items_are_as_the_contract_has_them(connector: AnyConnector, recording: Recording) -> None:
    now = recording.at(recording.polls)
    kept = [one for told in played(connector, recording) for one in told]
    wrong = [fault for one in kept for found in one.page.found for fault in faults(found, now=now)]
    assert not wrong, "\n".join(wrong)
    assert all(refused.reason and refused.payload for one in kept for refused in one.page.refused)


def cursor_survives_a_database(connector: AnyConnector, recording: Recording) -> None:
    for told in played(connector, recording):
        assert [one.page.cursor for one in told] == [one.cursor for one in told]


def crash_between_pages_loses_nothing(connector: AnyConnector, recording: Recording) -> None:
    for options in recording.searches(connector):
        last = None
        for number in range(recording.polls):
            whole = pages(connector, options, recording, number, last=last)
            for stored in range(len(whole)):
                before = whole[stored - 1] if stored else last
                resumed = pages(connector, options, recording, number, last=before)
                assert set(ids(whole[:stored]) + ids(resumed)) >= set(ids(whole))
            last = whole[-1] if whole else last


def nothing_new_is_found_where_nothing_is(connector: AnyConnector, recording: Recording) -> None:
    for options in recording.searches(connector):
        last, known = None, set()
        for number in range(recording.polls):
            told = pages(connector, options, recording, number, last=last)
            known |= set(ids(told))
            last = told[-1] if told else last
        assert set(ids(pages(connector, options, recording, recording.polls, last=last))) <= known


EACH: Mapping[str, Callable[[AnyConnector, Recording], None]] = {
    "its scope holds no secret": scope_holds_no_secret,
    "gives the same again": gives_the_same_again,
    "its items are as the contract has them": items_are_as_the_contract_has_them,
    "its cursor survives a database": cursor_survives_a_database,
    "a crash between two pages loses nothing": crash_between_pages_loses_nothing,
    "finds nothing new where nothing is": nothing_new_is_found_where_nothing_is,
}

STATUSES: tuple[tuple[int, Mapping[str, str], type[Trouble], timedelta | None], ...] = (
    (401, {}, NeedsAttention, None),
    (403, {}, NeedsAttention, None),
    (404, {}, NeedsAttention, None),
    (410, {}, Gone, None),
    (429, {}, TryLater, None),
    (429, {"retry-after": "120"}, TryLater, timedelta(seconds=120)),
    (500, {}, TryLater, None),
    (503, {"retry-after": "DATE"}, TryLater, timedelta(minutes=10)),
)
"""A status with its headers, the trouble that it is, and how long the place asks us to wait."""


def status_is_its_trouble(
    connector: AnyConnector,
    recording: Recording,
    *,
    status: int,
    headers: Mapping[str, str],
    expected: type[Trouble],
    after: timedelta | None,
) -> None:
    """Where anything is asked over HTTP."""
    if recording.is_inward:
        return
    at = format_datetime(recording.now + timedelta(minutes=10), usegmt=True)
    said = {name: at if value == "DATE" else value for name, value in headers.items()}
    raised: Trouble | None = None
    try:
        first_poll(connector, recording, always(Reply(status=status, headers=said, body=b"no")))
    except Trouble as trouble:
        raised = trouble
    assert raised is not None, f"{status} was taken for an answer."
    assert type(raised) is expected, f"{status} became {type(raised).__name__}: {raised.reason}"
    assert raised.reason.endswith((".", "later."))
    if isinstance(raised, TryLater) and after is not None:
        assert raised.after is not None
        assert abs(raised.after - after) < timedelta(seconds=5)


def _statuses() -> Iterator[tuple[str, Callable[[AnyConnector, Recording], None]]]:
    for status, headers, expected, after in STATUSES:
        name = f"{status} {'with a time ' if headers else ''}is its trouble"
        yield (
            name,
            partial(status_is_its_trouble, status=status, headers=headers, expected=expected, after=after),
        )


def checks(connector: AnyConnector, recording: Recording) -> None:
    assert connector.check is not None
    http = visit(recorded(recording), now=recording.now, inward=recording.inward)
    assert connector.check(http, recording.searches(connector)[0]).strip()
