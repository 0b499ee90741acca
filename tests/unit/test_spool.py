"""Scores that wait to be written come out as they went in."""

from builders import score

from listener.domain.sentiment import Score
from listener.jobs.spool import Spool
from listener.store.anew import Fresh


def test_all_come_out_in_order_in_pages():
    with Spool() as spool:
        put = [Fresh(match_id=n, was="test-1", score=score("negative", -n / 10)) for n in range(7)]
        for one in put:
            spool.put(one)
        pages = list(spool.pages(3))
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [one for page in pages for one in page] == put


def test_whatever_a_reason_holds_survives():
    odd = Score(label="unknown", value=None, scorer="x\n1", reasons=("line\nend", "💔", "\ud800", '"quoted"'))
    with Spool() as spool:
        spool.put(Fresh(match_id=1, was="", score=odd))
        ((only,),) = spool.pages(500)
    assert only.score == odd


def test_an_empty_one_has_no_pages():
    with Spool() as spool:
        assert list(spool.pages(500)) == []
