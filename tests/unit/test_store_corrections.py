"""What a person says a mention says: kept, won by the newest word, obeyed by everything that stores matches."""

import pytest
import sqlalchemy as sa
from builders import NOW, add_client, add_target, incoming, key, score

from listener.polling.labelling import NotMatched, Several, label
from listener.polling.marking import NoMention
from listener.store import audit, corrections, matches, mentions
from listener.store.corrected import corrected
from listener.store.tables import corrections as words
from listener.store.tables import counts
from listener.store.tables import matches as rows


@pytest.fixture
def three(database):
    """Ann and Bob tell one story, Cyd another; all are complaints about Mills."""
    with database.write() as connection:
        add_client(connection)
        add_client(connection, "globex")
        target = add_target(connection)
        items = [
            incoming(by="author:ann", story=key("s")),
            incoming(by="author:bob", story=key("s")),
            incoming(by="author:cyd"),
        ]
        mentions.add(connection, items, target_id=target, kind="rss", backfill=frozenset(), now=NOW)
    return database


def said(database, *ids, label_="positive", client=None, who="dana"):
    return label(database, ids, label_, client_id=client, who=who, now=NOW)


def test_a_label_is_kept_with_who_and_when_and_voices_and_counts_follow(three):
    (done,) = said(three, 1)
    assert (done.before, done.label, done.name) == ("negative", "positive", "Mills")
    with three.read() as connection:
        row = connection.execute(sa.select(rows).where(rows.c.mention_id == 1)).one()
        assert (row.label, row.score, row.scorer, row.reasons) == (
            "positive",
            1.0,
            "person",
            ["because", "labelled positive by dana"],
        )
        assert list(connection.execute(sa.select(rows.c.voice).order_by(rows.c.id)).scalars()) == [
            False,
            True,
            True,
        ]
        total = connection.execute(sa.select(counts)).one()
        assert (total.negative, total.positive, total.voices) == (2, 1, 2)
        assert corrections.standing(connection, [1], ["mills"])[1, "mills"].who == "dana"
        assert audit.newest(connection)[0].detail == {
            "mention": 1,
            "client": "mills",
            "before": "negative",
            "label": "positive",
        }


def test_the_newest_word_stands_and_the_older_ones_stay_in_the_table(three):
    said(three, 1, label_="neutral")
    said(three, 1, label_="unknown", who="eve")
    with three.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(words)).scalar_one() == 2
        assert corrections.standing(connection, [1], ["mills"])[1, "mills"].label == "unknown"
        assert [one.label for one in corrections.examples(connection, "key-accounts")] == ["unknown"]
        assert corrections.newest(connection) == {"key-accounts": (2, 1)}
        assert corrections.since(connection, "key-accounts", 1) == 1


def test_a_match_that_comes_again_has_the_label_that_a_person_gave(three):
    said(three, 3, label_="positive")
    with three.write() as connection:
        matches.withdraw(connection, 3, "mills")
        offer = matches.Offer(mention_id=3, client_id="mills", score=score(), own=False, backfill=False)
        assert matches.add(connection, [offer]).voices == 0
        row = connection.execute(sa.select(rows).where(rows.c.mention_id == 3)).one()
        assert (row.label, row.scorer) == ("positive", "person")


def test_labelled_matches_are_named_to_whoever_labels_history_anew(three):
    said(three, 2)
    with three.read() as connection:
        assert corrected(connection, [1, 2, 3]) == {2}
        assert corrected(connection, []) == frozenset()


def test_nothing_is_written_where_one_of_the_mentions_cannot_be_labelled(three):
    with pytest.raises(NoMention) as missing:
        said(three, 1, 77)
    assert missing.value.args == (77,)
    with pytest.raises(NotMatched) as other:
        said(three, 1, client="globex")
    assert other.value.args == (1, ["Mills"])
    with three.write() as connection:
        offer = matches.Offer(mention_id=1, client_id="globex", score=score(), own=False, backfill=False)
        matches.add(connection, [offer])
    with pytest.raises(Several) as several:
        said(three, 2, 1)
    assert several.value.args == (1, ["Mills", "Globex"])
    with three.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(words)).scalar_one() == 0
