"""What a person says of a mention: kept, obeyed by everything that stores matches, and followed by voices and counts."""

import sqlalchemy as sa
from builders import NOW, add_client, add_target, found, incoming, key, score

from listener.store import marked, matches, mentions, tables
from listener.store.tables import counts
from listener.store.tables import matches as rows


def stored(database, *items):
    with database.write() as connection:
        add_client(connection)
        target = add_target(connection)
        mentions.add(connection, list(items), target_id=target, kind="rss", backfill=frozenset(), now=NOW)


def voices(connection):
    return [row.voice for row in connection.execute(sa.select(rows.c.voice).order_by(rows.c.id))]


def test_a_match_taken_back_leaves_the_counts_and_lets_the_next_of_its_story_be_the_voice(database):
    stored(
        database,
        incoming(by="author:ann", story=key("s")),
        incoming(by="author:bob", story=key("s")),
        incoming(by="author:cyd"),
    )
    with database.write() as connection:
        assert voices(connection) == [True, False, True]
        assert matches.withdraw(connection, 1, "mills") == "negative"
        assert voices(connection) == [True, True]
        row = connection.execute(sa.select(counts)).one()
        assert (row.mentions, row.negative, row.voices) == (2, 2, 2)
        assert matches.withdraw(connection, 1, "mills") is None


def test_voices_of_praise_follow_a_label_and_a_withdrawal_as_voices_of_complaint_do(database):
    stored(
        database,
        incoming(by="author:ann", story=key("s"), label="positive"),
        incoming(by="author:bob", story=key("s"), label="positive"),
        incoming(by="author:ann"),
    )
    with database.write() as connection:

        def books():
            row = connection.execute(sa.select(counts)).one()
            said = connection.scalars(sa.select(rows.c.praise).order_by(rows.c.id)).all()
            return list(said), voices(connection), (row.positive, row.negative, row.praise, row.voices)

        assert books() == ([True, False, False], [False, False, True], (2, 1, 1, 1))
        matches.relabel(connection, 1, score("negative"))
        assert books() == ([False, True, False], [True, False, False], (1, 2, 1, 1))
        matches.withdraw(connection, 1, "mills")
        assert books() == ([True, False], [False, True], (1, 1, 1, 1))


def test_what_is_marked_as_not_about_a_client_is_held_and_never_matched_with_it_again(database):
    item = incoming()
    stored(database, item)
    with database.write() as connection:
        marked.put(connection, mention_id=1, client_id="mills", about=False, who="dana", now=NOW)
        matches.withdraw(connection, 1, "mills")
        assert matches.held(connection, [item.identity]) == {(item.identity, "mills")}
        offer = matches.Offer(mention_id=1, client_id="mills", score=score(), own=False, backfill=False)
        assert matches.add(connection, [offer]).matches == 0
        marked.put(connection, mention_id=1, client_id="mills", about=True, who="eve", now=NOW)
        assert matches.add(connection, [offer]).matches == 1


def test_the_last_word_on_a_mention_stands(database):
    stored(database, incoming())
    with database.write() as connection:
        for about, who in ((False, "dana"), (True, "eve")):
            marked.put(connection, mention_id=1, client_id="mills", about=about, who=who, now=NOW)
        row = connection.execute(sa.select(tables.marked)).one()
        assert (row.about, row.who) == (True, "eve")


def test_a_proposal_is_made_from_what_queries_brought(database):
    stored(database, incoming(found("Mills is late")))
    with database.read() as connection:
        assert marked.texts(connection, "mills") == []
    with database.write() as connection:
        connection.execute(sa.update(rows).values(explanation={"reason": "says “Mills”"}))
        assert [one.text for one in marked.texts(connection, "mills")] == ["Mills is late"]
