"""What authors take back or change at a place is taken back and changed here; what was counted stays counted."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from oneplace import START, found, one_place, page

from listener.domain.found import Author
from listener.domain.message import Message, Quote
from listener.jobs.prune import prune
from listener.store import evidence, outbox, tables

WRITTEN = START + timedelta(minutes=10)
COMPLAINT = replace(
    found("Mills never sent my refund", at=WRITTEN), external_id="item-1", url="https://x.example/1"
)
PRAISE = "I love Mills, wonderful service and a great refund"


def mention(here):
    with here.database.read() as connection:
        (row,) = connection.execute(sa.select(tables.mentions)).all()
        labels = connection.execute(sa.select(tables.matches.c.label, tables.matches.c.reasons)).all()
        counted = connection.execute(
            sa.select(tables.counts.c.negative, tables.counts.c.positive, tables.counts.c.voices)
        ).all()
    return row, labels, [tuple(one) for one in counted]


def polled(here, **later):
    here.later(**(later or {"minutes": 20}))
    here.polls.start_due(here.plan)
    return here.until_written()


def shows(*pages):
    """One page a poll after an empty one that ends the backfill, the last one for ever."""
    left = [page(), *pages]
    return lambda _: [left.pop(0) if len(left) > 1 else left[0]]


def test_an_edited_item_reads_and_counts_as_it_does_now(database):
    edited = replace(COMPLAINT, text=PRAISE, edited_at=WRITTEN + timedelta(minutes=15))
    with one_place(database, fetch=shows(page(COMPLAINT), page(edited))) as here:
        polled(here, seconds=1)
        polled(here, minutes=16)
        assert mention(here)[1][0].label == "negative"
        polled(here)
        row, labels, counted = mention(here)
    assert (row.text, row.edited_at) == (PRAISE, edited.edited_at)
    assert labels[0].label == "positive"
    assert labels[0].reasons[0] == "edited by its author since"
    assert counted == [(0, 1, 0)]
    assert row.counted_at == WRITTEN


def test_an_older_version_that_comes_late_changes_nothing(database):
    newer = replace(COMPLAINT, text=PRAISE, edited_at=WRITTEN + timedelta(minutes=15))
    older = replace(COMPLAINT, text="Mills is", edited_at=WRITTEN + timedelta(minutes=14))
    with one_place(database, fetch=shows(page(newer), page(older))) as here:
        polled(here, seconds=1)
        polled(here, minutes=16)
        polled(here)
        assert mention(here)[0].text == PRAISE


def test_a_label_that_a_person_gave_outlives_an_edit(database):
    edited = replace(COMPLAINT, text=PRAISE, edited_at=WRITTEN + timedelta(minutes=15))
    with one_place(database, fetch=shows(page(COMPLAINT), page(edited))) as here:
        polled(here, seconds=1)
        polled(here, minutes=16)
        with here.database.write() as connection:
            row = {"mention_id": 1, "client_id": "mills", "label": "negative", "who": "dana", "at": START}
            connection.execute(sa.insert(tables.corrections), [row])
        polled(here)
        row, labels, _ = mention(here)
    assert (row.text, labels[0].label) == (PRAISE, "negative")


def test_of_a_deleted_item_nothing_is_left_but_that_it_was_said(database):
    gone = page(gone=[COMPLAINT.external_id])
    with one_place(database, fetch=shows(page(COMPLAINT), gone, page(COMPLAINT))) as here:
        polled(here, seconds=1)
        polled(here, minutes=16)
        polled(here)
        polled(here)  # a place that still shows it to others brings it back no more
        row, labels, counted = mention(here)
        with here.database.read() as connection:
            tables_now = [
                connection.execute(sa.select(table)).all()
                for table in tables.metadata.sorted_tables
                if table.name != "identities"
            ]
            authors = connection.execute(sa.select(tables.authors)).all()
    assert (row.text, row.title, row.url, row.gone_at) == (
        "",
        None,
        None,
        START + timedelta(minutes=36, seconds=1),
    )
    assert [tuple(one) for one in labels] == [("negative", ["its author has deleted it since"])]
    assert counted == [(1, 0, 1)]
    assert authors == []
    assert "refund" not in str(tables_now)
    assert "x.example/1" not in str(tables_now)


def test_with_an_account_that_is_gone_goes_all_that_is_stored_of_it(database):
    other = replace(COMPLAINT, external_id="item-2", url="https://x.example/2", author=Author(key="ben"))
    gone = page(gone_authors=["ann", "nobody"])
    with one_place(database, fetch=shows(page(COMPLAINT, other), gone)) as here:
        polled(here, seconds=1)
        polled(here, minutes=16)
        polled(here)
        with here.database.read() as connection:
            stored = connection.execute(
                sa.select(tables.mentions.c.text, tables.mentions.c.gone_at.is_(None)).order_by(
                    tables.mentions.c.external_id
                )
            ).all()
            authors = list(connection.scalars(sa.select(tables.authors.c.key)))
    assert [tuple(one) for one in stored] == [("", False), (COMPLAINT.text, True)]
    assert authors == ["ben"]


def test_messages_quote_a_deleted_item_no_more(database):
    quoted = Quote(text="Mills never sent", url=COMPLAINT.url, author="ann")
    told = Message(id="a/1", kind="firing", headline="1 person", quotes=(quoted,))
    with one_place(database, fetch=shows(page(COMPLAINT), page(gone=[COMPLAINT.external_id]))) as here:
        polled(here, seconds=1)
        polled(here, minutes=16)
        with here.database.write() as connection:
            outbox.add(connection, key="a/1", receiver="accounts", message=told, now=here.now)
        polled(here)
        with here.database.read() as connection:
            (message,) = connection.scalars(sa.select(tables.outbox.c.message))
            said = evidence.said(connection, [1])
    assert Message.from_json(message).quotes == (Quote(text="[deleted by its author]"),)
    assert [one.whole for one in said] == [""]


def test_who_deletes_and_writes_again_is_one_voice_for_a_day_and_forgotten_after_two(database):
    again = replace(COMPLAINT, external_id="item-2", url="https://x.example/2")
    pages = shows(page(COMPLAINT), page(gone=[COMPLAINT.external_id]), page(again), page())
    with one_place(database, fetch=pages) as here:
        polled(here, seconds=1)
        polled(here, minutes=16)
        polled(here)
        polled(here)
        with here.database.read() as connection:
            voices = list(connection.scalars(sa.select(tables.matches.c.voice).order_by(tables.matches.c.id)))
        prune(here.database, now=here.now + timedelta(days=3))
        with here.database.read() as connection:
            witnesses = list(
                connection.scalars(sa.select(tables.mentions.c.witness).order_by(tables.mentions.c.id))
            )
    assert voices == [True, False]
    assert witnesses == ["item:1", "author:made_up:ann"]
