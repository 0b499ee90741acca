"""What a spike of five people is proven by, for the messages of tests/telling.py and the tests of wording."""

from datetime import UTC, datetime, timedelta

from builders import client

from listener.alerting import wording
from listener.domain.chart import Chart
from listener.domain.crowd import Crowd
from listener.domain.rules import Rules, Watched
from listener.domain.spike import Spike, Voice
from listener.domain.wordshift import NewWord
from listener.store.evidence import Said

NOW = datetime(2026, 11, 22, 9, 14, tzinfo=UTC)

WATCHED = Watched(client=client("mills"), rules=Rules(), owner="Dana Lee", owner_slack="U123")

SAID = (
    Said(
        match=1,
        mention=901,
        story=51,
        label="negative",
        score=-0.62,
        text="Mills Supply charged me twice and nobody answers the phone. Three weeks for a refund and counting.",
        title="Mills Supply charged twice",
        url="https://www.homeforum.example/t/9214?page=2&sort=new",
        author="Rosa Bell",
        reach=None,
        kind="rss",
        scope="https://homeforum.example/feed",
        at=datetime(2026, 11, 22, 8, 51, tzinfo=UTC),
    ),
    Said(
        match=2,
        mention=902,
        story=52,
        label="negative",
        score=-0.31,
        text="Ask HN: has anyone ever got a refund out of Mills Supply?",
        title=None,
        url="https://news.ycombinator.com/item?id=42",
        author="pkl",
        reach=None,
        kind="hackernews",
        scope="",
        at=datetime(2026, 11, 22, 9, 2, tzinfo=UTC),
    ),
    Said(
        match=3,
        mention=903,
        story=53,
        label="negative",
        score=-0.48,
        text="Readers report double charges and no refund; the company has not commented.",
        title="Complaints over refunds at Mills",
        url="https://globe.example/business/mills",
        author=None,
        reach=None,
        kind="google_news",
        scope="Mills",
        at=datetime(2026, 11, 22, 9, 10, tzinfo=UTC),
    ),
)

SPIKE = Spike(
    window=timedelta(hours=2),
    ends_at=SAID[-1].at,
    voices=tuple(
        Voice(match=one.match, at=one.at, witness=f"author:{one.match}", story=one.story) for one in SAID
    ),
    expected=0.31,
    rate=1e-6,
    allowed=1e-5,
    once_in=31.2,
    usual=(0, 1),
    limit=3,
    late=False,
)

PEOPLE = Crowd(people=5, stories=3, mentions=5, biggest_story_people=2, people_without_it=3, biggest_story=53)

CHART = Chart(
    counts=(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2),
    usual=((0, 1),) * 24,
    marked=(22, 24),
    labels=tuple(f"{(9 + hour) % 24:02}:15" for hour in range(24)),
)

PROOF = wording.Proof(
    spike=SPIKE,
    people=PEOPLE,
    said=SAID,
    biggest=SAID[2],
    words=(NewWord(text="refund", people=3, z=2.4), NewWord(text="charged me twice", people=2, z=2.1)),
    chart=CHART,
)
